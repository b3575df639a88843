#include "sandbox/channel_view.hpp"
#include "sandbox/handlers.hpp"
#include "sandbox/session_run.hpp"
#include "sandbox/session_view.hpp"

namespace triggerd::sandbox::handlers {

namespace {

// A channel as the path names it: a session, perhaps a name, a direction.
struct named_channel {
  session* of = nullptr;
  std::string name;
  bool out = false;
  channel_pair* pair = nullptr;

  channel& side() const { return out ? pair->out : pair->in; }
};

// `writes`: what goes out is the task's own, whatever a public token's scopes say (contract API.md 16.4).
std::variant<named_channel, reply> find_channel(state& in, const call& from, bool writes) {
  named_channel out;
  const std::string_view side = from.arguments.back();
  if (side != "in" && side != "out") return refuse(400, "Invalid Params");
  out.out = side == "out";
  if (from.arguments.size() > 2) out.name = from.argument(1);
  out.of = in.sessions.find(from.arguments[0], *from.who.where);
  if (out.of == nullptr) return plain_text(404, "Session not found");
  if (writes && out.out && from.who.kind == caller_kind::public_token) return forbidden();
  if (!from.who.may(writes ? "write" : "read", session_resources(in, *out.of))) return forbidden();
  auto& channels = out.of->channels;
  if (!channels.contains(out.name) && channels.size() >= limits::sandbox_channels)
    return append_refused(503, "The session holds as many channels as it can");
  out.pair = &channels[out.name];
  return out;
}

}  // namespace

reply init_channel(state& in, const call& from) {
  auto found = find_channel(in, from, true);
  if (auto* refusal = std::get_if<reply>(&found)) return std::move(*refusal);
  const named_channel& where = std::get<named_channel>(found);
  reply out = answer(202, {{"version", "v2"}});
  out.headers.emplace_back("x-s2-basin", "sandbox");
  out.headers.emplace_back("x-s2-stream", in.sessions.id_of(*where.of) + '/' + std::string(from.arguments.back()));
  out.headers.emplace_back("x-s2-access-token", "none");
  return out;
}

reply append_to_channel(state& in, const call& from) {
  if (auto refusal = bad_record(from)) return std::move(*refusal);
  auto found = find_channel(in, from, true);
  if (auto* refusal = std::get_if<reply>(&found)) return std::move(*refusal);
  const named_channel& where = std::get<named_channel>(found);
  if (where.of->is_over(in.now)) return append_refused(400, "Session is closed or expired");
  const std::string part(first_header(from.asked.headers, "x-part-id").value_or(""));
  const channel::place at = where.side().append(from.asked.body, part, in.now);
  if (at.fresh && !where.out) {
    // A run that cannot be started leaves the record to the next one.
    keep_session_run(in, *where.of);
    in.sessions.expect_turn(in, *where.of, where.name, at.seq);
  }
  return answer(200, {{"ok", true}, {"seq", at.seq}});
}

reply read_channel(state& in, const call& from) {
  auto found = find_channel(in, from, false);
  if (auto* refusal = std::get_if<reply>(&found)) return std::move(*refusal);
  const named_channel& where = std::get<named_channel>(found);
  return stream_of(in, from, where.side(), stream_version::v2, where.of->turns.empty());
}

reply channel_records(state& in, const call& from) {
  auto found = find_channel(in, from, false);
  if (auto* refusal = std::get_if<reply>(&found)) return std::move(*refusal);
  return records_of(from, std::get<named_channel>(found).side());
}

}  // namespace triggerd::sandbox::handlers
