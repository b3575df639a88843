#include "bench/origin/http1.hpp"

#include "bench/origin/date_text.hpp"

#include <algorithm>
#include <charconv>

namespace origin {
namespace {

constexpr std::size_t most_head = 64 * 1024;
constexpr std::size_t most_held = 8 * 1024 * 1024;  // sent ahead of the reply before it

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

std::string_view reason(int status) {
  switch (status) {
    case 200: return "OK";
    case 202: return "Accepted";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 404: return "Not Found";
    case 422: return "Unprocessable Entity";
    case 429: return "Too Many Requests";
    default: return "Internal Server Error";
  }
}

}  // namespace

bool http1::take(std::string_view bytes) {
  std::string_view rest = bytes;
  const bool from_held = !held_.empty();
  if (from_held) rest = held_.append(bytes);
  while (step(rest)) {
  }
  if (from_held) held_.erase(0, held_.size() - rest.size());
  else held_.assign(rest);
  return now_ != part::broken && held_.size() <= most_held;
}

// Whether it came further.
bool http1::step(std::string_view& rest) {
  switch (now_) {
    case part::head: return !over_ && read_head(rest);
    case part::chunk_size:
    case part::chunk_end:
    case part::trailer: return read_line_of_chunks(rest);
    case part::body:
    case part::chunk: {
      if (rest.empty()) return false;
      const auto size = std::min<std::uint64_t>(left_, rest.size());
      api_.data(asked_, rest.substr(0, size));
      rest.remove_prefix(size);
      left_ -= size;
      if (left_ > 0) return false;
      if (now_ == part::chunk) now_ = part::chunk_end;
      else finish();
      return true;
    }
    case part::reply:
    case part::broken: break;
  }
  return false;
}

bool http1::read_head(std::string_view& rest) {
  const std::size_t end = rest.find("\r\n\r\n");
  if (end == std::string_view::npos) {
    if (rest.size() > most_head) now_ = part::broken;
    return false;
  }
  std::string_view head = rest.substr(0, end + 2);
  rest.remove_prefix(end + 4);
  asked_.clear();
  left_ = 0;
  chunked_ = expects_ = false;

  const std::string_view first = head.substr(0, head.find("\r\n"));
  const std::size_t path = first.find(' ');
  const std::size_t version = first.rfind(' ');
  if (path == version) {
    now_ = part::broken;
    return false;
  }
  asked_.method = first.substr(0, path);
  asked_.path = first.substr(path + 1, version - path - 1);
  over_ = first.ends_with("1.0");
  head.remove_prefix(first.size() + 2);
  while (!head.empty()) {
    const std::size_t line = head.find("\r\n");
    read_header(head.substr(0, line));
    head.remove_prefix(line + 2);
  }
  begin();
  return true;
}

void http1::read_header(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || colon > 32) return;
  char name[32];
  std::transform(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(colon), name, lower);
  const std::string_view known(name, colon);
  const std::string_view value = trimmed(line.substr(colon + 1));
  if (known == "content-length") std::from_chars(value.data(), value.data() + value.size(), left_);
  else if (known == "transfer-encoding") chunked_ = true;
  else if (known == "expect") expects_ = true;
  else if (known == "connection") over_ = over_ || value == "close";
  else asked_.header(known, value);
}

void http1::begin() {
  api_.begin(asked_);
  if (expects_) wire_.out += "HTTP/1.1 100 Continue\r\n\r\n";
  now_ = chunked_ ? part::chunk_size : part::body;
  if (!chunked_ && left_ == 0) finish();
}

bool http1::read_line_of_chunks(std::string_view& rest) {
  const std::size_t end = rest.find("\r\n");
  if (end == std::string_view::npos) return false;
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end + 2);
  if (now_ == part::chunk_end) {
    now_ = part::chunk_size;
  } else if (now_ == part::trailer) {
    if (line.empty()) finish();
  } else {
    const auto read = std::from_chars(line.data(), line.data() + line.size(), left_, 16);
    now_ = read.ec != std::errc() ? part::broken : left_ == 0 ? part::trailer : part::chunk;
  }
  return true;
}

void http1::finish() {
  now_ = part::reply;
  settle(0, api_.finish(asked_));
}

// In chunks and with the headers of the real server, so that a client has the same to read.
void http1::write(int, reply what) {
  std::string& out = wire_.out;
  out.append("HTTP/1.1 ").append(std::to_string(what.status)).append(" ").append(reason(what.status));
  out += "\r\nStrict-Transport-Security: max-age=3153600000\r\nX-Robots-Tag: noindex, nofollow\r\n";
  for (const auto& [name, value] : what.headers) out.append(name).append(": ").append(value).append("\r\n");
  out.append("content-type: ").append(what.type).append("\r\nVary: Accept-Encoding\r\nDate: ").append(date_text());
  out += over_ ? "\r\nConnection: close\r\n" : "\r\nConnection: keep-alive\r\nKeep-Alive: timeout=65\r\n";
  out += "Transfer-Encoding: chunked\r\n\r\n";
  char size[16];
  const auto end = std::to_chars(size, size + sizeof size, what.body.size(), 16).ptr;
  if (!what.body.empty()) out.append(size, end).append("\r\n").append(what.body).append("\r\n");
  out += "0\r\n\r\n";
  now_ = part::head;
}

}  // namespace origin
