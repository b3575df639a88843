// How much of one of the server's buckets may be used now: the file's ceiling, corrected by what replies say. Pure.
//
// The server tells in each reply what remained and when more comes. Replies lag, so what is on the wire counts as used,
// and within one refill only the lowest word counts. When nothing is left, the first request after the refill goes alone:
// its reply says how much came back.
#pragma once

#include "api/failure.hpp"
#include "base/clock.hpp"
#include "base/random.hpp"
#include "spec/units.hpp"

#include <cstdint>
#include <optional>

namespace triggerd::target {

struct moment {
  steady_time steady;
  instant wall;
};

// What the file allows of one bucket. Without a rate only the server's words count.
struct ceiling {
  std::optional<spec::rate> rate;
  std::uint64_t burst = 1;

  friend bool operator==(const ceiling&, const ceiling&) = default;
};
ceiling smallest(const ceiling& a, const ceiling& b);

class meter {
 public:
  explicit meter(random_source& random) : random_(&random) {}

  void set_ceiling(const ceiling& to, steady_time now);

  // Whether `cost` may leave now. Otherwise ask again at `at`, or after the next reply when there is no such time.
  struct turn {
    bool now = false;
    std::optional<steady_time> at;
  };
  turn ask(std::uint64_t cost, steady_time now) const;

  struct charge {
    std::uint64_t cost = 0;
    std::uint64_t epoch = 0;  // refusals seen before it left: later ones of the same burst are echoes
  };
  charge take(std::uint64_t cost, steady_time now);

  struct reply {
    enum class kind { not_sent, lost, passed, refused };
    kind how = kind::not_sent;
    api::rate_facts told;
    std::optional<milliseconds> wait;  // asked for by a refusal, when it names no reset
  };
  void settle(const charge& of, const reply& seen, const moment& now);

  // Takes over what `other` knows and has on the wire: both turned out to be the same bucket.
  void absorb(const meter& other);

  struct view {
    std::uint64_t limit = 0, remaining = 0;
    std::optional<instant> reset;
  };
  std::optional<view> told() const;  // nullopt before the first word
  std::uint64_t on_the_wire() const { return out_cost_; }

 private:
  struct budget {
    std::int64_t remaining = 0;
    std::optional<instant> reset;  // names the refill that `remaining` belongs to
    steady_time refill{};          // the same by our clock, with jitter
  };

  std::uint64_t burst() const;
  steady_time paced(std::uint64_t cost) const;
  bool enough(std::uint64_t cost) const;
  void learn(const api::rate_facts& told, const moment& now);
  void spend_unseen(std::uint64_t cost);
  void passed(const charge& of, const api::rate_facts& told, const moment& now);
  void refused(const charge& of, const reply& seen, const moment& now);
  void grow();
  milliseconds until(instant reset, const moment& now) const;
  void correct_clock(const reply& seen, const moment& now);
  void assume_rate(steady_time now);

  random_source* random_;
  // The ceiling (the file's, or one assumed after a refusal), as the time at which the bucket is full again (GCRA).
  ceiling file_, ceiling_;
  std::chrono::nanoseconds interval_{0};  // per token; 0: no ceiling
  steady_time full_at_{};
  // The server's side.
  std::optional<budget> known_;
  std::optional<std::uint64_t> limit_;
  milliseconds ahead_{0};  // our wall clock before the server's, as early refusals have shown
  steady_time blocked_until_{};
  std::optional<std::uint64_t> window_;  // requests at once while nobody knows what came back
  std::uint64_t refusals_ = 0;           // in a row
  std::uint64_t epoch_ = 0;
  std::uint64_t out_cost_ = 0, out_count_ = 0;
};

}  // namespace triggerd::target
