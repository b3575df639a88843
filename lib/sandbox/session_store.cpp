#include "sandbox/session_store.hpp"

#include "sandbox/dice.hpp"
#include "sandbox/state.hpp"

namespace triggerd::sandbox {

namespace {

constexpr std::string_view session_prefix = "session_";

}  // namespace

std::string_view session::status(instant now) const {
  if (closed) return "CLOSED";
  return is_over(now) ? "EXPIRED" : "ACTIVE";
}

session& session_store::create(live_environment& where, const std::string& external, instant now) {
  session& made = sessions_.emplace_back();
  made.number = sessions_.size();
  made.where = &where;
  made.created = made.updated = now;
  made.channels[""];
  homes_[&where].all.push_back(made.number);
  if (!external.empty()) name(made, external);
  return made;
}

void session_store::name(session& of, const std::string& external) {
  of.external = external;
  homes_[of.where].by_external[external] = of.number;
}

session* session_store::find(std::string_view either_id, const live_environment& in) {
  const auto& named = homes_[&in].by_external;
  if (const auto known = named.find(either_id); known != named.end()) return &at(known->second);
  const auto number = number_in(session_prefix, seed_, either_id);
  if (!number || *number == 0 || *number > sessions_.size()) return nullptr;
  session& found = at(*number);
  return found.where == &in ? &found : nullptr;
}

std::string session_store::id_of(const session& of) const { return numbered_id(session_prefix, seed_, of.number); }

const std::vector<std::uint64_t>& session_store::all(const live_environment& in) { return homes_[&in].all; }

void session_store::expect_turn(state& in, session& of, const std::string& channel, std::uint64_t seq) {
  of.turns.push_back({channel, seq});
  in.plans.add(in.now + in.config.pace.session_turn, subject_kind::session, of.number, 0);
}

// The modelled task says what it heard. A task that nobody has deployed says that it waits for its version.
void session_store::due(state& in, session& of) {
  if (of.turns.empty()) return;
  const turn next = of.turns.front();
  of.turns.pop_front();
  if (of.closed) return;
  channel_pair& pair = of.channels[next.channel];
  if (of.where->task(of.task) == nullptr) return pair.out.append_control("pending-version", {}, in.now);
  const record* heard = pair.in.at(next.seq);
  const json said = {{"echo", heard != nullptr ? heard->data : json(nullptr)}};
  const std::string seq = std::to_string(next.seq);
  pair.out.append(dump_json(said), "echo-" + seq, in.now);
  pair.out.append_control("turn-complete", {{"session-in-event-id", seq}}, in.now);
}

void session_store::close(session& of, std::optional<std::string> reason, instant now) {
  if (of.closed) return;
  of.closed = of.updated = now;
  of.closed_reason = std::move(reason);
  of.turns.clear();
  for (auto& [name, pair] : of.channels) pair.out.append_control("session-closed", {}, now);
}

}  // namespace triggerd::sandbox
