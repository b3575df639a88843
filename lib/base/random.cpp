#include "base/random.hpp"

#include <openssl/rand.h>

#include <array>
#include <stdexcept>
#include <utility>

namespace triggerd {

std::uint64_t random_source::below(std::uint64_t bound) {
  if (bound == 0) return 0;
  const std::uint64_t limit = UINT64_MAX - UINT64_MAX % bound;  // reject the uneven tail
  std::uint64_t drawn = next();
  while (drawn >= limit) drawn = next();
  return drawn % bound;
}

double random_source::unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

std::string random_source::uuid_v4() {
  static constexpr char digits[] = "0123456789abcdef";
  std::array<std::uint64_t, 2> words{next(), next()};
  words[0] = (words[0] & ~0xF000ULL) | 0x4000ULL;                         // version 4
  words[1] = (words[1] & 0x3FFFFFFFFFFFFFFFULL) | 0x8000000000000000ULL;  // variant 10
  std::string text(36, '-');
  auto to = text.begin();
  for (int i = 0; i < 32; ++i) {
    if (i == 8 || i == 12 || i == 16 || i == 20) ++to;
    const std::uint64_t word = words[static_cast<std::size_t>(i / 16)];
    *to++ = digits[(word >> (60 - 4 * (i % 16))) & 0xF];
  }
  return text;
}

std::uint64_t machine_random::next() {
  if (left_ == 0) {
    if (RAND_bytes(reinterpret_cast<unsigned char*>(drawn_.data()), sizeof drawn_) != 1)
      throw std::runtime_error("the system's random generator failed");
    left_ = drawn_.size();
  }
  return std::exchange(drawn_[--left_], 0);  // nothing handed out stays behind
}

}  // namespace triggerd
