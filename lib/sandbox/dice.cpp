#include "sandbox/dice.hpp"

namespace triggerd::sandbox {

namespace {

constexpr std::string_view digits = "0123456789abcdefghijklmnopqrstuvwxyz";
constexpr std::size_t number_digits = 9;
constexpr std::size_t check_digits = 15;

// splitmix64's finaliser.
std::uint64_t scramble(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15ULL;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31);
}

void append_base36(std::string& out, std::uint64_t value, std::size_t width) {
  const std::size_t start = out.size();
  out.resize(start + width, '0');
  for (std::size_t i = width; i > 0; --i, value /= 36) out[start + i - 1] = digits[value % 36];
}

}  // namespace

std::uint64_t mix(std::uint64_t a, std::uint64_t b) { return scramble(a ^ scramble(b)); }

std::uint64_t mix(std::uint64_t seed, std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325ULL ^ scramble(seed);  // FNV-1a
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
  return scramble(hash);
}

std::uint64_t dice::next() { return scramble(state_++); }

double dice::unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

std::int64_t dice::between(std::int64_t least, std::int64_t most) {
  if (most <= least) return least;
  return least + static_cast<std::int64_t>(next() % (static_cast<std::uint64_t>(most - least) + 1));
}

std::string stable_id(std::string_view of) {
  std::string id = "c";
  append_base36(id, mix(1, of), 12);
  append_base36(id, mix(2, of), 12);
  return id;
}

std::string numbered_id(std::string_view prefix, std::uint64_t seed, std::uint64_t number) {
  std::string id(prefix);
  id.reserve(prefix.size() + 1 + number_digits + check_digits);
  id += 'c';
  append_base36(id, number, number_digits);
  const std::uint64_t check = mix(mix(seed, prefix), number);
  append_base36(id, check, 12);
  append_base36(id, check >> 32, check_digits - 12);
  return id;
}

std::optional<std::uint64_t> number_in(std::string_view prefix, std::uint64_t seed, std::string_view id) {
  if (id.size() != prefix.size() + 1 + number_digits + check_digits || !id.starts_with(prefix)) return std::nullopt;
  std::uint64_t number = 0;
  for (const char c : id.substr(prefix.size() + 1, number_digits)) {
    const std::size_t digit = digits.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    number = number * 36 + digit;
  }
  if (numbered_id(prefix, seed, number) != id) return std::nullopt;
  return number;
}

}  // namespace triggerd::sandbox
