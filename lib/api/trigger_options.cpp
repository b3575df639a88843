#include "api/trigger_options.hpp"

#include "api/arguments.hpp"
#include "api/json_fields.hpp"
#include "api/payload.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"
#include "spec/units.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <vector>

namespace triggerd::api {

namespace {

using nlohmann::json;

constexpr std::size_t longest_debounce_key = 512;
constexpr std::size_t longest_deployment_id = 128;
constexpr std::size_t longest_concurrency_name = 122;
constexpr std::size_t most_concurrency_names = 2;
constexpr std::int64_t most_attempts = 1'000;
constexpr std::int64_t least_duration_s = 5;  // the server raises less
constexpr std::array<std::string_view, 7> machines{"micro",     "small-1x", "small-2x", "medium-1x",
                                                   "medium-2x", "large-1x", "large-2x"};

// A placeholder that is the whole string keeps its value's type: a number where text is wanted is that number's text.
std::optional<std::string> text_of(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number() || value.is_boolean()) return json_text(value);
  return std::nullopt;
}

// Text that reaches the server unchanged.
result<std::string> name_of(std::string_view option, const json& value, std::size_t most = SIZE_MAX) {
  auto text = text_of(value);
  if (!text) return bad_argument(option, "is not text");
  if (const auto checked = check_name(option, *text, most); !checked) return checked.error();
  return std::move(*text);
}

result<milliseconds> span_of(std::string_view option, const json& value) {
  if (!value.is_string()) return bad_argument(option, "is not a duration such as \"90s\"");
  const auto span = spec::parse_duration(value.get_ref<const std::string&>());
  if (!span) return bad_argument(option, "is not a duration such as \"90s\"");
  return *span;
}

result<std::int64_t> whole_of(std::string_view option, const json& value, std::int64_t least, std::int64_t most) {
  const json wrapped{{"value", value}};
  const auto number = integer_member(wrapped, "value");
  if (!number || *number < least || *number > most)
    return bad_argument(option, "is not a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  return *number;
}

// --- one function per form; each returns the wire's value ---

using convert = result<json> (*)(std::string_view option, const json& value);

result<json> as_name(std::string_view option, const json& value) {
  auto name = name_of(option, value);
  if (!name) return name.error();
  return json(std::move(*name));
}

result<json> as_queue(std::string_view option, const json& value) {
  auto name = as_name(option, value);
  if (!name) return name.error();
  return json{{"name", std::move(*name)}};
}

bool is_concurrency_name(std::string_view text) {
  return !text.empty() && text.size() <= longest_concurrency_name && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

result<json> as_concurrency(std::string_view option, const json& value) {
  const json list = value.is_array() ? value : json::array({value});
  if (list.size() > most_concurrency_names) return bad_argument(option, "names more than two limits");
  for (const auto& one : list)
    if (!one.is_string() || !is_concurrency_name(one.get_ref<const std::string&>()))
      return bad_argument(option,
                          "holds what is not the name of a concurrency limit (letters, digits, - and _, at most 122)");
  return list;
}

result<json> as_flag(std::string_view option, const json& value) {
  if (value.is_boolean()) return value;
  if (value == "true") return json(true);
  if (value == "false") return json(false);
  return bad_argument(option, "is neither true nor false");
}

result<json> as_delay(std::string_view option, const json& value) {
  if (value.is_string()) {
    const auto& written = value.get_ref<const std::string&>();
    if (const auto span = spec::parse_duration(written)) return json(spec::server_duration(*span));
    if (const auto at = text::parse_iso(written)) return json(text::iso(*at));
  }
  return bad_argument(option, "is neither a duration such as \"90s\" nor an instant with its zone");
}

result<json> as_ttl(std::string_view option, const json& value) {
  const auto span = span_of(option, value);
  if (!span) return span.error();
  if (span->count() == 0) return bad_argument(option, "is zero: the run would expire before it starts");
  return json(spec::server_duration(*span));
}

result<json> as_attempts(std::string_view option, const json& value) {
  const auto number = whole_of(option, value, 1, most_attempts);
  if (!number) return number.error();
  return json(*number);
}

result<json> as_metadata(std::string_view option, const json& value) {
  if (!value.is_object()) return bad_argument(option, "is not a table");
  if (const auto checked = check_payload(value); !checked)
    return bad_argument(option, "cannot be sent: " + checked.error().message);
  if (json_text(value).size() > limits::metadata)
    return bad_argument(option, "is larger than the 262144 bytes the server takes");
  return value;
}

result<json> as_max_duration(std::string_view option, const json& value) {
  const auto span = span_of(option, value);
  if (!span) return span.error();
  const auto whole = std::chrono::ceil<seconds>(*span).count();
  if (whole < least_duration_s) return bad_argument(option, "is less than 5s, which the server would raise");
  return json(whole);
}

result<json> as_machine(std::string_view option, const json& value) {
  const auto name = value.is_string() ? std::string_view(value.get_ref<const std::string&>()) : std::string_view();
  if (std::find(machines.begin(), machines.end(), name) == machines.end())
    return bad_argument(option, "is not a machine preset, such as \"small-1x\"");
  return value;
}

result<json> as_priority(std::string_view option, const json& value) {
  if (value.is_number() && std::isfinite(value.get<double>())) return value;
  if (value.is_string()) {
    const auto& written = value.get_ref<const std::string&>();
    double number = 0;
    const auto [end, failure] = std::from_chars(written.data(), written.data() + written.size(), number);
    if (failure == std::errc() && end == written.data() + written.size() && std::isfinite(number)) return json(number);
  }
  return bad_argument(option, "is not a number");
}

result<json> as_deployment(std::string_view option, const json& value) {
  const auto written = text_of(value);
  if (!written) return bad_argument(option, "is not text");
  auto id = name_of(option, json(text::trim(*written)), longest_deployment_id);
  if (!id) return id.error();
  return json(std::move(*id));
}

result<json> as_debounce(std::string_view option, const json& value) {
  if (!value.is_object() || !value.contains("key") || !value.contains("delay"))
    return bad_argument(option, "is not a table with a key and a delay");
  json out = json::object();
  milliseconds delay{0};
  std::optional<milliseconds> most;
  for (const auto& one : value.items()) {
    const json& given = one.value();
    if (given.is_null()) continue;
    if (one.key() == "key") {
      auto key = name_of("debounce.key", given, longest_debounce_key);
      if (!key) return key.error();
      out["key"] = std::move(*key);
    } else if (one.key() == "delay" || one.key() == "max_delay") {
      const auto span = span_of("debounce." + one.key(), given);
      if (!span) return span.error();
      if (one.key() == "delay") delay = *span;
      else most = *span;
      out[one.key() == "delay" ? "delay" : "maxDelay"] = spec::server_duration(*span);
    } else if (one.key() == "mode") {
      if (given != "leading" && given != "trailing")
        return bad_argument("debounce.mode", "is neither leading nor trailing");
      out["mode"] = given;
    } else {
      return bad_argument(option, "has an unknown part \"" + text::printable(one.key(), 40) + '"');
    }
  }
  if (!out.contains("key") || !out.contains("delay"))
    return bad_argument(option, "is not a table with a key and a delay");
  if (delay < seconds(1)) return bad_argument("debounce.delay", "is less than a second");
  if (most && *most <= delay) return bad_argument("debounce.max_delay", "is not more than the delay");
  return out;
}

struct option_form {
  std::string_view written, wire;
  convert as;
};
// The names equal those of job files (config/job_keys.cpp); `tags` stands apart, because ours joins them.
constexpr std::array<option_form, 15> forms{{
    {"queue", "queue", as_queue},
    {"concurrency", "concurrency", as_concurrency},
    {"concurrency_key", "concurrencyKey", as_name},
    {"test", "test", as_flag},
    {"delay", "delay", as_delay},
    {"ttl", "ttl", as_ttl},
    {"max_attempts", "maxAttempts", as_attempts},
    {"metadata", "metadata", as_metadata},
    {"max_duration", "maxDuration", as_max_duration},
    {"machine", "machine", as_machine},
    {"priority", "priority", as_priority},
    {"region", "region", as_name},
    {"version", "lockToVersion", as_name},
    {"external_deployment_id", "externalDeploymentId", as_deployment},
    {"debounce", "debounce", as_debounce},
}};

error unknown_option(std::string_view name) {
  std::vector<std::string_view> known{"tags"};
  for (const auto& form : forms) known.push_back(form.written);
  std::string why = "is no option of a run";
  if (const auto near = text::nearest(name, known)) why += "; did you mean \"" + *near + "\"?";
  return bad_argument('"' + text::printable(name, 40) + '"', why);
}

result<json> tags_of(const json& written, std::size_t own_tags) {
  json tags = json::array();
  const json list = written.is_array() ? written : json::array({written});
  for (const auto& one : list) {
    auto tag = name_of("tags", one, limits::tag_length);
    if (!tag) return tag.error();
    tags.push_back(std::move(*tag));
  }
  if (tags.size() + own_tags > limits::tags_per_run)
    return bad_argument("tags",
                        own_tags == 0 ? "are more than 10" : "are more than 10, with the one that triggerd adds");
  return tags;
}

}  // namespace

result<nlohmann::json> trigger_options(const nlohmann::json& written, std::size_t own_tags) {
  if (!written.is_object() && !written.is_null()) return bad_argument("options", "are not a table");
  json options = json::object();
  for (const auto& one : written.items()) {
    if (one.value().is_null()) continue;
    if (one.key() == "tags") {
      auto tags = tags_of(one.value(), own_tags);
      if (!tags) return tags.error();
      if (!tags->empty()) options["tags"] = std::move(*tags);
      continue;
    }
    const auto form = std::find_if(forms.begin(), forms.end(), [&](const auto& f) { return f.written == one.key(); });
    if (form == forms.end()) return unknown_option(one.key());
    auto value = form->as(form->written, one.value());
    if (!value) return value.error();
    options[std::string(form->wire)] = std::move(*value);
  }
  return options;
}

}  // namespace triggerd::api
