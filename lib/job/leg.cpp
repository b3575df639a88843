#include "job/leg.hpp"

#include "api/retry.hpp"
#include "base/json_text.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"
#include "job/codes.hpp"
#include "target/codes.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace triggerd::job {

namespace {

constexpr std::size_t memo_room = 160;  // bytes of most memos, so that they grow once

}  // namespace

leg_runner::leg_runner(leg_world& world, const spec::job_spec& job, const store::fire_row& fire, store::leg_row row,
                       bool recovered)
    : world_(world),
      job_(job),
      fire_(fire),
      kind_(world.kind_of(job.kind())),
      row_(std::move(row)),
      recovered_(recovered),
      requests_before_(row_.requests),
      children_(world.loop) {
  read_memo();
  const auto stored = nlohmann::json::parse(fire_.vars, nullptr, false);
  if (stored.is_object() && stored.contains("adopt"))
    for (const auto& name : stored["adopt"])
      if (name.is_string()) adopt_.push_back(name.get<std::string>());
}

leg_runner::~leg_runner() { world_.timers.disarm(timeout_); }

leg_view leg_runner::view() const {
  return {job_, target_spec_, fire_, row_.attempt, row_.identity, adopt_, next_number_, earlier_};
}

void leg_runner::read_memo() {
  const auto memo = nlohmann::json::parse(row_.memo, nullptr, false);
  if (!memo.is_object()) return;
  position_ = memo.value("position", std::string());
  earlier_ = memo.value("earlier", std::string());
  next_number_ = memo.value("next", std::uint64_t{0});
  items_ok_ = memo.value("ok", std::uint64_t{0});
  items_bad_ = memo.value("bad", std::uint64_t{0});
  volatile_ = memo.value("volatile", false);
  once_ = memo.value("once", false);
}

void leg_runner::save() {
  json_members memo(memo_room);
  memo.count("bad", items_bad_);
  if (!earlier_.empty()) memo.text("earlier", earlier_);
  memo.count("next", next_number_).count("ok", items_ok_).flag("once", once_);
  memo.text("position", position_).flag("volatile", volatile_);
  row_.memo = memo.take();
  if (access_) row_.requests = requests_before_ + access_->used().requests;
  world_.writes.put(row_);
}

void leg_runner::note(std::string text) {
  if (row_.note == text) return;
  row_.note = std::move(text);
  save();
  world_.writes.flush();
}

std::vector<std::chrono::microseconds> leg_runner::reply_times() const {
  return access_ ? access_->used().times : std::vector<std::chrono::microseconds>();
}

void leg_runner::end(ending why) {
  if (ended()) return;
  ending_ = why;
  cancel_.request();
  moved();
  world_.shared_moved.notify_all();
}

task<> leg_runner::run(std::function<void()> all_sent) {
  all_sent_ = std::move(all_sent);
  if (!row_.started) row_.started = world_.clock.now();
  row_.state = store::leg_state::running;
  save();
  if (job_.timeout) {
    // Of the fire on this target, also over a restart.
    const auto left = std::max(*row_.started + *job_.timeout - world_.clock.now(), milliseconds(0));
    timeout_ = world_.timers.arm(world_.clock.steady() + left, [this] { end(ending::timed_out); });
  }
  world_.events.publish({.kind = "leg-started",
                         .job = job_.name,
                         .fire = fire_.id,
                         .target = row_.target,
                         .state = "running",
                         .text = "attempt " + std::to_string(row_.attempt)});
  for (;;) {
    co_await attempt();
    if (suspended()) co_return;
    const store::leg_state became = conclude();
    const bool again =
        became == store::leg_state::failed && !ended() && !may_have_replayed() && row_.attempt < job_.retry.attempts;
    if (!again) {
      finish(became);
      co_return;
    }
    const milliseconds wait = api::backoff(job_.retry, row_.attempt, world_.random);
    note(row_.note + "; attempt " + std::to_string(row_.attempt + 1) + " follows");
    const bool slept = co_await sleep_for(world_.timers, world_.clock, wait, cancel_);
    if (suspended()) co_return;
    if (!slept) {
      finish(conclude());
      co_return;
    }
    next_attempt();
  }
}

task<> leg_runner::attempt() {
  if (may_have_replayed() && !row_.planned) {
    broken_ = fail(codes::unknown_effect,
                   "the ledger is a copy, and this fire may have replayed runs after it was made; look for runs of the "
                   "same tasks made since " +
                       text::iso(fire_.created));
  }
  if (!co_await open()) {
    if (recovered_) co_await classify_unasked();
    co_return;
  }
  const leg_view seen = view();
  pace_ = kind_.pace(seen);
  pacer_ = pacer(pace_.items);
  planning_ = true;
  if (recovered_) co_await recover();
  recovered_ = false;
  if (!ended() && !broken_) {
    const bool streams = !pace_.whole;
    if (!streams) co_await plan();
    hire();
    children_.spawn(watch());
    if (streams) co_await plan();
  }
  planner_.reset();  // with its source
  planning_ = false;
  moved();
  tell_if_all_sent();
  co_await children_.join();
  co_await abandon_ready();
  if (ended() && !suspended()) let_go_of_waiting();
  co_await children_.join();  // spool files of what was given up
}

