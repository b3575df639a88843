#include "base/ids.hpp"

namespace triggerd {

namespace {

constexpr std::string_view alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

// The next id in order: increments the text as a base-32 number.
std::string successor(std::string id) {
  for (std::size_t i = id.size(); i-- > 0;) {
    const std::size_t digit = alphabet.find(id[i]);
    if (digit + 1 < alphabet.size()) {
      id[i] = alphabet[digit + 1];
      break;
    }
    id[i] = alphabet[0];
  }
  return id;
}

}  // namespace

std::string id_maker::make() {
  std::string id(26, '0');
  auto time = static_cast<std::uint64_t>(clock_.now().time_since_epoch().count());
  for (std::size_t i = 10; i-- > 0; time >>= 5) id[i] = alphabet[time & 31];
  std::uint64_t high = random_.next();
  std::uint64_t low = random_.next();
  for (std::size_t i = 18; i-- > 10; high >>= 5) id[i] = alphabet[high & 31];
  for (std::size_t i = 26; i-- > 18; low >>= 5) id[i] = alphabet[low & 31];
  if (id <= last_) id = successor(last_);
  last_ = id;
  return id;
}

}  // namespace triggerd
