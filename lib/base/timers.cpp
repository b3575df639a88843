#include "base/timers.hpp"

namespace triggerd {

timer_id timer_heap::add(steady_time at, timers::callback run) {
  const timer_id id = ++last_;
  by_time_.emplace(key{at, id}, std::move(run));
  times_.emplace(id, at);
  return id;
}

void timer_heap::remove(timer_id id) {
  const auto found = times_.find(id);
  if (found == times_.end()) return;
  by_time_.erase(key{found->second, id});
  times_.erase(found);
}

std::optional<steady_time> timer_heap::next() const {
  if (by_time_.empty()) return std::nullopt;
  return by_time_.begin()->first.first;
}

std::optional<timers::callback> timer_heap::take_due(steady_time now) {
  if (by_time_.empty() || by_time_.begin()->first.first > now) return std::nullopt;
  auto first = by_time_.extract(by_time_.begin());
  times_.erase(first.key().second);
  return std::move(first.mapped());
}

loop_timers::loop_timers(boost::asio::io_context& loop, const clock& time) : clock_(time), timer_(loop) {}

timer_id loop_timers::arm(steady_time at, callback run) {
  const timer_id id = heap_.add(at, std::move(run));
  rearm();
  return id;
}

void loop_timers::disarm(timer_id id) {
  heap_.remove(id);
  rearm();
}

void loop_timers::close() {
  heap_ = {};
  rearm();
}

void loop_timers::rearm() {
  if (firing_) return;  // fire() does it once at its end
  const auto next = heap_.next();
  // One that was armed for an earlier instant finds nothing due then and is armed anew. The kernel need not be told of
  // each that is taken away.
  if (next && armed_for_ && *armed_for_ <= *next) return;
  armed_for_ = next;
  timer_.cancel();
  if (!next) return;
  timer_.expires_at(std::chrono::steady_clock::time_point(next->time_since_epoch()));
  timer_.async_wait([this](boost::system::error_code ec) {
    if (!ec) fire();
  });
}

void loop_timers::fire() {
  firing_ = true;
  armed_for_.reset();
  const steady_time now = clock_.steady();
  while (auto run = heap_.take_due(now)) (*run)();
  firing_ = false;
  rearm();
}

}  // namespace triggerd
