#include "api/streams.hpp"

#include "api/arguments.hpp"
#include "api/codes.hpp"
#include "api/json_fields.hpp"
#include "base/limits.hpp"

#include <nlohmann/json.hpp>

namespace triggerd::api {

namespace {

std::string_view word(stream_target target) {
  switch (target) {
    case stream_target::parent: return "parent";
    case stream_target::root: return "root";
    case stream_target::self: break;
  }
  return "self";
}

result<nothing> read_written(const transport::response& reply) {
  const auto body = parse_body(reply);
  if (!body) return body.error();
  const auto done = required_flag(*body, "ok");
  if (!done) return done.error();
  if (!*done) return fail(codes::unreadable, "the reply says that it did not succeed");
  return nothing{};
}

}  // namespace

result<void> ask_for_events(call& what, const stream_request& how) {
  if (how.timeout && (how.timeout->count() < 1 || *how.timeout > limits::stream_timeout))
    return bad_argument("the timeout of a stream", "is not between 1 and 600 seconds");
  if (how.from_latest && !how.last_event_id.empty())
    return bad_argument("a stream", "either begins at its latest record or resumes after one");
  if (const auto checked = check_name_if_any("the position in a stream", how.last_event_id); !checked)
    return checked.error();
  what.headers.emplace_back("accept", "text/event-stream");
  if (!how.last_event_id.empty()) what.headers.emplace_back("last-event-id", how.last_event_id);
  if (how.timeout) what.headers.emplace_back("timeout-seconds", std::to_string(how.timeout->count()));
  if (how.peek_settled) what.headers.emplace_back("x-peek-settled", "1");
  if (how.from_latest) what.headers.emplace_back("x-trigger-stream-start", "latest");
  return {};
}

result<call> read_stream(std::string_view run, std::string_view key, const stream_request& how) {
  call what = make_call("streams.read", {run, key});
  if (const auto asked = ask_for_events(what, how); !asked) return asked.error();
  return what;
}

// The access to the storage stands in headers.
result<stream_storage> read_stream_storage(const transport::response& reply) {
  const auto body = parse_body(reply);
  if (!body) return body.error();
  auto version = required_text(*body, "version");
  if (!version) return version.error();
  stream_storage storage{.version = std::move(*version), .basin = {}, .stream = {}, .access_token = nullptr};
  if (const auto basin = reply.head.first("x-s2-basin")) storage.basin = *basin;
  if (const auto stream = reply.head.first("x-s2-stream")) storage.stream = *stream;
  if (const auto token = reply.head.first("x-s2-access-token"))
    storage.access_token = std::make_shared<secret>(std::string(*token));
  return storage;
}

operation<stream_storage> open_stream(std::string_view run, stream_target target, std::string_view key) {
  return {make_call("streams.init", {run, word(target), key}), read_stream_storage};
}

result<operation<nothing>> append_to_stream(std::string_view run, stream_target target, std::string_view key,
                                            std::string_view record) {
  if (record.size() > limits::channel_record) return bad_argument("a record", "is larger than 1 MiB");
  auto body = std::make_shared<const std::string>(record);
  return operation<nothing>{make_call("streams.append", {run, word(target), key}, std::move(body)), read_written};
}

result<operation<nothing>> send_input(std::string_view run, std::string_view stream, std::string_view data) {
  auto value = json_argument("the input", data);
  if (!value) return value.error();
  call what = make_json_call("streams.input", {run, stream}, nlohmann::json{{"data", std::move(*value)}});
  if (what.body->size() > limits::channel_record) return bad_argument("the input", "is larger than 1 MiB");
  return operation<nothing>{std::move(what), read_written};
}

}  // namespace triggerd::api
