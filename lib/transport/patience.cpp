#include "transport/patience.hpp"

namespace triggerd::transport {
namespace {

// curl ends a slow connection attempt itself and says more about it than we can; ours is the net below.
constexpr auto connect_grace = seconds(1);

}  // namespace

void patience::began(steady_time now, bool has_body) {
  phase_ = has_body ? phase::sending : phase::waiting;
  last_ = now;
  first_.reset();
}

void patience::sent_some(steady_time now, bool all) {
  last_ = now;
  if (phase_ == phase::sending && all) phase_ = phase::waiting;
}

void patience::interim(steady_time now) {
  last_ = now;
  if (!first_) first_ = now;
}

void patience::received(steady_time now) {
  interim(now);
  phase_ = phase::receiving;
}

steady_time patience::deadline() const { return drips() ? *first_ + *allowed_.reply : next_byte(); }

bool patience::drips() const { return first_ && allowed_.reply && *first_ + *allowed_.reply < next_byte(); }

steady_time patience::next_byte() const {
  switch (phase_) {
    case phase::connecting: return last_ + allowed_.connect + connect_grace;
    case phase::waiting: return last_ + allowed_.first_byte;
    case phase::sending:
    case phase::receiving: break;
  }
  return last_ + allowed_.stall;
}

}  // namespace triggerd::transport
