// Fires: which may begin, and those at work.
#include "base/limits.hpp"
#include "base/mutation.hpp"
#include "job/engine.hpp"

namespace triggerd::job {

engine::admitted engine::admit(const std::shared_ptr<const spec::job_spec>& of, store::fire_row row,
                               const std::vector<std::string>& targets) {
  const spec::job_spec& job = *of;
  admitted out;
  const std::vector<std::string> in_the_way = running_of(job.name);
  const std::vector<std::string> coming = coming_of(job.name);
  const std::size_t waiting = coming.size() + (queued_.contains(job.name) ? queued_.at(job.name).size() : 0);
  const bool busy = !in_the_way.empty() || waiting > 0;
  using spec::overlap_policy;
  const bool skips = busy && (job.overlap == overlap_policy::skip ||
                              (job.overlap == overlap_policy::queue && waiting >= limits::queued_fires));
  if (skips) {
    if (!in_the_way.empty()) out.running = in_the_way.front();
    else out.running = coming.empty() ? queued_.at(job.name).front()->row().id : coming.front();
    if (row.cause == "manual") return out;
    row.state = store::fire_state::skipped;
    row.ended = row.created;
    row.note = "fire " + out.running + " still ran";
    journal_.put(row);
    world_.events.publish({.kind = "fire-ended",
                           .job = job.name,
                           .fire = row.id,
                           .state = "skipped",
                           .level = event_level::warning,
                           .text = row.note});
    return out;
  }
  out.queued = busy && job.overlap != overlap_policy::allow;
  row.state = out.queued ? store::fire_state::queued : store::fire_state::running;
  out.job = of;
  out.row = std::make_shared<const store::fire_row>(std::move(row));
  for (const std::string& target : targets) {
    store::leg_row leg;
    leg.fire = out.row->id;
    leg.target = target;
    out.legs.push_back(std::make_shared<const store::leg_row>(std::move(leg)));
  }
  if (!mutated(mutation::fire_stored_last)) journal_.add(out.row);
  for (const auto& leg : out.legs) journal_.add(leg);
  out.coming = std::make_shared<const std::string>(out.row->id);
  coming_.emplace(job.name, out.coming);
  return out;
}

void engine::begin(admitted one) {
  if (!one.row || closed_) return;
  one.coming.reset();
  std::vector<store::leg_row> legs;
  for (const auto& leg : one.legs) legs.push_back(*leg);
  auto fire = std::make_unique<fire_runner>(leg_world_, one.job, *one.row, std::move(legs), false);
  if (one.queued) {
    const std::string& job = one.job->name;
    if (one.job->overlap == spec::overlap_policy::replace)
      for (const std::string& id : running_of(job)) running_.at(id)->end(ending::replaced);
    queued_[job].push_back(std::move(fire));
    start_queued(job);  // what stood in its way may have ended while this became durable
  } else {
    launch(std::move(fire));
  }
}

void engine::launch(std::unique_ptr<fire_runner> fire) {
  std::string id = fire->row().id;
  running_of_job_[fire->job().name].insert(id);
  running_.emplace(id, std::move(fire));
  children_.spawn(carry(std::move(id)));
}

task<> engine::carry(std::string id) {
  fire_runner& fire = *running_.at(id);
  co_await fire.run();
  const std::string job = fire.job().name;
  keep_times(fire);
  const auto others = running_of_job_.find(job);
  others->second.erase(id);
  if (others->second.empty()) running_of_job_.erase(others);
  running_.erase(id);
  start_queued(job);
  idle_.notify_all();
}

void engine::start_queued(const std::string& job) {
  const auto found = queued_.find(job);
  if (found == queued_.end() || !takes_fires() || !running_of(job).empty()) return;
  std::unique_ptr<fire_runner> next = std::move(found->second.front());
  found->second.pop_front();
  if (found->second.empty()) queued_.erase(found);
  store::fire_row row = next->row();
  row.state = store::fire_state::running;
  journal_.put(std::move(row));
  launch(std::move(next));
}

std::vector<std::string> engine::running_of(const std::string& job) const {
  const auto found = running_of_job_.find(job);
  if (found == running_of_job_.end()) return {};
  return {found->second.begin(), found->second.end()};
}

std::vector<std::string> engine::coming_of(const std::string& job) {
  std::vector<std::string> ids;
  auto [one, end] = coming_.equal_range(job);
  while (one != end) {
    const auto id = one->second.lock();
    if (id) ids.push_back(*id);
    one = id ? std::next(one) : coming_.erase(one);
  }
  return ids;
}

}  // namespace triggerd::job
