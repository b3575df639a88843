// What people look at: jobs, fires and the engine's own state.
#include "base/limits.hpp"
#include "base/text.hpp"
#include "job/codes.hpp"
#include "job/engine.hpp"

namespace triggerd::job {

engine_state engine::state() const {
  if (closed_) return engine_state::stopping;
  if (draining_) return engine_state::draining;
  if (!journal_.well()) return engine_state::disk;
  if (scheduler_.held_until()) return engine_state::clock_held;
  return opened_ ? engine_state::running : engine_state::starting;
}

std::string engine::state_reason() const {
  switch (state()) {
    case engine_state::starting: return "what was unfinished is being taken up again";
    case engine_state::running: return {};
    case engine_state::draining: return "no new fires are started";
    case engine_state::stopping: return "the daemon ends";
    case engine_state::disk: return journal_.trouble();
    case engine_state::clock_held:
      return "the clock stands before the ledger's last instant; schedules go on at " +
             text::iso(*scheduler_.held_until());
  }
  return {};
}

const spec::job_spec* engine::find_job(std::string_view name) const { return job_of(std::string(name)).get(); }

std::shared_ptr<const spec::job_spec> engine::job_of(const std::string& name) const {
  const auto found = jobs_.find(name);
  return found == jobs_.end() ? nullptr : found->second;
}

std::vector<std::string> engine::job_names() const {
  std::vector<std::string> names;
  for (const auto& [name, job] : jobs_) names.push_back(name);
  return names;
}

std::vector<std::string> engine::paused_jobs() const {
  std::vector<std::string> names;
  for (const auto& [name, pause] : pauses_) names.push_back(name);
  return names;
}

std::size_t engine::queued() const {
  std::size_t all = 0;
  for (const auto& [job, fires] : queued_) all += fires.size();
  return all;
}

std::vector<job_view> engine::jobs() const {
  std::vector<job_view> out;
  for (const auto& [name, job] : jobs_) {
    job_view view;
    view.spec = job.get();
    if (const auto which = spec::selector::parse(job->targets))
      for (const auto& target : world_.targets.select(*which)) view.targets.push_back(target->spec().name);
    if (const auto pause = pauses_.find(name); pause != pauses_.end()) view.paused = pause->second;
    const auto next = scheduler_.upcoming(name, 1);
    if (!next.empty() && !view.paused) view.next = next.front().at;
    view.running = running_of(name).size();
    if (const auto waiting = queued_.find(name); waiting != queued_.end()) view.running += waiting->second.size();
    out.push_back(std::move(view));
  }
  return out;
}

std::vector<next_fire> engine::upcoming(const std::string& job, std::size_t most) const {
  return scheduler_.upcoming(job, most);
}

std::vector<fire_view> engine::at_work() const {
  std::map<std::string, fire_view> all;
  for (const auto& [id, fire] : running_) all[id] = {fire->row(), fire->legs()};
  for (const auto& [job, fires] : queued_)
    for (const auto& fire : fires) all[fire->row().id] = {fire->row(), fire->legs()};
  std::vector<fire_view> out;
  for (auto& [id, view] : all) out.push_back(std::move(view));
  return out;
}

void engine::keep_times(const fire_runner& ended) {
  timed_fire one{ended.row().id, {}};
  for (auto& leg : ended.legs())
    if (!leg.reply_times.empty()) one.by_target[leg.row.target] = std::move(leg.reply_times);
  timed_legs_ += one.by_target.size();
  timed_.push_back(std::move(one));
  while (timed_legs_ > limits::timed_legs) {
    timed_legs_ -= timed_.front().by_target.size();
    timed_.pop_front();
  }
}

std::vector<std::chrono::microseconds> engine::times_of(const std::string& fire, const std::string& target) const {
  for (const timed_fire& one : timed_) {
    if (one.id != fire) continue;
    const auto found = one.by_target.find(target);
    return found == one.by_target.end() ? std::vector<std::chrono::microseconds>() : found->second;
  }
  return {};
}

task<result<fire_view>> engine::find_fire(std::string id) {
  const std::string asked = id;
  const auto unknown = [&asked](std::string why) {
    return fail(codes::unknown_fire, "fire " + text::printable(asked, 64) + ": " + std::move(why));
  };
  const error too_short = unknown("give its id, or at least four characters of its beginning");
  if (id.size() < 4) co_return too_short;
  std::string found;
  for (const auto& one : at_work())
    if (one.row.id.starts_with(id)) {
      const error several = unknown("several fires begin like that");
      if (!found.empty() && found != one.row.id) co_return several;
      found = one.row.id;
    }
  if (found.empty()) {
    store::fire_filter recent;
    recent.most = limits::recall_names;
    auto rows = co_await world_.ledger.fires(std::move(recent));
    if (!rows) co_return rows.error();
    for (const store::fire_row& row : *rows) {
      if (!row.id.starts_with(id)) continue;
      const error several = unknown("several fires begin like that");
      if (!found.empty()) co_return several;
      found = row.id;
    }
  }
  if (found.empty()) found = id;
  if (const auto running = running_.find(found); running != running_.end()) {
    fire_view view{running->second->row(), running->second->legs()};
    co_return view;
  }
  std::string fire_id = found;
  auto row = co_await world_.ledger.fire(std::move(fire_id));
  if (!row) co_return row.error();
  const error none = unknown("no fire has this id");
  if (!*row) co_return none;
  std::string legs_of = found;
  auto legs = co_await world_.ledger.legs(std::move(legs_of));
  if (!legs) co_return legs.error();
  fire_view view;
  view.row = std::move(**row);
  for (store::leg_row& leg : *legs) {
    std::vector<std::chrono::microseconds> times = times_of(found, leg.target);
    view.legs.push_back({std::move(leg), std::move(times)});
  }
  co_return view;
}

task<result<std::vector<fire_view>>> engine::fires(store::fire_filter which) {
  auto rows = co_await world_.ledger.fires(std::move(which));
  if (!rows) co_return rows.error();
  std::vector<fire_view> out;
  for (store::fire_row& row : *rows) {
    fire_view view;
    if (const auto running = running_.find(row.id); running != running_.end()) {
      view.row = running->second->row();
      view.legs = running->second->legs();
    } else {
      std::string id = row.id;
      auto legs = co_await world_.ledger.legs(std::move(id));
      if (!legs) co_return legs.error();
      for (store::leg_row& leg : *legs) view.legs.push_back({std::move(leg), {}});
      view.row = std::move(row);
    }
    out.push_back(std::move(view));
  }
  co_return out;
}

}  // namespace triggerd::job
