#include "store/row_reads.hpp"

#include "store/row_columns.hpp"
#include "store/row_names.hpp"

#include <limits>

namespace triggerd::store::row_reads {

namespace {

std::int64_t bound(std::size_t most) {
  constexpr auto top = static_cast<std::size_t>(std::numeric_limits<std::int64_t>::max());
  return static_cast<std::int64_t>(std::min(most, top));
}

template <class Row>
result<> take_all(query& q, result<Row> (*take)(query&), std::vector<Row>& into) {
  for (;;) {
    const auto more = q.step();
    if (!more) return more.error();
    if (!*more) return {};
    auto row = take(q);
    if (!row) return row.error();
    into.push_back(std::move(*row));
  }
}

template <class Row>
result<std::vector<Row>> rows_of(query& q, result<Row> (*take)(query&)) {
  std::vector<Row> rows;
  const auto taken = take_all(q, take, rows);
  if (!taken) return taken.error();
  return rows;
}

// One literal per useful combination, so that each walks the index made for it and stands in the statement cache.
// The remaining conditions are cheap filters on top.
constexpr std::string_view fires_of_all =
    "SELECT id, job, kind, cause, by, due, created, ended, state, note, vars, '' FROM fire "
    "WHERE (?1 = '' OR id < ?1) AND (?2 = '' OR job = ?2) AND (?3 = '' OR state = ?3) "
    "AND (?4 = '' OR EXISTS(SELECT 1 FROM leg WHERE target = ?4 AND fire = fire.id)) ORDER BY id DESC LIMIT ?5";
constexpr std::string_view fires_of_job =
    "SELECT id, job, kind, cause, by, due, created, ended, state, note, vars, '' FROM fire INDEXED BY fire_by_job "
    "WHERE (?1 = '' OR id < ?1) AND job = ?2 AND (?3 = '' OR state = ?3) "
    "AND (?4 = '' OR EXISTS(SELECT 1 FROM leg WHERE target = ?4 AND fire = fire.id)) ORDER BY id DESC LIMIT ?5";

}  // namespace

result<std::vector<fire_row>> unfinished_fires(connection& db) {
  query q(db,
          "SELECT id, job, kind, cause, by, due, created, ended, state, note, vars, spec FROM fire "
          "WHERE ended IS NULL AND state IN ('running', 'queued') ORDER BY id");
  return rows_of<fire_row>(q, take_fire);
}

result<std::vector<fire_row>> fires(connection& db, const fire_filter& which) {
  query q(db, which.job.empty() ? fires_of_all : fires_of_job);
  q.bind(which.before).bind(which.job).bind(which.state).bind(which.target).bind(bound(which.most));
  return rows_of<fire_row>(q, take_fire);
}

result<std::optional<fire_row>> fire(connection& db, const std::string& id) {
  query q(db, "SELECT id, job, kind, cause, by, due, created, ended, state, note, vars, spec FROM fire WHERE id = ?");
  q.bind(id);
  const auto found = q.step();
  if (!found) return found.error();
  if (!*found) return std::optional<fire_row>();
  auto row = take_fire(q);
  if (!row) return row.error();
  return std::optional(std::move(*row));
}

result<std::vector<leg_row>> legs(connection& db, const std::string& fire) {
  query q(db,
          "SELECT fire, target, identity, state, attempt, planned, actions, done, failed, unknown, items, rejected, "
          "requests, retries, started, ended, note, memo FROM leg WHERE fire = ? ORDER BY target");
  q.bind(fire);
  return rows_of<leg_row>(q, take_leg);
}

result<std::vector<action_row>> actions(connection& db, const std::string& fire, const std::string& target,
                                        std::uint64_t from, std::size_t most) {
  query q(
      db,
      "SELECT ?1, ?2, number, attempt, kind, subject, key, spool, items, state, tries, intended, settled, run, code, "
      "note, memo, body FROM action WHERE leg = (SELECT id FROM leg WHERE fire = ?1 AND target = ?2) AND number >= ?3 "
      "ORDER BY number LIMIT ?4");
  q.bind(fire).bind(target).bind(from).bind(bound(most));
  return rows_of<action_row>(q, take_action);
}

result<unsettled_step> unsettled(connection& db, const std::string& fire, const std::string& target, std::uint64_t from,
                                 std::size_t most, std::size_t among) {
  query stretch(
      db,
      "SELECT count(*), max(number) FROM (SELECT number FROM action "
      "WHERE leg = (SELECT id FROM leg WHERE fire = ? AND target = ?) AND number >= ? ORDER BY number LIMIT ?)");
  stretch.bind(fire).bind(target).bind(from).bind(bound(among));
  const auto asked = stretch.step();
  if (!asked) return asked.error();
  const std::uint64_t count = stretch.count();
  if (count == 0) return unsettled_step();
  const std::uint64_t upto = stretch.count();
  query q(
      db,
      "SELECT ?1, ?2, number, attempt, kind, subject, key, spool, items, state, tries, intended, settled, run, code, "
      "note, memo, body FROM action WHERE leg = (SELECT id FROM leg WHERE fire = ?1 AND target = ?2) "
      "AND number BETWEEN ?3 AND ?4 AND state IN ('intended', 'waiting') ORDER BY number LIMIT ?5");
  q.bind(fire).bind(target).bind(from).bind(upto).bind(bound(most));
  auto rows = rows_of<action_row>(q, take_action);
  if (!rows) return rows.error();
  unsettled_step out;
  if (rows->size() == most) out.next = rows->back().number + 1;
  else if (count == among) out.next = upto + 1;
  out.rows = std::move(*rows);
  return out;
}

result<done_step> done_actions(connection& db, const std::string& fire, const std::string& target, int attempt,
                               std::uint64_t from, std::size_t among) {
  query q(
      db,
      "SELECT count(*) FILTER (WHERE state = 'done' AND attempt = ?1), count(*), max(number) FROM "
      "(SELECT number, state, attempt FROM action "
      "WHERE leg = (SELECT id FROM leg WHERE fire = ?2 AND target = ?3) AND number >= ?4 ORDER BY number LIMIT ?5)");
  q.bind(attempt).bind(fire).bind(target).bind(from).bind(bound(among));
  const auto asked = q.step();
  if (!asked) return asked.error();
  done_step out;
  out.count = q.count();
  const std::uint64_t seen = q.count();
  if (seen == among) out.next = q.count() + 1;
  return out;
}

result<std::int64_t> last_action(connection& db) {
  query q(db, "SELECT max(rowid) FROM action");
  const auto found = q.step();
  if (!found) return found.error();
  return q.number();
}

result<std::optional<action_row>> action_behind(connection& db, const std::string& run, std::int64_t upto,
                                                std::int64_t among) {
  query q(
      db,
      "SELECT leg.fire, leg.target, number, a.attempt, kind, subject, key, spool, a.items, a.state, tries, intended, "
      "settled, run, code, a.note, a.memo, body FROM action AS a JOIN leg ON leg.id = a.leg "
      "WHERE a.rowid > ? AND a.rowid <= ? AND run = ? AND run <> '' ORDER BY a.rowid DESC LIMIT 1");
  q.bind(upto - among).bind(upto).bind(run);
  auto found = rows_of<action_row>(q, take_action);
  if (!found) return found.error();
  if (found->empty()) return std::optional<action_row>();
  return std::optional(std::move(found->front()));
}

result<std::vector<memory_row>> recall(connection& db, const std::string& space,
                                       const std::vector<std::string>& names) {
  std::vector<memory_row> rows;
  for (const std::string& name : names) {
    query q(db, "SELECT space, name, value, owner, fire, at FROM memory WHERE space = ? AND name = ?");
    q.bind(space).bind(name);
    const auto taken = take_all<memory_row>(q, take_memory, rows);
    if (!taken) return taken.error();
  }
  return rows;
}

result<std::vector<memory_row>> recall_all(connection& db, const std::string& space, const std::string& after,
                                           std::size_t most) {
  query q(db,
          "SELECT space, name, value, owner, fire, at FROM memory WHERE space = ? AND name > ? ORDER BY name LIMIT ?");
  q.bind(space).bind(after).bind(bound(most));
  return rows_of<memory_row>(q, take_memory);
}

result<std::optional<std::string>> get(connection& db, const std::string& name) {
  query q(db, "SELECT value FROM setting WHERE name = ?");
  q.bind(name);
  const auto found = q.step();
  if (!found) return found.error();
  if (!*found) return std::optional<std::string>();
  return std::optional(q.text());
}

result<std::map<std::string, std::string>> settings(connection& db, const std::string& prefix) {
  query q(db, "SELECT name, value FROM setting WHERE substr(name, 1, length(?)) = ? AND name >= ?");
  q.bind(prefix).bind(prefix).bind(prefix);
  std::map<std::string, std::string> out;
  for (;;) {
    const auto found = q.step();
    if (!found) return found.error();
    if (!*found) return out;
    std::string name = q.text();
    out.insert_or_assign(std::move(name), q.text());
  }
}

result<std::vector<job_end>> last_ends(connection& db) {
  query q(db,
          "SELECT job, state, max(ended) FROM fire WHERE state IN ('done', 'failed', 'unknown') AND ended IS NOT NULL "
          "GROUP BY job, state ORDER BY job, state");
  std::vector<job_end> out;
  for (;;) {
    const auto found = q.step();
    if (!found) return found.error();
    if (!*found) return out;
    job_end one;
    one.job = q.text();
    const std::string state = q.text();
    const auto known = fire_state_of(state);
    if (!known) return bad_word("fire", state);
    one.state = *known;
    one.ended = q.at();
    out.push_back(std::move(one));
  }
}

result<std::vector<std::string>> spooled(connection& db) {
  query q(db, "SELECT spool FROM action WHERE spool <> '' ORDER BY spool");
  std::vector<std::string> names;
  for (;;) {
    const auto more = q.step();
    if (!more) return more.error();
    if (!*more) return names;
    names.push_back(q.text());
  }
}

result<fire_count> count_fires(connection& db) {
  query q(db, "SELECT count(*), count(*) FILTER (WHERE state IN ('running', 'queued')) FROM fire");
  const auto found = q.step();
  if (!found) return found.error();
  fire_count out;
  out.all = q.count();
  out.unfinished = q.count();
  return out;
}

}  // namespace triggerd::store::row_reads
