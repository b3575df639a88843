#include "base/text.hpp"
#include "transport/transport.hpp"

namespace triggerd::transport {

void headers::add(std::string name, std::string value) { list_.emplace_back(text::lower(name), std::move(value)); }

std::optional<std::string_view> headers::first(std::string_view name) const {
  for (const auto& [key, value] : list_)
    if (text::equals_ignoring_case(key, name)) return value;
  return std::nullopt;
}

std::vector<std::string_view> headers::all(std::string_view name) const {
  std::vector<std::string_view> found;
  for (const auto& [key, value] : list_)
    if (text::equals_ignoring_case(key, name)) found.push_back(value);
  return found;
}

}  // namespace triggerd::transport
