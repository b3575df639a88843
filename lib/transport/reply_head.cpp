#include "transport/reply_head.hpp"

#include "base/limits.hpp"
#include "base/text.hpp"

#include <charconv>

namespace triggerd::transport {
namespace {

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
  list_.add(std::string(text::trim(trimmed.substr(0, colon))), std::string(text::trim(trimmed.substr(colon + 1))));
  return step::more;
}

}  // namespace triggerd::transport
