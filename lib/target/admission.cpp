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
  gauge& its = gauges_[target];
  its.cap = most;
  stir(its);
}

void admission::forget_cap(const std::string& target) {
  const auto its = gauges_.find(target);
  if (its == gauges_.end()) return;
  its->second.cap.reset();
  stir(its->second);
  tidy(its);
}

void admission::pause(const std::string& target) { gauges_[target].paused = true; }

void admission::resume(const std::string& target) {
  const auto its = gauges_.find(target);
  if (its == gauges_.end()) return;
  its->second.paused = false;
  stir(its->second);
  tidy(its);
}

admission::number admission::add(errand what) {
  put(++last_number_, std::move(what));
  return last_number_;
}

void admission::put(number who, errand what) {
  place at;
  at.in = queues_.try_emplace(key_of(what)).first;
  queue& its = at.in->second;
  at.in_lane = its.lanes.try_emplace(what.lane).first;
  at.in_target = at.in_lane->second.targets.try_emplace(what.target).first;
  at.of_target = its.targets.try_emplace(what.target, 0).first;
  ++at.of_target->second;
  at.its_gauge = gauges_.try_emplace(what.target).first;
  at.of_gauge = at.its_gauge->second.queues.try_emplace(at.in->first, 0).first;
  ++at.of_gauge->second;
  at.what = at.in_target->second.emplace(who, std::move(what)).first;
  places_.emplace(who, at);
  stir(at.in->first);
}

bool admission::remove(number which) {
  const auto known = places_.find(which);
  if (known == places_.end()) return false;
  const key in = known->second.in->first;
  const auto its = known->second.its_gauge;
  take_out(known);
  if (queues_.contains(in)) stir(in);  // it may have been the one that the others waited for
  tidy(its);
  return true;
}

errand admission::take_out(place_map::iterator who) {
  const place at = who->second;
  places_.erase(who);
  errand out = std::move(at.what->second);
  queue& from = at.in->second;
  auto& targets = at.in_lane->second.targets;
  at.in_target->second.erase(at.what);
  if (at.in_target->second.empty()) targets.erase(at.in_target);
  if (targets.empty()) from.lanes.erase(at.in_lane);
  if (--at.of_target->second == 0) from.targets.erase(at.of_target);
  if (--at.of_gauge->second == 0) at.its_gauge->second.queues.erase(at.of_gauge);
  if (from.lanes.empty()) {
    sleep(at.in->first, std::nullopt);
    stirred_.erase(at.in->first);
    queues_.erase(at.in);
  }
  return out;
}

void admission::stir(const key& which) {
  sleep(which, std::nullopt);
  stirred_.insert(which);
}

void admission::stir(const gauge& of) {
  for (const auto& [where, count] : of.queues) stir(where);
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

void admission::tidy(gauge_map::iterator target) {
  if (target->second.blank()) gauges_.erase(target);
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
  const auto first = places_.find(*who);
  const place& at = first->second;
  const errand& what = at.what->second;

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

  at.in_lane->second.last = at.in_target->first;
  its.last = at.in_lane->first;
  ++at.its_gauge->second.in_flight;
  ++in_flight_;
  stirred_.insert(which);                      // unless take_out() finds it empty
  grant out{*who, {take_out(first), {}, {}}};  // the end of `at` and `what`
  if (metered) out.given.request = payer.of(requests).take(1, now);
  if (out.given.what.batch_items > 0) out.given.items = items.take(out.given.what.batch_items, now);
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
  const auto its = gauges_.find(of.what.target);
  assert(its != gauges_.end() && its->second.in_flight > 0 && in_flight_ > 0);
  --its->second.in_flight;
  --in_flight_;
  stir(its->second);
  stir_subject(of.what.payer->settled()->number());
  tidy(its);
}

void admission::unite(const buckets::merger& what) {
  std::vector<place_map::iterator> moving;
  for (auto one = places_.begin(); one != places_.end(); ++one)
    if (one->second.in->first.first == what.gone) moving.push_back(one);
  for (const auto one : moving) {
    const number who = one->first;
    errand its = take_out(one);
    its.payer = its.payer->settled();
    put(who, std::move(its));
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
