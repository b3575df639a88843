#include "store/row_writes.hpp"

#include "store/row_names.hpp"

namespace triggerd::store {

namespace {

result<> apply_one(connection& db, const fire_row& r) {
  // Changed in place: a replaced row would leave its indexes and join them again. Its job never changes.
  query q(db,
          "INSERT INTO fire(id, job, kind, cause, by, due, created, ended, state, note, vars, spec) "
          "VALUES(?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT(id) DO UPDATE SET "
          "kind = excluded.kind, cause = excluded.cause, by = excluded.by, due = excluded.due, "
          "created = excluded.created, ended = excluded.ended, state = excluded.state, note = excluded.note, "
          "vars = excluded.vars, spec = excluded.spec");
  q.bind(r.id).bind(r.job).bind(r.kind).bind(r.cause).bind(r.by).bind(r.due).bind(r.created).bind(r.ended);
  q.bind(name(r.state)).bind(r.note).bind(r.vars).bind(r.spec);
  return q.run();
}

result<> apply_one(connection& db, const leg_row& r) {
  query q(
      db,
      "INSERT INTO leg(fire, target, identity, state, attempt, planned, actions, done, failed, unknown, "
      "items, rejected, requests, retries, started, ended, note, memo) "
      "VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT(fire, target) DO UPDATE SET "
      "identity = excluded.identity, state = excluded.state, attempt = excluded.attempt, planned = excluded.planned, "
      "actions = excluded.actions, done = excluded.done, failed = excluded.failed, unknown = excluded.unknown, "
      "items = excluded.items, rejected = excluded.rejected, requests = excluded.requests, "
      "retries = excluded.retries, started = excluded.started, ended = excluded.ended, note = excluded.note, "
      "memo = excluded.memo");
  q.bind(r.fire).bind(r.target).bind(r.identity).bind(name(r.state)).bind(r.attempt).bind(r.planned);
  q.bind(r.actions).bind(r.done).bind(r.failed).bind(r.unknown).bind(r.items).bind(r.rejected);
  q.bind(r.requests).bind(r.retries).bind(r.started).bind(r.ended).bind(r.note).bind(r.memo);
  return q.run();
}

result<> apply_one(connection& db, const action_row& r) {
  query q(
      db,
      "INSERT OR REPLACE INTO action(leg, number, attempt, kind, subject, key, spool, items, state, tries, intended, "
      "settled, run, code, note, memo, body) "
      "VALUES((SELECT id FROM leg WHERE fire = ? AND target = ?),?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
  q.bind(r.fire).bind(r.target).bind(r.number).bind(r.attempt).bind(r.kind).bind(r.subject).bind(r.key);
  q.bind(r.spool).bind(r.items).bind(name(r.state)).bind(r.tries).bind(r.intended).bind(r.settled);
  q.bind(r.run).bind(r.code).bind(r.note).bind(r.memo).bind(r.body);
  return q.run();
}

result<> apply_one(connection& db, const action_change& c) {
  // NULL leaves a column as it is, so that one statement serves every mix of fields.
  query q(db,
          "UPDATE action SET state = coalesce(?, state), tries = coalesce(?, tries), memo = coalesce(?, memo), "
          "run = coalesce(?, run), code = coalesce(?, code), note = coalesce(?, note), key = coalesce(?, key), "
          "settled = coalesce(?, settled), body = coalesce(?, body), spool = coalesce(?, spool) "
          "WHERE leg = (SELECT id FROM leg WHERE fire = ? AND target = ?) AND number = ?");
  const std::optional<std::string_view> emptied = c.drop_body ? std::optional<std::string_view>("") : std::nullopt;
  q.bind(c.state ? std::optional(name(*c.state)) : std::nullopt).bind(c.tries).bind(c.memo).bind(c.run).bind(c.code);
  q.bind(c.note).bind(c.key).bind(c.settled);
  if (c.drop_body) q.bind(emptied);
  else q.bind(c.body);
  q.bind(emptied).bind(c.fire).bind(c.target).bind(c.number);
  return q.run();
}

result<> apply_one(connection& db, const memory_row& r) {
  query q(db, "INSERT OR REPLACE INTO memory(space, name, value, owner, fire, at) VALUES(?,?,?,?,?,?)");
  q.bind(r.space).bind(r.name).bind(r.value).bind(r.owner).bind(r.fire).bind(r.at);
  return q.run();
}

result<> apply_one(connection& db, const forget_memory& f) {
  query q(db, "DELETE FROM memory WHERE space = ? AND name = ?");
  q.bind(f.space).bind(f.name);
  return q.run();
}

result<> apply_one(connection& db, const setting_row& r) {
  query q(db, "INSERT OR REPLACE INTO setting(name, value) VALUES(?,?)");
  q.bind(r.name).bind(r.value);
  return q.run();
}

// The next fire to go. Ids sort by time, so the count of a job is an offset into its index.
result<std::optional<std::string>> prunable_fire(connection& db, instant before, std::size_t keep_per_job) {
  {
    query old(db,
              "SELECT id FROM fire WHERE ended < ? AND state NOT IN ('running', 'queued') "
              "ORDER BY ended, id LIMIT 1");
    old.bind(before);
    const auto found = old.step();
    if (!found) return found.error();
    if (*found) return std::optional(old.text());
  }
  if (keep_per_job == 0) return std::optional<std::string>();
  query crowded(db,
                "SELECT f.id FROM (SELECT DISTINCT job FROM fire) AS j JOIN fire AS f ON f.job = j.job "
                "WHERE f.id < (SELECT id FROM fire WHERE job = j.job ORDER BY id DESC LIMIT 1 OFFSET ?) "
                "AND f.state NOT IN ('running', 'queued') LIMIT 1");
  crowded.bind(static_cast<std::uint64_t>(keep_per_job - 1));
  const auto found = crowded.step();
  if (!found) return found.error();
  if (*found) return std::optional(crowded.text());
  return std::optional<std::string>();
}

}  // namespace

result<> apply(connection& db, const write& what) {
  return std::visit([&](const auto& one) { return apply_one(db, *one); }, what);
}

result<std::size_t> prune_step(connection& db, instant before, std::size_t keep_per_job, std::size_t most) {
  const auto fire = prunable_fire(db, before, keep_per_job);
  if (!fire) return fire.error();
  if (!*fire) return std::size_t{0};
  {
    query q(db,
            "DELETE FROM action WHERE rowid IN (SELECT action.rowid FROM leg JOIN action ON action.leg = leg.id "
            "WHERE leg.fire = ? LIMIT ?)");
    q.bind(**fire).bind(static_cast<std::uint64_t>(most));
    const auto gone = q.run();
    if (!gone) return gone.error();
  }
  const auto actions = static_cast<std::size_t>(db.changes());
  if (actions == most) return actions;
  std::size_t rows = actions;
  {
    query legs(db, "DELETE FROM leg WHERE fire = ?");
    legs.bind(**fire);
    const auto gone = legs.run();
    if (!gone) return gone.error();
    rows += static_cast<std::size_t>(db.changes());
  }
  query last(db, "DELETE FROM fire WHERE id = ?");
  last.bind(**fire);
  const auto gone = last.run();
  if (!gone) return gone.error();
  return rows + 1;
}

}  // namespace triggerd::store
