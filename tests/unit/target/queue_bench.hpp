// Buckets and a queue before them, without a network.
#pragma once

#include "support/virtual_time.hpp"
#include "target/admission.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace triggerd::test {

class queue_bench {
 public:
  virtual_time time;
  seeded_random random{11};
  target::buckets pools{random, time};

  std::unique_ptr<target::share> join(const std::string& key, spec::limit_spec limit = {}) {
    return pools.join(key, limit);
  }

  static target::errand errand(std::string target, std::string lane, const target::share& of,
                               spec::rate_limiter limiter = spec::rate_limiter::api, std::uint64_t items = 0) {
    return {std::move(target), std::move(lane), of.payer(), limiter, items};
  }

  // Lets a bucket hear what a reply would have said of it.
  void tell(const target::share& of, std::uint64_t remaining, milliseconds reset_in) {
    target::meter& its = of.payer()->of(spec::rate_limiter::api);
    target::meter::reply said;
    said.how = remaining > 0 ? target::meter::reply::kind::passed : target::meter::reply::kind::refused;
    said.told = {750, remaining, time.now() + reset_in};
    its.settle(its.take(1, time.steady()), said, {time.steady(), time.now()});
  }
};

inline std::vector<std::string> targets_of(const std::vector<target::admission::grant>& all) {
  std::vector<std::string> out;
  for (const auto& one : all) out.push_back(one.given.what.target);
  return out;
}

}  // namespace triggerd::test
