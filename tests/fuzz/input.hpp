// What the fuzz targets share: taking an input apart, and saying what must hold.
#pragma once

#include "base/error.hpp"
#include "base/text.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace triggerd::fuzz {

// The bytes of one run, taken from the front. Empty inputs give zeros.
class input {
 public:
  input(const std::uint8_t* data, std::size_t size) : rest_(reinterpret_cast<const char*>(data), size) {}

  std::uint8_t byte() {
    if (rest_.empty()) return 0;
    const auto first = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return first;
  }
  std::size_t below(std::size_t bound) { return byte() % bound; }
  bool flag() { return (byte() & 1) != 0; }
  // Up to the separator, which is taken too; all there is without one.
  std::string_view until(char separator) {
    const auto part = rest_.substr(0, rest_.find(separator));
    rest_.remove_prefix(part.size() < rest_.size() ? part.size() + 1 : part.size());
    return part;
  }
  bool empty() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

// The target's complaint; the sanitizers' own stop the program likewise.
inline void require(bool holds, std::string_view what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %.*s\n", static_cast<int>(what.size()), what.data());
  std::abort();
}

// Fit for one line of a log or a terminal as it stands.
inline void require_printable(std::string_view text, std::string_view what) {
  require(text::printable(text, text.size() + 1) == text, what);
}

inline void require_sound(const error& e) {
  require(e.code.name.find('.') != std::string_view::npos, "an error has a code");
  require(!e.message.empty(), "an error has words");
  require_printable(e.message, "the words of an error are printable");
  require_printable(e.peer, "the peer's words are printable");
}

// The number after `word`, as in "line 12: ..."; zero when there is none.
inline std::uint64_t number_after(std::string_view text, std::string_view word) {
  const auto at = text.find(word);
  return at == std::string_view::npos ? 0 : std::strtoull(text.data() + at + word.size(), nullptr, 10);
}

// Lines of a text as editors count them.
inline std::uint64_t lines_of(std::string_view text) {
  std::uint64_t lines = 1;
  for (const char c : text) lines += c == '\n' ? 1 : 0;
  return lines;
}

}  // namespace triggerd::fuzz
