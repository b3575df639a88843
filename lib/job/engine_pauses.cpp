// Jobs that people pause, for a while or until they say so. The ledger remembers it.
#include "base/limits.hpp"
#include "base/text.hpp"
#include "job/engine.hpp"

#include <nlohmann/json.hpp>

namespace triggerd::job {

namespace {

constexpr const char* pause_space = "pauses";

}  // namespace

task<result<>> engine::recover_pauses() {
  std::string space = pause_space;
  auto pauses = co_await world_.ledger.recall_all(std::move(space), std::string(), limits::recall_names);
  if (!pauses) co_return pauses.error();
  for (const store::memory_row& row : *pauses) {
    const auto value = nlohmann::json::parse(row.value, nullptr, false);
    if (!value.is_object()) continue;
    job_pause pause{value.value("by", std::string("someone")), row.at, std::nullopt};
    if (value.contains("until")) pause.until = text::parse_iso(value.value("until", std::string()));
    if (pause.until && *pause.until <= world_.clock.now()) continue;
    if (pause.until) arm_pause(row.name, *pause.until);
    pauses_[row.name] = std::move(pause);
  }
  co_return result<>();
}

task<result<>> engine::pause(std::string job, std::string by, std::optional<instant> until) {
  const error missing = no_job(job);
  if (!find_job(job)) co_return missing;
  job_pause pause{by, world_.clock.now(), until};
  nlohmann::json value = {{"by", by}};
  if (until) value["until"] = text::iso(*until);
  store::memory_row row;
  row.space = pause_space;
  row.name = job;
  row.value = value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  row.owner = job;
  row.at = pause.since;
  journal_.remember(std::move(row));
  pauses_[job] = std::move(pause);
  scheduler_.hold(job);
  if (until) arm_pause(job, *until);
  world_.events.publish({.kind = "job-paused", .job = job, .state = "paused", .text = "by " + by});
  co_return co_await journal_.commit();
}

task<result<>> engine::resume(std::string job) {
  const error missing = no_job(job);
  if (!find_job(job) && !pauses_.contains(job)) co_return missing;
  if (const auto timer = pause_timers_.find(job); timer != pause_timers_.end()) {
    world_.timers.disarm(timer->second);
    pause_timers_.erase(timer);
  }
  if (pauses_.erase(job) == 0) co_return result<>();
  journal_.forget(pause_space, job);
  scheduler_.release(job);
  world_.events.publish({.kind = "job-resumed", .job = job, .state = "running", .text = "resumed"});
  co_return co_await journal_.commit();
}

void engine::arm_pause(const std::string& job, instant until) {
  if (const auto old = pause_timers_.find(job); old != pause_timers_.end()) world_.timers.disarm(old->second);
  const auto left = std::max(until - world_.clock.now(), milliseconds(0));
  pause_timers_[job] = world_.timers.arm(world_.clock.steady() + left, [this, job] {
    pause_timers_.erase(job);
    if (closed_) return;
    children_.spawn(end_pause(job));
  });
}

task<> engine::end_pause(std::string job) {
  const result<> done = co_await resume(std::move(job));
  if (!done) world_.log.warning("a pause ran out, but: " + done.error().describe(), {});
}

}  // namespace triggerd::job
