#include "api/json_fields.hpp"

#include "api/codes.hpp"
#include "base/json_text.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace triggerd::api {

namespace {

// Doubles hold whole numbers exactly up to here.
constexpr double exact_up_to = 9'007'199'254'740'992.0;

const nlohmann::json* member(const nlohmann::json& of, std::string_view name) {
  if (!of.is_object()) return nullptr;
  const auto found = of.find(name);
  return found == of.end() || found->is_null() ? nullptr : &*found;
}

std::optional<std::int64_t> integer_of(const nlohmann::json& value) {
  if (value.is_number_unsigned()) {
    const auto number = value.get<std::uint64_t>();
    if (number > static_cast<std::uint64_t>(INT64_MAX)) return std::nullopt;
    return static_cast<std::int64_t>(number);
  }
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (value.is_number_float()) {
    const double number = value.get<double>();
    if (std::trunc(number) != number || std::abs(number) > exact_up_to) return std::nullopt;
    return static_cast<std::int64_t>(number);
  }
  if (value.is_string()) {
    const auto& digits = value.get_ref<const std::string&>();
    std::int64_t number = 0;
    const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (failure == std::errc() && end == digits.data() + digits.size() && !digits.empty()) return number;
  }
  return std::nullopt;
}

// Writing recurses as deep as the value goes; this never deeper than `most`.
bool is_deep(const nlohmann::json& value, std::size_t most) {
  if (!value.is_structured()) return false;
  if (most == 0) return true;
  return std::any_of(value.begin(), value.end(), [most](const auto& one) { return is_deep(one, most - 1); });
}

}  // namespace

result<nlohmann::json> parse_body(const transport::response& reply) {
  auto parsed = nlohmann::json::parse(reply.body, nullptr, false);
  if (parsed.is_discarded()) return fail(codes::unreadable, "the reply is not JSON");
  return parsed;
}

std::optional<std::string> text_member(const nlohmann::json& of, std::string_view name) {
  const auto* value = member(of, name);
  if (value == nullptr || !value->is_string()) return std::nullopt;
  return value->get<std::string>();
}

std::optional<std::int64_t> integer_member(const nlohmann::json& of, std::string_view name) {
  const auto* value = member(of, name);
  return value == nullptr ? std::nullopt : integer_of(*value);
}

bool flag_member(const nlohmann::json& of, std::string_view name, bool otherwise) {
  const auto* value = member(of, name);
  return value != nullptr && value->is_boolean() ? value->get<bool>() : otherwise;
}

std::optional<instant> instant_member(const nlohmann::json& of, std::string_view name) {
  const auto* value = member(of, name);
  return value != nullptr && value->is_string() ? text::parse_iso(value->get_ref<const std::string&>()) : std::nullopt;
}

std::vector<std::string> texts_member(const nlohmann::json& of, std::string_view name) {
  std::vector<std::string> texts;
  const auto* value = member(of, name);
  if (value == nullptr || !value->is_array()) return texts;
  for (const auto& one : *value)
    if (one.is_string()) texts.push_back(one.get<std::string>());
  return texts;
}

const nlohmann::json* array_member(const nlohmann::json& of, std::string_view name) {
  const auto* value = member(of, name);
  return value != nullptr && value->is_array() ? value : nullptr;
}

const nlohmann::json* object_member(const nlohmann::json& of, std::string_view name) {
  const auto* value = member(of, name);
  return value != nullptr && value->is_object() ? value : nullptr;
}

std::optional<double> number_member(const nlohmann::json& of, std::string_view name) {
  const auto* value = member(of, name);
  return value != nullptr && value->is_number() ? std::optional(value->get<double>()) : std::nullopt;
}

void optional_texts(const nlohmann::json& of,
                    std::initializer_list<std::pair<std::string_view, std::string*>> members) {
  for (const auto& [name, into] : members)
    if (auto text = text_member(of, name)) *into = std::move(*text);
}

void optional_instants(const nlohmann::json& of,
                       std::initializer_list<std::pair<std::string_view, std::optional<instant>*>> members) {
  for (const auto& [name, into] : members)
    if (const auto at = instant_member(of, name)) *into = at;
}

result<std::string> value_text(const nlohmann::json& value) {
  if (is_deep(value, limits::json_depth)) return fail(codes::unreadable, "the reply nests too deep");
  return json_text(value);
}

result<void> optional_values(const nlohmann::json& of,
                             std::initializer_list<std::pair<std::string_view, std::string*>> members) {
  for (const auto& [name, into] : members) {
    const auto* value = member(of, name);
    if (value == nullptr) continue;
    auto text = value_text(*value);
    if (!text) return missing_member(name);
    *into = std::move(*text);
  }
  return {};
}

error missing_member(std::string_view name) {
  return fail(codes::unreadable, "the reply has no usable \"" + std::string(name) + '"');
}

result<std::string> required_text(const nlohmann::json& of, std::string_view name) {
  auto text = text_member(of, name);
  if (!text || text->empty()) return missing_member(name);
  return std::move(*text);
}

result<std::uint64_t> required_count(const nlohmann::json& of, std::string_view name) {
  const auto number = integer_member(of, name);
  if (!number || *number < 0) return missing_member(name);
  return static_cast<std::uint64_t>(*number);
}

result<bool> required_flag(const nlohmann::json& of, std::string_view name) {
  const auto* value = member(of, name);
  if (value == nullptr || !value->is_boolean()) return missing_member(name);
  return value->get<bool>();
}

result<void> required_texts(const nlohmann::json& of,
                            std::initializer_list<std::pair<std::string_view, std::string*>> members) {
  for (const auto& [name, into] : members) {
    auto text = required_text(of, name);
    if (!text) return text.error();
    *into = std::move(*text);
  }
  return {};
}

void wipe_member(nlohmann::json& of, std::string_view name) {
  if (!of.is_object()) return;
  const auto found = of.find(name);
  if (found != of.end() && found->is_string()) wipe(found->get_ref<std::string&>());
}

result<std::shared_ptr<secret>> required_secret(nlohmann::json& of, std::string_view name) {
  auto text = required_text(of, name);
  if (!text) return text.error();
  wipe_member(of, name);
  return std::make_shared<secret>(std::move(*text));
}

std::shared_ptr<secret> optional_secret(nlohmann::json& of, std::string_view name) {
  auto found = required_secret(of, name);
  return found ? std::move(*found) : nullptr;
}

void put_member(nlohmann::json& into, const char* name, std::string_view text) {
  if (!text.empty()) into[name] = text;
}

void put_member(nlohmann::json& into, const char* name, const std::vector<std::string>& texts) {
  if (!texts.empty()) into[name] = texts;
}

void put_member(nlohmann::json& into, const char* name, std::optional<std::uint32_t> number) {
  if (number) into[name] = *number;
}

void put_member(nlohmann::json& into, const char* name, std::optional<instant> at) {
  if (at) into[name] = text::iso(*at);
}

std::string json_text(const nlohmann::json& value) {
  std::string out;
  append_json(out, value);
  return out;
}

}  // namespace triggerd::api
