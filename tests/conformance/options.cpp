#include "conformance/options.hpp"

#include "api/superjson.hpp"
#include "base/text.hpp"
#include "spec/units.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace triggerd::conformance {

namespace {

std::string queue_name(const json& queue) {
  const auto name = queue.at("name").get<std::string>();
  return queue.at("type") == "task" ? "task/" + name : name;
}

api::debounce debounce_of(const json& value) {
  api::debounce out;
  out.key = value.at("key").get<std::string>();
  out.delay = span_of(value.at("delay")).value_or(milliseconds(0));
  if (value.contains("mode")) out.trailing = value["mode"] == "trailing";
  if (value.contains("maxDelay")) out.most = span_of(value["maxDelay"]);
  return out;
}

result<json> plain_of(const json& value) { return is_undefined(value) ? result<json>(value) : plain_option(value); }

// Texts and lists of texts by their names.
bool put_words(api::run_options& to, const std::string& name, const json& value) {
  const std::array<std::pair<std::string_view, std::string*>, 6> single{
      {{"queue", &to.queue},
       {"machine", &to.machine},
       {"region", &to.region},
       {"version", &to.version},
       {"externalDeploymentId", &to.external_deployment_id},
       {"concurrencyKey", &to.concurrency_key}}};
  for (const auto& [known, into] : single) {
    if (known != name) continue;
    *into = value.is_string() ? value.get<std::string>() : value.dump();
    return true;
  }
  if (name != "tags" && name != "concurrency") return false;
  (name == "tags" ? to.tags : to.concurrency) = listed(value).get<std::vector<std::string>>();
  return true;
}

// False: a value that ours refuses. An error: an option that ours does not know.
result<bool> put_option(api::run_options& to, const std::string& name, const json& value,
                        const api::key_context& made_in) {
  if (put_words(to, name, value)) return true;
  if (name == "idempotencyKey") {
    auto key = key_of(value, api::key_scope::run, made_in);
    if (!key) return false;
    to.key = std::move(*key);
    return true;
  }
  if (name == "delay") return (to.start = moment_of(value)).has_value();
  if (name == "ttl") return (to.ttl = span_of(value)).has_value();
  if (name == "idempotencyKeyTTL") return (to.key_ttl = span_of(value)).has_value();
  if (name == "maxAttempts") to.max_attempts = value.get<std::uint32_t>();
  else if (name == "maxDuration") to.max_duration = seconds(value.get<std::int64_t>());
  else if (name == "priority") to.priority = value.get<double>();
  else if (name == "metadata") to.metadata = value.dump();
  else if (name == "debounce") to.debounced = debounce_of(value);
  else if (name == "test") to.test = value.get<bool>();
  else return no_counterpart("a run has no option \"" + name + '"');
  return true;
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

std::optional<milliseconds> span_of(const json& value) {
  if (value.is_number_integer()) return seconds(value.get<std::int64_t>());
  if (!value.is_string()) return std::nullopt;
  const auto span = spec::parse_duration(value.get<std::string>());
  return span ? std::optional(*span) : std::nullopt;
}

std::optional<api::moment> moment_of(const json& value) {
  if (const auto span = span_of(value)) return api::moment(*span);
  if (const auto at = instant_of(value)) return api::moment(*at);
  const auto at = value.is_string() ? text::parse_iso(value.get<std::string>()) : std::nullopt;
  return at ? std::optional(api::moment(*at)) : std::nullopt;
}

std::optional<api::idempotency_key> key_of(const json& written, api::key_scope scope, const api::key_context& made_in) {
  if (written.is_string()) {
    const auto text = written.get<std::string>();
    if (text.empty()) return api::idempotency_key();
    const auto key =
        scope == api::key_scope::run ? api::key_from(text, made_in) : api::make_key({text}, scope, made_in);
    return key ? std::optional(*key) : std::nullopt;
  }
  const auto parts = texts(written);
  if (!parts) return std::nullopt;
  if (parts->empty()) return api::idempotency_key();
  const auto key = api::make_key(*parts, scope, made_in);
  return key ? std::optional(*key) : std::nullopt;
}

result<std::optional<api::run_options>> run_options_of(const json& options, const std::string& deployment,
                                                       const api::key_context& made_in) {
  std::optional<api::run_options> out(std::in_place);
  out->external_deployment_id = deployment;
  if (is_undefined(options)) return out;
  for (const auto& one : options.items()) {
    const auto value = one.key() == "delay" ? result<json>(one.value()) : plain_of(one.value());
    if (!value) return value.error();
    if (is_undefined(*value) || value->is_null()) continue;
    const auto put = put_option(*out, one.key(), *value, made_in);
    if (!put) return put.error();
    if (!*put) return std::optional<api::run_options>();
  }
  return out;
}

bool is_request_options(const json& value) {
  if (!value.is_object() || value.empty() || is_undefined(value)) return false;
  constexpr std::array<std::string_view, 3> known{"retry", "additionalHeaders", "publicAccessToken"};
  for (const auto& one : value.items())
    if (std::find(known.begin(), known.end(), one.key()) == known.end()) return false;
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

result<api::packed_payload> payload_of(const json& written) {
  if (is_undefined(written)) return api::pack_nothing();
  auto value = superjson_of(written);
  if (!value) return value.error();
  if (value->types.is_null()) return api::pack(value->value);
  return api::pack_superjson(value->value, {{"values", value->types}});
}

}  // namespace triggerd::conformance
