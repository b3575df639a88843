#include "sandbox/session_run.hpp"

namespace triggerd::sandbox {

std::variant<trigger_options, complaint> session_options(const json& config) {
  json options = json::object();
  for (const char* name :
       {"machine", "concurrencyKey", "tags", "maxAttempts", "maxDuration", "lockToVersion", "region", "ttl"})
    if (const json* value = find(config, name)) options[name] = *value;
  if (const json* queue = find(config, "queue")) options["queue"] = {{"name", *queue}};
  return read_options(&options, "triggerConfig");
}

std::optional<refused_run> start_session_run(state& in, session& of) {
  auto options = session_options(of.trigger_config);
  if (const auto* odd = std::get_if<complaint>(&options)) return refused_run{400, odd->text, {}};
  json payload = of.trigger_config.at("basePayload");
  payload["sessionId"] = in.sessions.id_of(of);
  asked_run order;
  order.where = of.where;
  order.task = of.task;
  order.payload = &payload;
  order.options = std::move(std::get<trigger_options>(options));
  const auto made = make_run(in, std::move(order));
  if (const auto* refused = std::get_if<refused_run>(&made)) return *refused;
  of.run = std::get<made_run>(made).number;
  of.updated = in.now;
  return std::nullopt;
}

std::optional<refused_run> keep_session_run(state& in, session& of) {
  if (of.run != 0 && !is_final(in.runs.at(of.run).status)) return std::nullopt;
  return start_session_run(in, of);
}

}  // namespace triggerd::sandbox
