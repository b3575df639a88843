#include "job/scheduler.hpp"

#include "base/limits.hpp"
#include "base/mutation.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace triggerd::job {

scheduler::scheduler(const clock& time, timers& timers, log& log, std::function<void()> due)
    : clock_(time), timers_(timers), log_(log), due_(std::move(due)) {}

scheduler::~scheduler() { timers_.disarm(timer_); }

void scheduler::set(const std::string& job, spec::schedule when, instant last) {
  const auto old = jobs_.find(job);
  const bool held = old != jobs_.end() && old->second.held;
  if (old != jobs_.end()) dequeue(old);
  enqueue(jobs_.insert_or_assign(job, entry{std::move(when), last, {}, {}, held}).first);
  arm();
}

void scheduler::remove(const std::string& job) {
  const auto found = jobs_.find(job);
  if (found == jobs_.end()) return;
  dequeue(found);
  jobs_.erase(found);
  arm();
}

void scheduler::hold(const std::string& job) {
  const auto found = jobs_.find(job);
  if (found == jobs_.end() || found->second.held) return;
  dequeue(found);
  found->second.held = true;
  arm();
}

void scheduler::release(const std::string& job) {
  const auto found = jobs_.find(job);
  if (found == jobs_.end() || !found->second.held) return;
  found->second.held = false;
  enqueue(found);
  arm();
}

void scheduler::start() {
  started_ = true;
  arm();
}

void scheduler::stop() {
  started_ = false;
  arm();
}

void scheduler::hold_until(instant wall) {
  held_until_ = wall;
  arm();
}

std::optional<instant> scheduler::held_until() const {
  if (held_until_ && clock_.now() < *held_until_) return held_until_;
  return std::nullopt;
}

void scheduler::clock_changed() { arm(); }

void scheduler::enqueue(job_map::iterator job) {
  entry& of = job->second;
  of.nominal = of.when.next(of.last);
  if (!of.nominal || of.held) return;
  of.at = of.when.with_jitter(*of.nominal);
  queue_.emplace(of.at, job);
}

void scheduler::dequeue(job_map::iterator job) {
  if (job->second.nominal) queue_.erase({job->second.at, job});
}

void scheduler::arm() {
  timers_.disarm(timer_);
  timer_ = 0;
  if (!started_ || told_ || queue_.empty()) return;
  instant at = queue_.begin()->first;
  if (held_until_) at = std::max(at, *held_until_);
  const auto left = std::max(at - clock_.now(), milliseconds(0));
  timer_ = timers_.arm(clock_.steady() + left, [this] {
    timer_ = 0;
    told_ = true;
    due_();
  });
}

std::vector<due_fire> scheduler::take(std::size_t most) {
  const instant now = clock_.now();
  std::vector<due_fire> due;
  if (held_until_ && now >= *held_until_) held_until_.reset();
  while (started_ && !held_until_ && due.size() < most && !queue_.empty() && queue_.begin()->first <= now) {
    const auto job = queue_.begin()->second;
    queue_.erase(queue_.begin());
    take_due(job->first, job->second, now, due);
    enqueue(job);
  }
  told_ = !due.empty();
  if (!told_) arm();
  std::stable_sort(due.begin(), due.end(), [](const due_fire& a, const due_fire& b) { return a.nominal < b.nominal; });
  return due;
}

void scheduler::take_due(const std::string& job, entry& of, instant now, std::vector<due_fire>& out) {
  if (now - of.at > limits::catch_up_grace) {
    catch_up(job, of, now, out);
    return;
  }
  out.push_back({job, *of.nominal, of.at, of.when.mark(), false});
  of.last = *of.nominal;
}

// Up to the last instant whose jitter has passed too; a later one is simply still to come.
void scheduler::catch_up(const std::string& job, entry& of, instant now, std::vector<due_fire>& out) {
  instant upto = now;
  const instant begin = std::max(of.last, now - limits::jitter_most);
  for (auto next = of.when.next(begin); next && *next <= now; next = of.when.next(*next)) {
    if (of.when.with_jitter(*next) <= now) continue;
    upto = *next - milliseconds(1);
    break;
  }
  const auto missed = of.when.catch_up(of.last, upto);
  for (const instant nominal : missed.fire) 
    out.push_back({job, nominal, of.when.with_jitter(nominal), of.when.mark(), true});
  if (mutated(mutation::catch_up_twice) && !missed.fire.empty()) out.push_back(out.back());
  if (missed.skipped > 0)
    log_.notice("job " + job + " missed " + std::to_string(missed.skipped) + " instants since " + text::iso(of.last) +
                    ", and its catch-up policy leaves them out",
                {{"job", job}});
  of.last = std::max(of.last, upto);
}

std::vector<next_fire> scheduler::upcoming(const std::string& job, std::size_t most) const {
  std::vector<next_fire> out;
  if (!job.empty()) {
    const auto found = jobs_.find(job);
    if (found == jobs_.end()) return out;
    for (auto at = found->second.nominal; at && out.size() < most; at = found->second.when.next(*at))
      out.push_back({job, found->second.when.with_jitter(*at)});
    return out;
  }
  // The nearest of the queue, each as often as it may come; the rest of the queue is not looked at.
  std::set<std::tuple<instant, std::string, instant>> front;
  auto waiting = queue_.begin();
  while (out.size() < most) {
    for (; waiting != queue_.end() && (front.empty() || waiting->first <= std::get<0>(*front.begin())); ++waiting)
      front.emplace(waiting->first, waiting->second->first, *waiting->second->second.nominal);
    if (front.empty()) break;
    const auto [at, name, nominal] = *front.begin();
    front.erase(front.begin());
    out.push_back({name, at});
    const auto& when = jobs_.at(name).when;
    if (const auto next = when.next(nominal)) front.emplace(when.with_jitter(*next), name, *next);
  }
  return out;
}

std::optional<instant> scheduler::last_of(const std::string& job) const {
  const auto found = jobs_.find(job);
  return found == jobs_.end() ? std::nullopt : std::optional(found->second.last);
}

}  // namespace triggerd::job
