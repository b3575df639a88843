#include "ctl/reading.hpp"

#include "base/text.hpp"

namespace triggerd::ctl {

namespace {

constexpr std::size_t longest_text = 4'096;

const json* member(const json& object, const char* name) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(name);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

}  // namespace

std::string safe(const json& value) {
  return value.is_string() ? text::printable(value.get_ref<const std::string&>(), longest_text) : std::string();
}

std::string text_in(const json& object, const char* name) {
  const json* found = member(object, name);
  return found == nullptr ? std::string() : safe(*found);
}

std::int64_t number_in(const json& object, const char* name) {
  const json* found = member(object, name);
  return found != nullptr && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

std::optional<double> float_in(const json& object, const char* name) {
  const json* found = member(object, name);
  if (found == nullptr || !found->is_number()) return std::nullopt;
  return found->get<double>();
}

bool flag_in(const json& object, const char* name) {
  const json* found = member(object, name);
  return found != nullptr && found->is_boolean() && found->get<bool>();
}

bool has(const json& object, const char* name) { return member(object, name) != nullptr; }

const json& object_in(const json& object, const char* name) {
  static const json none = json::object();
  const json* found = member(object, name);
  return found != nullptr && found->is_object() ? *found : none;
}

const json& array_in(const json& object, const char* name) {
  static const json none = json::array();
  const json* found = member(object, name);
  return found != nullptr && found->is_array() ? *found : none;
}

}  // namespace triggerd::ctl
