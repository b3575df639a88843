// Runs, all of which ended well when they began. A run is a number, and what belongs together is a range of them, so that
// a million runs take no memory.
#pragma once

#include "bench/origin/messages.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace origin {

class runs {
 public:
  explicit runs(std::uint64_t past) : past_{1, past}, next_(past + 1) {}

  std::uint64_t next() { return next_++; }
  static std::uint64_t keyed(std::uint64_t hash) { return hash | (1ull << 63); }  // never one of next()'s

  reply triggered(std::uint64_t run, bool cached) const;
  reply create_batch(const request& asked);
  reply take_items(const request& asked);
  reply show_batch(const request& asked) const;
  reply list(const request& asked) const;
  reply show(const request& asked) const;
  reply replay();
  reply create_bulk(const request& asked);
  reply list_bulks() const;
  reply show_bulk(const request& asked) const;

 private:
  struct range {
    std::uint64_t first = 0;
    std::uint64_t count = 0;
  };
  struct batch {
    range made;
    std::uint64_t held = 0;  // items, until it is sealed by the last
    std::int64_t created_ms = 0;
  };
  struct bulk {
    std::string name;  // as JSON has it
    range made;
    bool replays = true;
    std::int64_t created_ms = 0;
  };

  range take(std::uint64_t count);
  range listed(std::string_view query) const;
  std::string shape(std::size_t bulk_number) const;

  range past_;
  std::uint64_t next_;
  std::vector<batch> batches_;
  std::vector<bulk> bulks_;
};

}  // namespace origin
