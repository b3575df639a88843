// Many keys known by 64 bits each: two million of them take 32 MiB at most.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

namespace origin {

inline std::uint64_t hash_of(std::string_view text, std::uint64_t after = 0) {
  std::uint64_t mixed = std::hash<std::string_view>{}(text) + after * 0x9e3779b97f4a7c15u;
  mixed = (mixed ^ (mixed >> 32)) * 0xd6e8feb86659fd93u;
  return mixed ^ (mixed >> 29);
}

class hash_set {
 public:
  hash_set() : slots_(first_slots) {}

  // Whether it is new. Zero stands for a free slot.
  bool insert(std::uint64_t hash) {
    if (2 * ++size_ > slots_.size()) grow();
    const bool is_new = put(hash == 0 ? 1 : hash);
    if (!is_new) --size_;
    return is_new;
  }

  std::size_t size() const { return size_; }

  void clear() {
    slots_.assign(first_slots, 0);
    size_ = 0;
  }

 private:
  static constexpr std::size_t first_slots = 1u << 18;

  bool put(std::uint64_t hash) {
    std::size_t at = hash & (slots_.size() - 1);
    while (slots_[at] != 0 && slots_[at] != hash) at = (at + 1) & (slots_.size() - 1);
    const bool is_new = slots_[at] == 0;
    slots_[at] = hash;
    return is_new;
  }

  void grow() {
    std::vector<std::uint64_t> before(2 * slots_.size());
    before.swap(slots_);
    for (const std::uint64_t hash : before)
      if (hash != 0) put(hash);
  }

  std::vector<std::uint64_t> slots_;
  std::size_t size_ = 0;
};

}  // namespace origin
