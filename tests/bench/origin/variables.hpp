// Environment variables, kept for real: who writes them reads them back.
#pragma once

#include "bench/origin/messages.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

namespace origin {

class variables {
 public:
  reply answer(const request& asked);

 private:
  struct variable {
    std::string value;
    bool secret = false;
  };
  using set = std::map<std::string, variable, std::less<>>;

  static reply list(const set& of);
  static reply import(set& into, std::string_view body);
  static reply create(set& into, std::string_view body);

  std::unordered_map<std::uint64_t, set> sets_;  // by environment: for a key, its own, whatever the path says
};

}  // namespace origin
