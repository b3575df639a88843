#include "target/meter.hpp"

#include "base/limits.hpp"

#include <algorithm>
#include <cmath>

namespace triggerd::target {

namespace {

using std::chrono::nanoseconds;

// Refills without a named reset, and refusals that do not say how long.
constexpr auto unnamed_wait = seconds(1);
// Spreads those who wait for the same refill without having been refused.
constexpr std::uint64_t refill_jitter_ms = 250;
// Least step by which a clock that is ahead is corrected.
constexpr milliseconds clock_step{250};

}  // namespace

ceiling smallest(const ceiling& a, const ceiling& b) {
  if (!a.rate) return b;
  if (!b.rate) return a;
  const bool first = a.rate->per_second() <= b.rate->per_second();
  return {first ? a.rate : b.rate, std::min(a.burst, b.burst)};
}

void meter::set_ceiling(const ceiling& to, steady_time now) {
  if (to == file_) return;
  file_ = to;
  const nanoseconds used = interval_.count() > 0 ? std::max(full_at_ - now, nanoseconds(0)) : nanoseconds(0);
  const double tokens = interval_.count() > 0 ? double(used.count()) / double(interval_.count()) : 0.0;
  ceiling_ = to;
  interval_ = nanoseconds(0);
  full_at_ = now;
  if (!to.rate || to.rate->count == 0) return;
  const double per_token = double(nanoseconds(to.rate->per).count()) / double(to.rate->count);
  interval_ = nanoseconds(std::max<std::int64_t>(1, std::int64_t(std::ceil(per_token))));
  full_at_ = now + nanoseconds(std::int64_t(tokens * double(interval_.count())));
}

std::uint64_t meter::burst() const {
  const std::uint64_t ours = std::max<std::uint64_t>(1, ceiling_.burst);
  return limit_ && *limit_ > 0 ? std::min(ours, *limit_) : ours;
}

// A cost beyond the burst goes when the bucket is full, and leaves it in debt.
steady_time meter::paced(std::uint64_t cost) const {
  if (interval_.count() == 0) return steady_time{};
  const std::uint64_t spare = burst() - std::min(cost, burst());
  return full_at_ - interval_ * std::int64_t(spare);
}

bool meter::enough(std::uint64_t cost) const {
  return known_->remaining >= std::int64_t(cost) + std::int64_t(out_cost_);
}

meter::turn meter::ask(std::uint64_t cost, steady_time now) const {
  steady_time at = std::max(paced(cost), blocked_until_);
  if (known_ && !enough(cost)) {
    if (now < known_->refill) at = std::max(at, known_->refill);
    else if (out_count_ >= window_.value_or(1)) return {};
  } else if (!known_ && window_ && out_count_ >= *window_) {
    return {};
  }
  if (at <= now) return {true, {}};
  return {false, at};
}

meter::charge meter::take(std::uint64_t cost, steady_time now) {
  if (interval_.count() > 0) full_at_ = std::max(full_at_, now) + interval_ * std::int64_t(cost);
  out_cost_ += cost;
  ++out_count_;
  return {cost, epoch_};
}

void meter::settle(const charge& of, const reply& seen, const moment& now) {
  out_cost_ -= of.cost;
  --out_count_;
  switch (seen.how) {
    case reply::kind::not_sent: full_at_ -= interval_ * std::int64_t(of.cost); break;
    case reply::kind::lost: spend_unseen(of.cost); break;
    case reply::kind::passed: passed(of, seen.told, now); break;
    case reply::kind::refused: refused(of, seen, now); break;
  }
}

void meter::spend_unseen(std::uint64_t cost) {
  if (known_) known_->remaining = std::max<std::int64_t>(0, known_->remaining - std::int64_t(cost));
}

void meter::passed(const charge& of, const api::rate_facts& told, const moment& now) {
  if (of.epoch == epoch_) refusals_ = 0;
  if (told.remaining) {
    learn(told, now);
    if (known_->remaining > 0 && of.epoch == epoch_) window_.reset();
    return;
  }
  const bool probing = window_ || (known_ && !enough(of.cost) && now.steady >= known_->refill);
  spend_unseen(of.cost);
  if (probing && of.epoch == epoch_) grow();
}

// Without words each success lets one more out at once; after enough of them nothing is held back.
void meter::grow() {
  window_ = window_.value_or(1) + 1;
  if (*window_ <= limits::rate_probes) return;
  window_.reset();
  known_.reset();
}

void meter::learn(const api::rate_facts& told, const moment& now) {
  if (told.limit) limit_ = told.limit;
  if (!told.remaining) return;
  const auto remaining = std::int64_t(*told.remaining);
  if (!told.reset) {
    known_ = budget{remaining, std::nullopt, now.steady + unnamed_wait};
    return;
  }
  if (known_ && known_->reset) {
    if (*told.reset == *known_->reset) {
      known_->remaining = std::min(known_->remaining, remaining);
      return;
    }
    const bool overtaken = *told.reset < *known_->reset && (now.steady < known_->refill || *told.reset <= now.wall);
    if (overtaken) return;
  }
  const milliseconds jitter(random_->below(refill_jitter_ms));
  known_ = budget{remaining, told.reset, now.steady + until(*told.reset, now) + jitter};
}

milliseconds meter::until(instant reset, const moment& now) const {
  return std::clamp<milliseconds>(reset - now.wall + ahead_, milliseconds(0), limits::rate_wait);
}

// The refill that was waited for is still to come: our clock is ahead of the server's. Its own wait says how far.
void meter::correct_clock(const reply& seen, const moment& now) {
  const bool early = known_ && known_->reset && known_->reset == seen.told.reset && now.steady >= known_->refill;
  if (!early) return;
  const milliseconds step = std::max(seen.wait.value_or(clock_step), clock_step);
  ahead_ = std::min<milliseconds>(ahead_ + step, limits::clock_difference);
}

void meter::refused(const charge& of, const reply& seen, const moment& now) {
  // Something else of the server's refused it, for example its cap of bulk actions.
  if (seen.told.remaining.value_or(0) > 0) {
    learn(seen.told, now);
    return;
  }
  if (seen.told.limit) limit_ = seen.told.limit;
  if (of.epoch != epoch_) return;
  ++epoch_;
  ++refusals_;
  milliseconds wait = unnamed_wait;
  correct_clock(seen, now);
  if (seen.told.reset && until(*seen.told.reset, now) > milliseconds(0)) wait = until(*seen.told.reset, now);
  else if (seen.wait) wait = *seen.wait;
  // Refused again right after a refill: our clock is ahead, or others are faster. Stay away longer each time.
  if (refusals_ > 1) wait += seconds(1) * (1LL << std::min<std::uint64_t>(refusals_ - 2, 10));
  const milliseconds jitter(random_->below(std::uint64_t(milliseconds(limits::rate_jitter).count())));
  blocked_until_ = std::max(blocked_until_, now.steady + std::min<milliseconds>(wait, limits::rate_wait) + jitter);
  known_ = budget{0, seen.told.reset, blocked_until_};
  window_ = 1;
  // A refused batch has taken its items all the same: the server's bucket is in debt, and saves up as slowly as ever.
  if (of.cost > 1 && !ceiling_.rate) assume_rate(now.steady);
  const std::int64_t owed = std::int64_t(burst()) + std::int64_t(of.cost) - 1;
  if (interval_.count() > 0) full_at_ = std::max(full_at_, blocked_until_ + interval_ * owed);
}

// Nothing tells how fast a bucket of items fills. Documented servers add a tenth to a twelfth of it every 5 to 10 s; each
// further refusal halves the guess.
void meter::assume_rate(steady_time now) {
  constexpr std::uint64_t usual_size = 1'200;
  constexpr nanoseconds whole = seconds(120);
  const std::uint64_t size = std::max<std::uint64_t>(1, limit_.value_or(usual_size));
  const nanoseconds usual(std::max<std::int64_t>(1, whole.count() / std::int64_t(size)));
  ceiling_.burst = size;
  interval_ = interval_.count() > 0 ? std::min<nanoseconds>(interval_ * 2, whole) : usual;
  full_at_ = std::max(full_at_, now);
}

void meter::absorb(const meter& other) {
  out_cost_ += other.out_cost_;
  out_count_ += other.out_count_;
  full_at_ = std::max(full_at_, other.full_at_);
  blocked_until_ = std::max(blocked_until_, other.blocked_until_);
  refusals_ = std::max(refusals_, other.refusals_);
  epoch_ = std::max(epoch_, other.epoch_);
  ahead_ = std::max(ahead_, other.ahead_);
  if (other.window_) window_ = window_ ? std::min(*window_, *other.window_) : other.window_;
  if (other.limit_) limit_ = limit_ ? std::min(*limit_, *other.limit_) : other.limit_;
  if (!other.known_) return;
  const bool same = known_ && known_->reset == other.known_->reset;
  if (same) known_->remaining = std::min(known_->remaining, other.known_->remaining);
  else if (!known_ || other.known_->refill > known_->refill) known_ = other.known_;
}

std::optional<meter::view> meter::told() const {
  if (!known_) return std::nullopt;
  const std::int64_t left = std::max<std::int64_t>(0, known_->remaining - std::int64_t(out_cost_));
  return view{limit_.value_or(0), std::uint64_t(left), known_->reset};
}

}  // namespace triggerd::target
