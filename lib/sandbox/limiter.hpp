// The server's rate limiters, measured: whole refills at whole intervals from the first use, and a refused request of
// more than one token still takes what it asked for.
#pragma once

#include "sandbox/world.hpp"

#include <string>
#include <unordered_map>

namespace triggerd::sandbox {

enum class meter : std::uint8_t { none, api, management };

struct allowance {
  bool allowed = true;
  std::int64_t limit = 0;  // 0: not limited, nothing is said in headers
  std::int64_t remaining = 0;
  instant reset{};
};

class limiter {
 public:
  explicit limiter(rate_limits limits) : limits_(limits) {}
  allowance request(meter of, const std::string& subject, instant now);
  allowance token_request(const std::string& token, instant now);  // of a public access token: a fixed window
  allowance batch(const std::string& environment, std::int64_t items, instant now);

 private:
  struct level {
    std::int64_t tokens;
    instant refilled;
  };
  allowance take(const bucket& from, std::string name, std::int64_t cost, instant now);

  rate_limits limits_;
  std::unordered_map<std::string, level> levels_;
};

}  // namespace triggerd::sandbox
