#include "sandbox/replay_overrides.hpp"

#include "sandbox/trigger.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>

namespace triggerd::sandbox {

namespace {

// What is not said of the payload is said as in a trigger's options, but for the queue and the version.
constexpr std::array<std::string_view, 16> replay_fields = {
    "payload",           "payloadType", "metadata",    "tags",    "queue", "concurrencyKey",
    "machine",           "version",     "region",      "delay",   "ttl",   "idempotencyKey",
    "idempotencyKeyTTL", "maxAttempts", "maxDuration", "priority"};

std::optional<reply> check_replay_fields(const json& overrides) {
  if (!overrides.is_object()) return refuse_body("Expected object, received " + std::string(type_word(overrides)));
  std::vector<std::string> unknown;
  for (const auto& [name, value] : overrides.items())
    if (std::find(replay_fields.begin(), replay_fields.end(), name) == replay_fields.end()) unknown.push_back(name);
  if (!unknown.empty()) return refuse_body("Unrecognized key(s) in object: '" + text::join(unknown, "', '") + '\'');
  const json* metadata = find(overrides, "metadata");
  if (metadata != nullptr && !metadata->is_object())
    return refuse_body("Expected object, received " + std::string(type_word(*metadata)), "metadata");
  const json* queue = find(overrides, "queue");
  if (queue != nullptr && !queue->is_string())
    return refuse_body("Expected string, received " + std::string(type_word(*queue)), "queue");
  const json* attempts = find(overrides, "maxAttempts");
  if (attempts != nullptr && attempts->is_number() && *attempts < 1)
    return refuse_body("Number must be greater than or equal to 1", "maxAttempts");
  const json* type = find(overrides, "payloadType");
  if (type != nullptr && *type != "application/json" && *type != "application/super+json")
    return refuse_body("Invalid enum value. Expected 'application/json' | 'application/super+json'", "payloadType");
  const json* payload = find(overrides, "payload");
  if (type != nullptr && *type == "application/super+json" && (payload == nullptr || !payload->is_string()))
    return refuse_body("payload must be a string when payloadType is application/super+json", "payload");
  return std::nullopt;
}

json as_options(const json& overrides) {
  json out = overrides;
  out.erase("payload");
  if (const json* queue = find(overrides, "queue")) out["queue"] = {{"name", *queue}};
  if (const json* version = find(overrides, "version")) out["lockToVersion"] = *version;
  out.erase("version");
  return out;
}

}  // namespace

std::variant<std::string, reply> replay_changed(state& in, const run& original, const json& overrides) {
  if (auto refusal = check_replay_fields(overrides)) return std::move(*refusal);
  const json options = as_options(overrides);
  auto read = read_options(&options, std::string());
  if (const auto* wrong = std::get_if<complaint>(&read)) return refuse_body(wrong->text, wrong->path.substr(1));
  asked_run asked;
  asked.where = original.where;
  asked.task = original.input->task;
  asked.payload = find(overrides, "payload");
  asked.options = std::move(std::get<trigger_options>(read));
  if (!overrides.contains("tags")) asked.options.tags = *original.tags;
  asked.replay_of = &original;
  auto made = make_run(in, std::move(asked));
  if (const auto* refused = std::get_if<refused_run>(&made)) return refuse(refused->status, refused->text);
  return in.runs.id_of(std::get<made_run>(made).number);
}

}  // namespace triggerd::sandbox
