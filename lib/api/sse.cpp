#include "api/sse.hpp"

#include "api/codes.hpp"
#include "base/limits.hpp"

#include <algorithm>
#include <charconv>

namespace triggerd::api {

namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
constexpr std::string_view resume_header = "last-event-id";
constexpr std::string_view start_header = "x-trigger-stream-start";

// What another attempt may mend; 501 says that the server has no storage for streams at all.
bool passes_by_itself(int status) {
  return status == 408 || status == 425 || status == 429 || (status >= 500 && status != 501);
}

}  // namespace

result<std::vector<sse_event>> sse_parser::take(std::string_view piece) {
  std::vector<sse_event> events;
  while (!piece.empty()) {
    if (after_cr_ && piece.front() == '\n') piece.remove_prefix(1);
    after_cr_ = false;
    const auto end = piece.find_first_of("\r\n");
    const auto text = piece.substr(0, end);
    if (line_.size() + text.size() > limits::event_line)
      return fail(codes::unreadable, "a line of the stream is too long");
    line_ += text;
    if (end == std::string_view::npos) break;
    after_cr_ = piece[end] == '\r';
    piece.remove_prefix(end + 1);
    std::string line = std::exchange(line_, {});
    if (const auto read = take_line(line, events); !read) return read.error();
  }
  return events;
}

result<void> sse_parser::take_line(std::string_view line, std::vector<sse_event>& out) {
  if (!std::exchange(begun_, true) && line.starts_with(byte_order_mark)) line.remove_prefix(byte_order_mark.size());
  if (line.empty()) {
    sse_event done = std::exchange(next_, {});
    next_.id = done.id;
    if (!std::exchange(has_data_, false)) return {};  // an id alone counts for the events after it
    done.data.pop_back();                             // the line feed after the last line
    out.push_back(std::move(done));
    return {};
  }
  const auto colon = line.find(':');
  if (colon == 0) return {};  // a comment
  std::string_view value = colon == std::string_view::npos ? std::string_view() : line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  take_field(line.substr(0, colon), value);
  if (next_.data.size() > limits::event_data) return fail(codes::unreadable, "an event of the stream is too large");
  return {};
}

void sse_parser::take_field(std::string_view name, std::string_view value) {
  if (name == "data") {
    next_.data += value;
    next_.data += '\n';
    has_data_ = true;
  } else if (name == "event") {
    next_.type = value.empty() ? "message" : value;
  } else if (name == "id") {
    if (value.find('\0') == std::string_view::npos) next_.id = value;
  } else if (name == "retry") {
    std::int32_t wait = 0;
    const auto [end, failure] = std::from_chars(value.data(), value.data() + value.size(), wait);
    const bool whole = failure == std::errc() && end == value.data() + value.size();
    if (whole && wait >= 0) next_.retry = milliseconds(wait);
  }
}

void sse_session::received(const std::string& position) {
  pause_ = milliseconds(0);
  if (position.empty()) return;
  auto& headers = request_.headers;
  std::erase_if(headers, [](const auto& one) { return one.first == start_header; });
  const auto known =
      std::find_if(headers.begin(), headers.end(), [](const auto& one) { return one.first == resume_header; });
  if (known == headers.end()) headers.emplace_back(resume_header, position);
  else known->second = position;
}

stream_verdict sse_session::ended(const transport::outcome& seen) {
  if (seen.what != transport::knowledge::answered) return broken();
  const int status = seen.reply.status;
  if (status >= 200 && status < 300) return {.step = stream_step::completed};
  return passes_by_itself(status) ? broken() : stream_verdict{.step = stream_step::refused};
}

stream_verdict sse_session::broken() {
  const milliseconds most = limits::reconnect_most;
  pause_ = pause_.count() == 0 ? limits::reconnect_first : std::min(pause_ * 2, most);
  const double share = 0.5 + random_->unit() / 2;
  return {.step = stream_step::reconnect,
          .wait = milliseconds(static_cast<std::int64_t>(static_cast<double>(pause_.count()) * share))};
}

}  // namespace triggerd::api
