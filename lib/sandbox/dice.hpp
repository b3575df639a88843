// Choices that follow from a seed and from what they are about, never from the order in which they are asked for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace triggerd::sandbox {

std::uint64_t mix(std::uint64_t a, std::uint64_t b);
std::uint64_t mix(std::uint64_t seed, std::string_view text);

// A short stream of numbers from one hash.
class dice {
 public:
  explicit dice(std::uint64_t from) : state_(from) {}
  std::uint64_t next();
  double unit();                                                // [0, 1)
  std::int64_t between(std::int64_t least, std::int64_t most);  // both included

 private:
  std::uint64_t state_;
};

// "c" and 24 characters, like the server's own ids.
std::string stable_id(std::string_view of);

// "run_c..." for a number, and back: ids need no index.
std::string numbered_id(std::string_view prefix, std::uint64_t seed, std::uint64_t number);
std::optional<std::uint64_t> number_in(std::string_view prefix, std::uint64_t seed, std::string_view id);

}  // namespace triggerd::sandbox
