// The channels of sessions.hpp.
#include "api/address.hpp"
#include "api/arguments.hpp"
#include "api/rows.hpp"
#include "api/sessions.hpp"
#include "base/limits.hpp"

namespace triggerd::api {

namespace {

result<channel_appended> read_appended(const transport::response& reply) {
  const auto body = parse_body(reply);
  if (!body) return body.error();
  const auto done = required_flag(*body, "ok");
  if (!done) return done.error();
  if (!*done) return missing_member("ok");
  channel_appended appended;
  if (const auto seq = integer_member(*body, "seq"); seq && *seq >= 0) appended.seq = static_cast<std::uint64_t>(*seq);
  return appended;
}

std::string_view word(channel_side side) { return side == channel_side::in ? "in" : "out"; }

struct channel_endpoints {
  std::string_view of_session, named;
};
call channel_call(const channel_endpoints& of, const session_channel& where, std::string_view query = {}) {
  if (where.name.empty()) return make_call(of.of_session, {where.session, word(where.side)}, query);
  return make_call(of.named, {where.session, where.name, word(where.side)}, query);
}

}  // namespace

operation<stream_storage> open_channel(const session_channel& where) {
  return {channel_call({"sessions.channelInit", "sessions.channelInitNamed"}, where), read_stream_storage};
}

result<operation<channel_appended>> append_record(const session_channel& where, std::string_view record,
                                                  std::string_view part_id) {
  if (const auto checked = check_name("the part id", part_id); !checked) return checked.error();
  if (record.size() > limits::channel_record) return bad_argument("a record", "is larger than 1 MiB");
  call what = channel_call({"sessions.append", "sessions.channelAppendNamed"}, where);
  what.content_type = "application/json";  // whatever the record is
  what.body = std::make_shared<const std::string>(record);
  what.headers.emplace_back("x-part-id", part_id);
  what.keyed = true;
  return operation<channel_appended>{std::move(what), read_appended};
}

operation<std::vector<channel_record>> drain_channel(const session_channel& where, std::string_view after_event_id) {
  query text;
  text.add("afterEventId", after_event_id);
  return {channel_call({"sessions.records", "sessions.channelRecordsNamed"}, where, text.text()), read_drained};
}

result<call> subscribe_channel(const session_channel& where, const stream_request& how) {
  call what = channel_call({"sessions.subscribe", "sessions.channelSubscribeNamed"}, where);
  if (const auto asked = ask_for_events(what, how); !asked) return asked.error();
  return what;
}

}  // namespace triggerd::api
