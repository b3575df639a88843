// What the server answers, as far as triggerd and the official client ask in the benchmark. It looks for what it needs
// in a body instead of reading JSON where that is enough.
//
// A token is PREFIX[BEHAVIOUR_]NAME, for example tr_prod_acme or tr_prod_slow_acme: it opens an environment of the
// project proj_NAME, and the behaviour is one of
//   silent   never answers        limited  always 429
//   broken   always 500           slow     after two seconds
#pragma once

#include "bench/origin/messages.hpp"
#include "bench/origin/runs.hpp"
#include "bench/origin/tallies.hpp"
#include "bench/origin/variables.hpp"

#include <chrono>
#include <cstdint>
#include <unordered_map>

namespace origin {

struct settings {
  std::chrono::milliseconds latency{0};
  std::uint64_t rate = 0;   // requests a second and token; 0: no limit, and no headers that tell one
  std::uint64_t burst = 0;  // 0: as many as the rate
  std::uint64_t past_runs = 0;
};

class service {
 public:
  explicit service(settings how);

  tallies& seen() { return seen_; }

  // In this order: when the head is read, for each piece of the body, and at its end.
  void begin(request& asked);
  void data(request& asked, std::string_view piece);
  answer finish(request& asked);

 private:
  struct bucket {
    std::uint64_t left = 0;
    std::int64_t refilled_ms = 0;
  };

  answer counts(endpoint what);
  answer judge(request& asked);
  std::optional<reply> throttle(std::uint64_t token, reply& passing);
  reply respond(const request& asked);
  reply trigger(const request& asked);
  void item(request& asked, std::string_view line);
  reply whoami(const request& asked) const;
  bool is_new_key(std::uint64_t hash);

  settings how_;
  tallies seen_;
  runs runs_;
  variables variables_;
  std::unordered_map<std::uint64_t, bucket> buckets_;
};

}  // namespace origin