// The target cannot be opened any more: what an earlier process began is told by the ledger alone.
task<> leg_runner::classify_unasked() {
  const leg_view seen = view();
  pace_ = kind_.pace(seen);
  co_await recover();
  recovered_ = false;
  co_await abandon_ready();
  if (!suspended()) let_go_of_waiting();
  co_await children_.join();
}

// Whatever stands between us and the target passes, or ends the attempt.
task<bool> leg_runner::open() {
  for (int tries = 1; !ended(); ++tries) {
    const std::shared_ptr<target::target> found = world_.targets.find(row_.target);
    if (!found) {
      broken_ = fail(target::codes::removed, "target " + row_.target + " is no longer configured");
      co_return false;
    }
    target_spec_ = found->spec();
    std::string lane = job_.name;
    spec::auth_spec auth = job_.auth;
    result<target::access> opened = co_await found->open(std::move(lane), std::move(auth), cancel_);
    if (opened) {
      if (!row_.identity.empty() && row_.identity != opened->identity()) {
        broken_ = fail(target::codes::parked, "the target opens environment " + opened->identity() +
                                                  " now, and this fire began in " + row_.identity);
        co_return false;
      }
      row_.identity = opened->identity();
      access_.emplace(std::move(*opened));
      most_in_flight_ = found->most_in_flight();
      requests_before_ = row_.requests;
      co_return true;
    }
    if (ended()) co_return false;
    if (!(opened.error().code == target::codes::unreachable)) {
      broken_ = opened.error();
      co_return false;
    }
    note(opened.error().describe());
    const milliseconds wait = api::backoff(target_spec_.retry, tries, world_.random);
    co_await sleep_for(world_.timers, world_.clock, std::max(wait, milliseconds(500)), cancel_);
  }
  co_return false;
}

void leg_runner::next_attempt() {
  ++row_.attempt;
  row_.planned = false;
  row_.actions = row_.done = row_.failed = row_.unknown = row_.items = row_.rejected = 0;
  if (!position_.empty()) earlier_ = std::exchange(position_, {});
  items_ok_ = items_bad_ = 0;
  broken_.reset();
  access_.reset();
  requests_before_ = row_.requests;
  unwritten_.clear();
  more_stored_ = false;
  save();
}

store::leg_state leg_runner::conclude() {
  using store::leg_state;
  if (row_.unknown > 0) {
    row_.note = std::to_string(row_.unknown) + " of " + std::to_string(row_.actions) +
                " actions may or may not have had their effect; look at them and resolve the fire";
    return leg_state::unknown;
  }
  if (ending_ == ending::timed_out) {
    row_.note =
        fail(codes::timeout, "not ended within " + std::to_string(job_.timeout->count() / 1000) + " s").describe();
    return leg_state::failed;
  }
  if (ending_ == ending::cancelled || ending_ == ending::replaced) {
    row_.note = ending_ == ending::replaced ? "replaced by a newer fire" : "cancelled";
    return leg_state::cancelled;
  }
  if (broken_) {
    row_.note = broken_->describe();
    return leg_state::failed;
  }
  if (row_.failed > 0) {
    if (row_.note.empty())
      row_.note = std::to_string(row_.failed) + " of " + std::to_string(row_.actions) + " actions failed";
    return leg_state::failed;
  }
  const std::uint64_t ended_items = items_ok_ + items_bad_;
  const bool demands = job_.wait.until == spec::wait_spec::goal::success ||
                       (job_.wait.until == spec::wait_spec::goal::settled && job_.wait.require_percent < 100);
  if (demands && ended_items > 0 &&
      static_cast<double>(items_ok_) * 100.0 < job_.wait.require_percent * static_cast<double>(ended_items)) {
    row_.note = fail(codes::not_enough,
                     std::to_string(items_bad_) + " of " + std::to_string(ended_items) + " runs did not succeed")
                    .describe();
    return leg_state::failed;
  }
  row_.note = items_bad_ > 0
                  ? std::to_string(items_bad_) + " of " + std::to_string(ended_items) + " runs did not succeed"
                  : std::string();
  return leg_state::done;
}

void leg_runner::finish(store::leg_state state) {
  world_.timers.disarm(timeout_);
  row_.state = state;
  row_.ended = world_.clock.now();
  save();
  world_.writes.flush();
  const bool bad = state == store::leg_state::failed || state == store::leg_state::unknown;
  std::string text = std::to_string(row_.done) + " of " + std::to_string(row_.actions) + " actions done";
  if (!row_.note.empty()) text += ": " + row_.note;
  world_.events.publish({.kind = "leg-ended",
                         .job = job_.name,
                         .fire = fire_.id,
                         .target = row_.target,
                         .state = std::string(store::name(state)),
                         .level = bad ? event_level::error : event_level::info,
                         .text = std::move(text)});
}

}  // namespace triggerd::job
