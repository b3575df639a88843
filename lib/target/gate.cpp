#include "target/gate.hpp"

namespace triggerd::target {

namespace {

constexpr int granted = 1;
constexpr int cancelled = 2;
constexpr int stopped = 3;

error stopped_error() { return fail(codes::stopped, "The targets are being closed."); }
error cancelled_error() { return fail(codes::cancelled, "Cancelled while waiting for its turn to be sent."); }

}  // namespace

gate::gate(timers& timers, const clock& time, std::size_t most_in_flight)
    : timers_(timers), clock_(time), queue_(most_in_flight) {}

gate::~gate() { timers_.disarm(timer_); }

task<result<permit>> gate::enter(errand what, cancellation& cancel) {
  if (closed_) co_return stopped_error();
  if (cancel.requested()) co_return cancelled_error();
  waiter self;
  const admission::number number = queue_.add(std::move(what));
  waiting_.emplace(number, &self);
  pump();
  int how = granted;
  {
    const cancellation::listener on_cancel(cancel, [this, number, &self] {
      if (!queue_.remove(number)) return;
      waiting_.erase(number);
      self.woken.set(cancelled);
      pump();
    });
    how = co_await self.woken.wait();
  }
  if (how == stopped) co_return stopped_error();
  if (how == cancelled) co_return cancelled_error();
  // Its turn came, and then the end before it ran.
  if (closed_ || cancel.requested()) {
    const reply_words nothing;
    leave(*self.given, nothing);
    if (closed_) co_return stopped_error();
    co_return cancelled_error();
  }
  co_return std::move(*self.given);
}

void gate::settle(const permit& of, const reply_words& learnt) {
  const std::shared_ptr<subject> payer = of.what.payer->settled();
  const moment at = now();
  const auto requests =
      of.what.limiter == spec::rate_limiter::management ? spec::rate_limiter::management : spec::rate_limiter::api;
  if (of.request) payer->of(requests).settle(*of.request, learnt.request, at);
  if (of.items) payer->of(spec::rate_limiter::batch_runs).settle(*of.items, learnt.items, at);
}

void gate::leave(const permit& of, const reply_words& learnt) {
  settle(of, learnt);
  queue_.release(of);
  pump();
}

void gate::set_cap(const std::string& target, std::size_t most) {
  queue_.set_cap(target, most);
  pump();
}

void gate::forget_cap(const std::string& target) {
  queue_.forget_cap(target);
  pump();
}

void gate::resume(const std::string& target) {
  queue_.resume(target);
  pump();
}

void gate::unite(const buckets::merger& what) {
  queue_.unite(what);
  pump();
}

void gate::refit() {
  queue_.stir_all();
  pump();
}

void gate::pump() {
  if (closed_) return;
  for (auto& one : queue_.pump(clock_.steady())) {
    const auto known = waiting_.find(one.who);
    waiter& its = *known->second;
    waiting_.erase(known);
    its.given = std::move(one.given);
    its.woken.set(granted);
  }
  rearm();
}

// One timer, and none while nobody waits for time to pass.
void gate::rearm() {
  std::optional<steady_time> next = queue_.wake();
  if (queue_.more()) next = clock_.steady();
  if (next == armed_for_) return;
  timers_.disarm(timer_);
  timer_ = 0;
  armed_for_ = next;
  if (!next) return;
  timer_ = timers_.arm(*next, [this] {
    armed_for_.reset();
    timer_ = 0;
    pump();
  });
}

void gate::close() {
  closed_ = true;
  timers_.disarm(timer_);
  timer_ = 0;
  armed_for_.reset();
  std::map<admission::number, waiter*> all;
  all.swap(waiting_);
  for (const auto& [number, one] : all) {
    queue_.remove(number);
    one->woken.set(stopped);
  }
}

}  // namespace triggerd::target
