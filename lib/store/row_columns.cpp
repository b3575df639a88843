#include "store/row_columns.hpp"

#include "base/text.hpp"
#include "store/codes.hpp"
#include "store/row_names.hpp"

namespace triggerd::store {

error bad_word(std::string_view table, const std::string& word) {
  return fail(codes::damaged, "the ledger: a row of table " + std::string(table) + " has the unknown state '" +
                                  text::printable(word, 40) + "'");
}

// Columns in the order of this list: id, job, kind, cause, by, due, created, ended, state, note, vars, spec.
result<fire_row> take_fire(query& q) {
  fire_row r;
  r.id = q.text();
  r.job = q.text();
  r.kind = q.text();
  r.cause = q.text();
  r.by = q.text();
  r.due = q.at();
  r.created = q.at();
  r.ended = q.maybe_at();
  const std::string state = q.text();
  const auto known = fire_state_of(state);
  if (!known) return bad_word("fire", state);
  r.state = *known;
  r.note = q.text();
  r.vars = q.text();
  r.spec = q.text();
  return r;
}

result<leg_row> take_leg(query& q) {
  leg_row r;
  r.fire = q.text();
  r.target = q.text();
  r.identity = q.text();
  const std::string state = q.text();
  const auto known = leg_state_of(state);
  if (!known) return bad_word("leg", state);
  r.state = *known;
  r.attempt = static_cast<int>(q.number());
  r.planned = q.flag();
  r.actions = q.count();
  r.done = q.count();
  r.failed = q.count();
  r.unknown = q.count();
  r.items = q.count();
  r.rejected = q.count();
  r.requests = q.count();
  r.retries = q.count();
  r.started = q.maybe_at();
  r.ended = q.maybe_at();
  r.note = q.text();
  r.memo = q.text();
  return r;
}

result<action_row> take_action(query& q) {
  action_row r;
  r.fire = q.text();
  r.target = q.text();
  r.number = q.count();
  r.attempt = static_cast<int>(q.number());
  r.kind = q.text();
  r.subject = q.text();
  r.key = q.text();
  r.spool = q.text();
  r.items = q.count();
  const std::string state = q.text();
  const auto known = action_state_of(state);
  if (!known) return bad_word("action", state);
  r.state = *known;
  r.tries = static_cast<int>(q.number());
  r.intended = q.at();
  r.settled = q.maybe_at();
  r.run = q.text();
  r.code = q.text();
  r.note = q.text();
  r.memo = q.text();
  r.body = q.text();
  return r;
}

result<memory_row> take_memory(query& q) {
  memory_row r;
  r.space = q.text();
  r.name = q.text();
  r.value = q.text();
  r.owner = q.text();
  r.fire = q.text();
  r.at = q.at();
  return r;
}

}  // namespace triggerd::store
