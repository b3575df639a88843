// The net below the typed secrets: replaces known values in text that is about to leave the process.
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace triggerd {

class redaction {
 public:
  // Values shorter than eight bytes are not netted: they would eat ordinary words.
  static constexpr std::size_t shortest = 8;
  static constexpr std::string_view mark = "[redacted]";

  void learn(std::string_view value);
  // Replaces every known value by "[redacted]", and whatever looks like a Trigger.dev key or token by its prefix.
  std::string clean(std::string_view text) const;

 private:
  std::set<std::string, std::less<>> values_;
};

}  // namespace triggerd
