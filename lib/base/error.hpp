// What went wrong, as a value: a stable code, our words, and the peer's words kept apart.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace triggerd {

// A stable name for one kind of failure. Each room lists its own in `<room>/codes.hpp`; the error catalogue is made
// from those lists. Codes are compared by name and never reused with another meaning.
struct error_code {
  std::string_view name;     // "config.unknown-key"
  std::string_view meaning;  // one sentence for people who look the code up

  friend constexpr bool operator==(const error_code& a, const error_code& b) { return a.name == b.name; }
};

namespace codes {
inline constexpr error_code invalid_argument{"base.invalid-argument", "A value given by the caller cannot be used."};
inline constexpr error_code io{"base.io", "The operating system refused to read or write a file."};
inline constexpr error_code limit{"base.limit", "A limit of this program was reached."};
inline constexpr error_code stopped{"base.stopped", "The operation was cut short because the daemon stops."};
inline constexpr error_code cancelled{"base.cancelled", "The operation was cancelled before it finished."};
inline constexpr error_code timeout{"base.timeout", "The operation did not finish in its time."};
}  // namespace codes

struct error {
  error_code code = codes::invalid_argument;
  std::string message;  // ours: says where, what and how to mend it; never holds a secret
  std::string peer;     // the other side's words, already escaped; may be empty

  error() = default;
  error(error_code c, std::string text, std::string peer_words = {})
      : code(c), message(std::move(text)), peer(std::move(peer_words)) {}

  // "message (code; server said: peer)": one line for a log or a terminal.
  std::string describe() const;
};

}  // namespace triggerd
