#include "api/arguments.hpp"

#include "api/codes.hpp"
#include "api/payload.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"
#include "spec/units.hpp"

#include <nlohmann/json.hpp>

namespace triggerd::api {

error bad_argument(std::string_view what, std::string_view why) {
  return fail(codes::bad_argument, std::string(what) + ' ' + std::string(why));
}

std::size_t utf16_length(std::string_view text) {
  std::size_t units = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0) != 0x80) units += byte >= 0xF0 ? 2 : 1;
  }
  return units;
}

result<void> check_name(std::string_view what, std::string_view name, std::size_t most) {
  if (name.empty()) return bad_argument(what, "is empty");
  if (text::has_control(name) || !text::is_utf8(name))
    return bad_argument(what, "holds control characters or bad UTF-8");
  if (utf16_length(name) > most) return bad_argument(what, "is longer than " + std::to_string(most) + " characters");
  return {};
}

result<void> check_name_if_any(std::string_view what, std::string_view name, std::size_t most) {
  return name.empty() ? result<void>() : check_name(what, name, most);
}

result<void> check_tags(const std::vector<std::string>& tags) {
  if (tags.size() > limits::tags_per_run)
    return bad_argument("tags", "are more than " + std::to_string(limits::tags_per_run));
  for (const auto& tag : tags)
    if (const auto checked = check_name("tags", tag, limits::tag_length); !checked) return checked.error();
  return {};
}

result<nlohmann::json> json_argument(std::string_view what, std::string_view text) {
  auto value = nlohmann::json::parse(text, nullptr, false);
  if (value.is_discarded()) return bad_argument(what, "is not JSON");
  if (const auto checked = check_payload(value); !checked)
    return bad_argument(what, "cannot be sent: " + checked.error().message);
  return value;
}

result<std::string> moment_text(std::string_view what, const moment& when) {
  if (const auto* at = std::get_if<instant>(&when)) return text::iso(*at);
  const auto span = std::get<milliseconds>(when);
  if (span.count() < 0) return bad_argument(what, "is negative");
  return spec::server_duration(span);
}

result<std::string> span_text(std::string_view what, milliseconds how_long) {
  if (how_long.count() <= 0) return bad_argument(what, "is not more than zero");
  return spec::server_duration(how_long);
}

}  // namespace triggerd::api
