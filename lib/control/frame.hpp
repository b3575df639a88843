// Varlink's framing: every message ends with a NUL byte. Pure; knows neither JSON nor sockets.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace triggerd::control {

class frame_reader {
 public:
  explicit frame_reader(std::size_t most) : most_(most) {}

  // False from the moment one message is longer than allowed; nothing is taken in afterwards.
  bool feed(std::string_view bytes);
  // The next whole message without its NUL.
  std::optional<std::string> take();
  std::size_t waiting() const { return whole_.size(); }
  bool overflown() const { return overflown_; }

 private:
  std::size_t most_;
  std::string partial_;
  std::deque<std::string> whole_;
  bool overflown_ = false;
};

}  // namespace triggerd::control
