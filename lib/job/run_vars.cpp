#include "job/run_vars.hpp"

#include "base/text.hpp"
#include "job/codes.hpp"
#include "spec/units.hpp"

#include <nlohmann/json.hpp>

#include <charconv>
#include <cmath>
#include <regex>

namespace triggerd::job {

namespace {

using nlohmann::json;

result<json> bad(std::string why) { return fail(codes::bad_variable, std::move(why)); }

template <class T>
std::optional<T> number_from(const std::string& text) {
  T value{};
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::string> outside(const spec::var_spec& var, double value) {
  if (var.min && value < *var.min) return "is below its minimum of " + json(*var.min).dump();
  if (var.max && value > *var.max) return "is above its maximum of " + json(*var.max).dump();
  return std::nullopt;
}

result<json> typed_string(const spec::var_spec& var, const std::string& text) {
  if (!text::is_utf8(text)) return bad("is not UTF-8");
  if (!var.match.empty() && !std::regex_match(text, std::regex(var.match, std::regex::ECMAScript)))
    return bad("does not match " + var.match);
  return json(text);
}

result<json> typed_integer(const spec::var_spec& var, const std::string& text) {
  constexpr std::int64_t largest = std::int64_t{1} << 53;  // the server reads numbers as doubles
  const auto value = number_from<std::int64_t>(text);
  if (!value) return bad("is not a whole number");
  if (*value > largest || *value < -largest) return bad("is beyond 2^53, where the server loses digits");
  if (const auto why = outside(var, static_cast<double>(*value))) return bad(*why);
  return json(*value);
}

result<json> typed_number(const spec::var_spec& var, const std::string& text) {
  const auto value = number_from<double>(text);
  if (!value || !std::isfinite(*value)) return bad("is not a number");
  if (const auto why = outside(var, *value)) return bad(*why);
  return json(*value);
}

result<json> typed(const spec::var_spec& var, const std::string& text) {
  using type = spec::var_spec::type;
  switch (var.kind) {
    case type::string: return typed_string(var, text);
    case type::integer: return typed_integer(var, text);
    case type::number: return typed_number(var, text);
    case type::boolean:
      if (text == "true" || text == "false") return json(text == "true");
      return bad("is neither true nor false");
    case type::datetime:
      if (text::parse_iso(text) || spec::parse_signed_duration(text)) return json(text);
      return bad("is neither an instant like 2026-11-24T02:00:00Z nor relative like -2h");
  }
  return bad("has no type");
}

}  // namespace

result<json> typed_vars(const spec::job_spec& job, const std::map<std::string, std::string>& given) {
  json values = json::object();
  std::vector<std::string> complaints;
  for (const auto& [name, text] : given)
    if (!job.vars.contains(name)) complaints.push_back("the job declares no variable " + text::printable(name, 64));
  for (const auto& [name, var] : job.vars) {
    const auto found = given.find(name);
    if (found != given.end()) {
      auto value = typed(var, found->second);
      if (value) values[name] = std::move(*value);
      else complaints.push_back(name + " " + value.error().message);
    } else if (!var.default_json.empty()) {
      values[name] = json::parse(var.default_json, nullptr, false);
    } else if (var.required) {
      complaints.push_back(name + " is required; give it with --var " + name + "=...");
    }
  }
  if (!complaints.empty()) return fail(codes::bad_variable, text::join(complaints, "; "));
  return values;
}

}  // namespace triggerd::job
