#include "api/tasks.hpp"

#include "api/codes.hpp"
#include "api/json_fields.hpp"
#include "api/payload.hpp"
#include "base/json_text.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"

#include <nlohmann/json.hpp>

namespace triggerd::api {

result<triggered> read_triggered(const transport::response& reply) {
  const auto body = parse_body(reply);
  if (!body) return body.error();
  auto run = required_text(*body, "id");
  if (!run) return run.error();
  return triggered{.run = std::move(*run), .cached = flag_member(*body, "isCached", false)};
}

std::string trigger_body(const nlohmann::json* payload, const nlohmann::json& options, const own_options& own) {
  return trigger_body(pack_or_nothing(payload), options, own);
}

std::string trigger_body(const packed_payload& packed, const nlohmann::json& options, const own_options& own) {
  json_members body(packed.value_json.size() + room_for_options);
  if (!packed.value_json.empty()) body.raw("payload", packed.value_json);
  body.begin("options");
  add_options(body, options, own);
  body.count("payloadSize", packed.size).text("payloadType", packed.type).end();
  return body.take();
}

result<void> check_trigger(std::string_view task, std::string_view body) {
  // Dots are not encoded, and a path segment that is only dots is resolved away.
  if (task.empty() || task == "." || task == "..")
    return fail(codes::bad_argument, "the task id is empty or only dots, so no URL can name it");
  if (text::has_control(task) || !text::is_utf8(task))
    return fail(codes::bad_argument, "the task id holds control characters or bad UTF-8");
  if (body.size() > limits::trigger_body)
    return fail(codes::bad_argument, "payload and options are " + std::to_string(body.size()) +
                                         " bytes together; the server takes " + std::to_string(limits::trigger_body));
  return {};
}

result<operation<triggered>> trigger(std::string_view task, std::shared_ptr<const std::string> body, bool keyed,
                                     bool locked) {
  if (const auto usable = check_trigger(task, *body); !usable) return usable.error();
  call what = make_call("tasks.trigger", {task}, std::move(body));
  what.keyed = keyed;
  what.server_fault_is_final = locked;
  return operation<triggered>{std::move(what), read_triggered};
}

}  // namespace triggerd::api
