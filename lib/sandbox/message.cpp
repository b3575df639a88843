#include "sandbox/message.hpp"

namespace triggerd::sandbox {

std::optional<std::string_view> first_header(const header_list& headers, std::string_view name) {
  for (const auto& [key, value] : headers)
    if (key == name) return value;
  return std::nullopt;
}

}  // namespace triggerd::sandbox
