#include "job/events.hpp"

#include "base/limits.hpp"

namespace triggerd::job {

std::string_view name(event_level l) {
  switch (l) {
    case event_level::info: return "info";
    case event_level::warning: return "warning";
    case event_level::error: break;
  }
  return "error";
}

void event_hub::publish(event what) {
  what.seq = ++last_;
  what.at = clock_.now();
  recent_.push_back(std::move(what));
  if (recent_.size() > limits::recent_events) recent_.pop_front();
  const event& told = recent_.back();  // nobody publishes meanwhile
  for (auto at = listeners_.begin(); at != listeners_.end();) {
    const auto now = at++;  // a listener may end its own subscription
    (*now)(told);
  }
}

event_hub::subscription::subscription(event_hub& hub, listener run) : hub_(hub) {
  place_ = hub_.listeners_.insert(hub_.listeners_.end(), std::move(run));
}

event_hub::subscription::~subscription() { hub_.listeners_.erase(place_); }

}  // namespace triggerd::job
