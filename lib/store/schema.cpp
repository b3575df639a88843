#include "store/schema.hpp"

#include "store/codes.hpp"

#include <array>
#include <charconv>

namespace triggerd::store {

namespace {

constexpr int application = 0x74646c67;  // "tdlg": tells file(1) and us whose database it is

// Large columns stand last: SQLite walks a chain of overflow pages to reach what follows them.
constexpr const char* first_tables = R"(
CREATE TABLE fire(
  id TEXT PRIMARY KEY, job TEXT NOT NULL, kind TEXT NOT NULL, cause TEXT NOT NULL, by TEXT NOT NULL,
  due INTEGER NOT NULL, created INTEGER NOT NULL, ended INTEGER, state TEXT NOT NULL, note TEXT NOT NULL,
  vars TEXT NOT NULL, spec TEXT NOT NULL);
CREATE INDEX fire_unfinished ON fire(id) WHERE state IN ('running', 'queued');
CREATE INDEX fire_by_job ON fire(job, id);
CREATE INDEX fire_by_end ON fire(ended);

CREATE TABLE leg(
  fire TEXT NOT NULL, target TEXT NOT NULL, identity TEXT NOT NULL, state TEXT NOT NULL, attempt INTEGER NOT NULL,
  planned INTEGER NOT NULL, actions INTEGER NOT NULL, done INTEGER NOT NULL, failed INTEGER NOT NULL,
  unknown INTEGER NOT NULL, items INTEGER NOT NULL, rejected INTEGER NOT NULL, requests INTEGER NOT NULL,
  retries INTEGER NOT NULL, started INTEGER, ended INTEGER, note TEXT NOT NULL, memo TEXT NOT NULL,
  PRIMARY KEY(fire, target)) WITHOUT ROWID;
CREATE INDEX leg_by_target ON leg(target, fire);

CREATE TABLE action(
  fire TEXT NOT NULL, target TEXT NOT NULL, number INTEGER NOT NULL, attempt INTEGER NOT NULL, kind TEXT NOT NULL,
  subject TEXT NOT NULL, key TEXT NOT NULL, spool TEXT NOT NULL, items INTEGER NOT NULL, state TEXT NOT NULL,
  tries INTEGER NOT NULL, intended INTEGER NOT NULL, settled INTEGER, run TEXT NOT NULL, code TEXT NOT NULL,
  note TEXT NOT NULL, memo TEXT NOT NULL, body TEXT NOT NULL,
  PRIMARY KEY(fire, target, number));
CREATE INDEX action_unsettled ON action(fire, target, number) WHERE state IN ('intended', 'waiting');
CREATE INDEX action_spooled ON action(spool) WHERE spool <> '';

CREATE TABLE memory(
  space TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, owner TEXT NOT NULL, fire TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY(space, name)) WITHOUT ROWID;

CREATE TABLE setting(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE probe(id INTEGER PRIMARY KEY, filler BLOB NOT NULL);
)";

// For a person who holds a run's id and asks where it came from.
constexpr const char* actions_by_run = "CREATE INDEX action_by_run ON action(run) WHERE run <> '';";

// A leg is found by its fire, and a fire that goes on has no end to be sorted by.
constexpr const char* fewer_indexes = R"(
DROP INDEX leg_by_target;
DROP INDEX fire_by_end;
CREATE INDEX fire_by_end ON fire(ended) WHERE ended IS NOT NULL;
)";

// An action names its leg by a number, and no index is kept for what is asked seldom: of a start's search for what is
// unsettled, or a person's for a run, each action would pay more than for its row.
constexpr const char* legs_by_number = R"(
ALTER TABLE leg RENAME TO leg_before;
CREATE TABLE leg(
  id INTEGER PRIMARY KEY, fire TEXT NOT NULL, target TEXT NOT NULL, identity TEXT NOT NULL, state TEXT NOT NULL,
  attempt INTEGER NOT NULL, planned INTEGER NOT NULL, actions INTEGER NOT NULL, done INTEGER NOT NULL,
  failed INTEGER NOT NULL, unknown INTEGER NOT NULL, items INTEGER NOT NULL, rejected INTEGER NOT NULL,
  requests INTEGER NOT NULL, retries INTEGER NOT NULL, started INTEGER, ended INTEGER, note TEXT NOT NULL,
  memo TEXT NOT NULL,
  UNIQUE(fire, target));
INSERT INTO leg SELECT NULL, * FROM leg_before ORDER BY fire, target;

ALTER TABLE action RENAME TO action_before;
DROP INDEX action_unsettled;
DROP INDEX action_spooled;
DROP INDEX action_by_run;
CREATE TABLE action(
  leg INTEGER NOT NULL, number INTEGER NOT NULL, attempt INTEGER NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL,
  key TEXT NOT NULL, spool TEXT NOT NULL, items INTEGER NOT NULL, state TEXT NOT NULL, tries INTEGER NOT NULL,
  intended INTEGER NOT NULL, settled INTEGER, run TEXT NOT NULL, code TEXT NOT NULL, note TEXT NOT NULL,
  memo TEXT NOT NULL, body TEXT NOT NULL,
  PRIMARY KEY(leg, number));
INSERT INTO action SELECT leg.id, number, a.attempt, kind, subject, key, spool, a.items, a.state, tries, intended,
  settled, run, code, a.note, a.memo, body FROM action_before AS a JOIN leg USING(fire, target) ORDER BY a.rowid;
DROP TABLE action_before;
CREATE INDEX action_spooled ON action(spool) WHERE spool <> '';
DROP TABLE leg_before;
)";

