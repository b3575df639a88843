#include "transport/reply_head.hpp"

#include "base/limits.hpp"
#include "base/text.hpp"

#include <charconv>
#include <cstdint>

namespace triggerd::transport {
namespace {

constexpr std::string_view content_length = "content-length";

// "HTTP/1.1 200 OK" -> 200; 0 when it is no status line.
int status_of(std::string_view line) {
  if (!line.starts_with("HTTP/")) return 0;
  const auto space = line.find(' ');
  if (space == std::string_view::npos) return 0;
  int status = 0;
  const std::string_view digits = line.substr(space + 1, 3);
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), status);
  return parsed.ec == std::errc{} && status >= 100 ? status : 0;
}

// Curl takes the last of several lengths, and what it can read of a number (RFC 9112 6.3: an unrecoverable error).
bool agrees_on_length(const headers& before, std::string_view value) {
  std::int64_t length = 0;
  const auto parsed = std::from_chars(value.data(), value.data() + value.size(), length);
  const bool is_length = parsed.ec == std::errc{} && parsed.ptr == value.data() + value.size() && length >= 0;
  return is_length && before.first(content_length).value_or(value) == value;
}

}  // namespace

reply_head::step reply_head::line(std::string_view text) {
  bytes_ += text.size();
  if (bytes_ > limits::response_headers) return step::over_limit;
  if (whole_) return step::more;

  const std::string_view trimmed = text::trim(text);
  if (status_ == 0) {
    status_ = status_of(trimmed);
    return step::more;
  }
  if (trimmed.empty()) {
    whole_ = !is_interim();
    if (whole_) return step::whole;
    status_ = 0;
    list_ = {};
    return step::more;
  }
  const auto colon = trimmed.find(':');
  if (colon == std::string_view::npos) return step::more;
  const std::string_view name = text::trim(trimmed.substr(0, colon));
  const std::string_view value = text::trim(trimmed.substr(colon + 1));
  if (text::equals_ignoring_case(name, content_length) && !agrees_on_length(list_, value)) return step::malformed;
  list_.add(name, value);
  return step::more;
}

}  // namespace triggerd::transport
