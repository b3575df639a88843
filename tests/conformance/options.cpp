#include "conformance/options.hpp"

#include "base/text.hpp"

#include <array>
#include <string_view>

namespace triggerd::conformance {

namespace {

// "maxAttempts" in job files: "max_attempts".
std::string snake_case(std::string_view camel) {
  std::string out;
  for (const char c : camel) {
    if (c >= 'A' && c <= 'Z') out += '_';
    out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return out;
}

// The SDK takes seconds as a number; we take durations with their unit.
json with_unit(const json& seconds) { return seconds.is_number_integer() ? json(seconds.dump() + 's') : seconds; }

json written_value(const std::string& name, json value) {
  if (name == "ttl" || name == "maxDuration") return with_unit(value);
  if (name != "debounce") return value;
  json out = json::object();
  for (const auto& part : value.items()) out[snake_case(part.key())] = part.value();
  return out;
}

std::string joined_key(const json& value) {
  std::string key;
  for (const auto& part : listed(value)) key += (key.empty() ? "" : "-") + part.get<std::string>();
  return key;
}

std::string queue_name(const json& queue) {
  const auto name = queue.at("name").get<std::string>();
  return queue.at("type") == "task" ? "task/" + name : name;
}

result<void> add_filter(api::run_filter& to, const std::string& name, const json& value) {
  const std::array<std::pair<std::string_view, std::vector<std::string>*>, 6> lists{{{"status", &to.status},
                                                                                     {"taskIdentifier", &to.task},
                                                                                     {"version", &to.version},
                                                                                     {"tag", &to.tag},
                                                                                     {"machine", &to.machine},
                                                                                     {"region", &to.region}}};
  const std::array<std::pair<std::string_view, std::string*>, 6> single{{{"bulkAction", &to.bulk_action},
                                                                         {"schedule", &to.schedule},
                                                                         {"period", &to.period},
                                                                         {"batch", &to.batch},
                                                                         {"after", &to.after},
                                                                         {"before", &to.before}}};
  const std::array<std::pair<std::string_view, std::optional<instant>*>, 2> instants{
      {{"from", &to.from}, {"to", &to.to}}};
  for (const auto& [known, into] : lists) {
    if (known != name) continue;
    auto values = texts(value);
    if (!values) return values.error();
    *into = std::move(*values);
    return {};
  }
  for (const auto& [known, into] : single) {
    if (known != name) continue;
    *into = value.get<std::string>();
    return {};
  }
  for (const auto& [known, into] : instants) {
    if (known != name) continue;
    const auto at = instant_of(value);
    if (!at) return at.error();
    *into = *at;
    return {};
  }
  if (name == "isTest") to.test = value.get<bool>();
  else if (name == "limit") to.page_size = value.get<std::size_t>();
  else if (name == "queue")
    for (const auto& one : listed(value)) to.queue.push_back(queue_name(one));
  else if (name != "env") return no_counterpart("runs are not listed by \"" + name + '"');
  return {};
}

}  // namespace

result<trigger_words> trigger_words_of(const json& options, const std::string& deployment) {
  trigger_words words;
  if (!deployment.empty()) words.written["external_deployment_id"] = deployment;
  if (is_undefined(options)) return words;
  const auto given = plain_option(options);
  if (!given) return given.error();
  for (const auto& one : given->items()) {
    if (one.key() == "idempotencyKey") words.key = joined_key(one.value());
    else if (one.key() == "idempotencyKeyTTL") words.key_ttl = one.value().get<std::string>();
    else words.written[snake_case(one.key())] = written_value(one.key(), one.value());
  }
  return words;
}

bool is_request_options(const json& value) {
  if (is_undefined(value)) return true;
  for (const auto& one : value.items())
    if (one.key() != "retry" && one.key() != "additionalHeaders") return false;
  return true;
}

result<api::run_filter> run_filter_of(const json& params) {
  api::run_filter filter;
  filter.page_size = 0;  // the server's own
  if (is_undefined(params)) return filter;
  for (const auto& one : params.items())
    if (const auto added = add_filter(filter, one.key(), one.value()); !added) return added.error();
  return filter;
}

std::string environments_of(const json& params) {
  if (is_undefined(params) || !params.contains("env")) return {};
  std::string joined;
  for (const auto& one : listed(params["env"])) joined += (joined.empty() ? "" : ",") + one.get<std::string>();
  return joined;
}

}  // namespace triggerd::conformance
