// Where readers take their bytes from: a file in steps, or a text that is already here.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace triggerd::source {

class byte_stream {
 public:
  virtual ~byte_stream() = default;
  // The next bytes, valid until the next call; empty at the end.
  virtual result<std::string_view> more() = 0;
  // For messages: the path, or what the text is.
  virtual const std::string& name() const = 0;
};

// source.unreadable names the path. Regular files only: a pipe or a device could keep the loop waiting.
result<std::unique_ptr<byte_stream>> open_file(const std::string& path);
std::unique_ptr<byte_stream> open_text(std::string text, std::string name);

// A whole file of at most `most` bytes; source.too-large beyond.
result<std::string> read_text(const std::string& path, std::size_t most);

// Bytes one at a time over a stream, with the line they stand on. A byte order mark at the start is skipped.
class byte_reader {
 public:
  explicit byte_reader(std::unique_ptr<byte_stream> from) : from_(std::move(from)) {}

  static constexpr int end = -1;
  // The next byte, or `end`; after an error of the stream `end` with failure() set.
  int peek() { return at_ < piece_.size() || fill() ? static_cast<unsigned char>(piece_[at_]) : end; }
  int take() {
    const int byte = peek();
    if (byte == end) return end;
    ++at_;
    if (byte == '\n') ++line_;
    return byte;
  }
  // What is at hand of this line, without its end; empty where that stands next. Valid until the next call.
  std::string_view take_of_line() {
    if (peek() == end) return {};
    const std::string_view rest = piece_.substr(at_);
    const std::string_view taken = rest.substr(0, rest.find('\n'));
    at_ += taken.size();
    return taken;
  }
  std::uint64_t line() const { return line_; }  // of the next byte, from 1
  const std::optional<error>& failure() const { return failure_; }
  const std::string& name() const { return from_->name(); }

 private:
  bool fill();
  void begin();
  void next_piece();

  std::unique_ptr<byte_stream> from_;
  std::string head_;  // the first bytes, gathered until a byte order mark can be told
  std::string_view piece_;
  std::size_t at_ = 0;
  std::uint64_t line_ = 1;
  bool begun_ = false;
  bool ended_ = false;
  std::optional<error> failure_;
};

}  // namespace triggerd::source