// By nothing but the row's number, which is all that the search at start needs.
constexpr const char* unfinished_by_number = R"(
DROP INDEX fire_unfinished;
CREATE INDEX fire_unfinished ON fire(ended) WHERE ended IS NULL;
)";

constexpr std::array<const char*, 5> steps_in_order{first_tables, actions_by_run, fewer_indexes, legs_by_number,
                                                    unfinished_by_number};

result<std::int64_t> ask_number(connection& db, const char* sql) {
  const auto words = db.ask(sql);
  if (!words) return words.error();
  std::int64_t number = 0;
  std::from_chars(words->data(), words->data() + words->size(), number);
  return number;
}

result<> take_step(connection& db, const char* step, std::size_t version) {
  const std::string script = std::string("BEGIN IMMEDIATE;") + step +
                             ";PRAGMA application_id=" + std::to_string(application) +
                             ";PRAGMA user_version=" + std::to_string(version) + ";COMMIT;";
  auto done = db.run(script.c_str());
  if (!done && db.in_transaction()) (void)db.run("ROLLBACK");
  return done;
}

}  // namespace

std::span<const char* const> schema_steps() { return steps_in_order; }

result<std::size_t> schema_version(connection& db, std::span<const char* const> steps) {
  const auto whose = ask_number(db, "PRAGMA application_id");
  if (!whose) return whose.error();
  const auto tables = ask_number(db, "SELECT count(*) FROM sqlite_schema");
  if (!tables) return tables.error();
  if (*whose != application && *tables > 0)
    return fail(codes::foreign_file, "the file is a database of another program; give the ledger a path of its own");

  const auto version = ask_number(db, "PRAGMA user_version");
  if (!version) return version.error();
  const auto from = static_cast<std::size_t>(*version);
  if (from > steps.size())
    return fail(codes::newer_schema, "the ledger has schema " + std::to_string(from) + ", this triggerd knows up to " +
                                         std::to_string(steps.size()) +
                                         "; install the newer triggerd again, or move the file away");
  return from;
}

result<> migrate(connection& db, std::span<const char* const> steps) {
  const auto from = schema_version(db, steps);
  if (!from) return from.error();
  for (std::size_t i = *from; i < steps.size(); ++i) {
    const auto taken = take_step(db, steps[i], i + 1);
    if (!taken) return taken.error();
  }
  return {};
}

}  // namespace triggerd::store
