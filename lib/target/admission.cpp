#include "target/admission.hpp"

#include "base/limits.hpp"
#include "base/mutation.hpp"

#include <algorithm>
#include <cassert>

namespace triggerd::target {

namespace {

// Calls `look` with each entry of a ring, beginning behind `last`, until it answers true.
template <class Map, class Look>
bool around(Map& ring, const std::string& last, Look look) {
  const auto start = ring.upper_bound(last);
  for (auto at = start; at != ring.end(); ++at)
    if (look(*at)) return true;
  for (auto at = ring.begin(); at != start; ++at)
    if (look(*at)) return true;
  return false;
}

}  // namespace

admission::key admission::key_of(const errand& what) {
  const std::uint64_t subject = what.payer->number();
  if (what.batch_items > 0) return {subject, line::batch};
  switch (what.limiter) {
    case spec::rate_limiter::api: return {subject, line::api};
    case spec::rate_limiter::management: return {subject, line::management};
    case spec::rate_limiter::batch_runs: return {subject, line::batch};
    case spec::rate_limiter::none: break;
  }
  return {subject, line::free};
}

void admission::set_cap(const std::string& target, std::size_t most) {
  gauges_[target].cap = most;
  stir_target(target);
}

void admission::forget_cap(const std::string& target) {
  gauges_[target].cap.reset();
  stir_target(target);
  tidy(target);
}

void admission::pause(const std::string& target) { gauges_[target].paused = true; }

void admission::resume(const std::string& target) {
  gauges_[target].paused = false;
  stir_target(target);
  tidy(target);
}

admission::number admission::add(errand what) {
  put(++last_number_, std::move(what));
  return last_number_;
}

void admission::put(number who, errand what) {
  const key in = key_of(what);
  place where{in, what.lane, what.target};
  queue& its = queues_[in];
  its.lanes[where.lane].targets[where.target].emplace(who, std::move(what));
  ++its.targets[where.target];
  ++gauges_[where.target].queues[in];
  places_.emplace(who, std::move(where));
  stir(in);
}

bool admission::remove(number which) {
  const auto known = places_.find(which);
  if (known == places_.end()) return false;
  const place where = known->second;
  take_out(which);
  if (queues_.count(where.in) > 0) stir(where.in);  // it may have been the one that the others waited for
  tidy(where.target);
  return true;
}

errand admission::take_out(number who) {
  const auto known = places_.find(who);
  const place where = std::move(known->second);
  places_.erase(known);
  queue& from = queues_.at(where.in);
  auto& targets = from.lanes.at(where.lane).targets;
  auto& line = targets.at(where.target);
  errand out = std::move(line.at(who));
  line.erase(who);
  if (line.empty()) targets.erase(where.target);
  if (targets.empty()) from.lanes.erase(where.lane);
  if (--from.targets.at(where.target) == 0) from.targets.erase(where.target);
  if (from.lanes.empty()) {
    sleep(where.in, std::nullopt);
    stirred_.erase(where.in);
    queues_.erase(where.in);
  }
  gauge& its = gauges_.at(where.target);
  if (--its.queues.at(where.in) == 0) its.queues.erase(where.in);
  return out;
}

void admission::stir(const key& which) {
  sleep(which, std::nullopt);
  stirred_.insert(which);
}

void admission::stir_target(const std::string& target) {
  for (const auto& [where, count] : gauges_[target].queues) stir(where);
}

void admission::stir_subject(std::uint64_t subject) {
  for (auto at = queues_.lower_bound({subject, line::api}); at != queues_.end() && at->first.first == subject; ++at)
    stir(at->first);
}

void admission::stir_all() {
  for (const auto& [which, its] : queues_) stir(which);
}

void admission::sleep(const key& which, std::optional<steady_time> until) {
  queue& its = queues_.at(which);
  if (its.wake) sleeping_.erase({*its.wake, which});
  its.wake = until;
  if (until) sleeping_.insert({*until, which});
}

void admission::tidy(const std::string& target) {
  const auto known = gauges_.find(target);
  if (known != gauges_.end() && known->second.blank()) gauges_.erase(known);
}

bool admission::may_go(const std::string& target) const {
  const gauge& its = gauges_.at(target);
  if (mutated(mutation::cap_ignored)) return !its.paused;
  if (mutated(mutation::cap_shared)) return !its.paused && (!its.cap || in_flight_ < *its.cap);
  return !its.paused && (!its.cap || its.in_flight < *its.cap);
}

bool admission::any_may_go(const queue& of) const {
  return std::any_of(of.targets.begin(), of.targets.end(), [this](const auto& one) { return may_go(one.first); });
}

// The oldest request of the next target of the next lane. Nobody overtakes it inside its bucket, however much it costs.
std::optional<admission::number> admission::first_in_turn(const queue& of) const {
  std::optional<number> found;
  if (!any_may_go(of)) return found;
  around(of.lanes, of.last, [&](const auto& in) {
    const lane& one = in.second;
    return around(one.targets, one.last, [&](const auto& entry) {
      if (!may_go(entry.first)) return false;
      found = entry.second.begin()->first;
      return true;
    });
  });
  return found;
}

std::optional<admission::grant> admission::visit(const key& which, steady_time now) {
  queue& its = queues_.at(which);
  stirred_.erase(which);
  const std::optional<number> who = first_in_turn(its);
  if (!who) return std::nullopt;
  const place& where = places_.at(*who);
  const errand& what = its.lanes.at(where.lane).targets.at(where.target).at(*who);

  subject& payer = *what.payer;
  const bool metered = what.limiter != spec::rate_limiter::none;
  // A batch create is a request like others, and pays for its items besides.
  const spec::rate_limiter requests =
      what.limiter == spec::rate_limiter::management ? spec::rate_limiter::management : spec::rate_limiter::api;
  meter& items = payer.of(spec::rate_limiter::batch_runs);
  meter::turn turn{true, {}};
  if (metered) turn = payer.of(requests).ask(1, now);
  if (turn.now && what.batch_items > 0) turn = items.ask(what.batch_items, now);
  if (!turn.now) {
    sleep(which, turn.at);
    return std::nullopt;
  }

  its.lanes.at(where.lane).last = where.target;
  its.last = where.lane;
  stirred_.insert(which);                     // unless take_out() finds it empty
  grant out{*who, {take_out(*who), {}, {}}};  // the end of `where` and `what`
  if (metered) out.given.request = payer.of(requests).take(1, now);
  if (out.given.what.batch_items > 0) out.given.items = items.take(out.given.what.batch_items, now);
  ++gauges_.at(out.given.what.target).in_flight;
  ++in_flight_;
  return out;
}

std::vector<admission::grant> admission::pump(steady_time now) {
  while (!sleeping_.empty() && sleeping_.begin()->first <= now) stir(key(sleeping_.begin()->second));
  std::vector<grant> out;
  std::size_t visits = 0;
  while (!stirred_.empty() && in_flight_ < most_ && visits < limits::admissions_per_turn) {
    auto next = stirred_.upper_bound(last_);
    if (next == stirred_.end()) next = stirred_.begin();
    last_ = *next;
    ++visits;
    if (auto granted = visit(last_, now)) out.push_back(std::move(*granted));
  }
  more_ = !stirred_.empty() && in_flight_ < most_;
  return out;
}

std::optional<steady_time> admission::wake() const {
  if (sleeping_.empty()) return std::nullopt;
  return sleeping_.begin()->first;
}

void admission::release(const permit& of) {
  gauge& its = gauges_.at(of.what.target);
  assert(its.in_flight > 0 && in_flight_ > 0);
  --its.in_flight;
  --in_flight_;
  stir_target(of.what.target);
  stir_subject(of.what.payer->settled()->number());
  tidy(of.what.target);
}

void admission::unite(const buckets::merger& what) {
  std::vector<number> moving;
  for (const auto& [who, where] : places_)
    if (where.in.first == what.gone) moving.push_back(who);
  for (const number who : moving) {
    errand one = take_out(who);
    one.payer = one.payer->settled();
    put(who, std::move(one));
  }
  stir_subject(what.stays);
}

std::size_t admission::in_flight(const std::string& target) const {
  const auto known = gauges_.find(target);
  return known == gauges_.end() ? 0 : known->second.in_flight;
}

std::size_t admission::queued(const std::string& target) const {
  std::size_t all = 0;
  if (const auto known = gauges_.find(target); known != gauges_.end())
    for (const auto& [which, count] : known->second.queues) all += count;
  return all;
}

}  // namespace triggerd::target
