// What people ask for: run, cancel, resolve, plan.
#include "base/limits.hpp"
#include "base/mutation.hpp"
#include "base/text.hpp"
#include "job/codes.hpp"
#include "job/engine.hpp"
#include "job/run_vars.hpp"

#include <nlohmann/json.hpp>

namespace triggerd::job {

error engine::no_job(const std::string& name) {
  return fail(codes::unknown_job, "no job is named " + text::printable(name, 64));
}

task<result<std::string>> engine::run(run_request what) {
  const auto job = job_of(what.job);
  const error missing = no_job(what.job);
  if (!job) co_return missing;
  const error not_now = fail(codes::not_now, draining_ ? "the daemon drains" : "the daemon is still starting");
  if (!takes_fires()) co_return not_now;
  const error disk = fail(codes::not_now, "the ledger cannot be written: " + journal_.trouble());
  if (!journal_.well()) co_return disk;
  const error off = fail(codes::not_now, "the job is disabled in its file");
  if (!job->enabled) co_return off;
  const error paused = fail(codes::not_now, "the job is paused; triggerctl resume " + what.job);
  if (pauses_.contains(what.job)) co_return paused;
  const auto vars = typed_vars(*job, what.vars);
  if (!vars) co_return vars.error();
  const auto targets = targets_of(*job, what.on);
  if (!targets) co_return targets.error();
  store::fire_row row = new_fire(*job, "manual", what.by, world_.clock.now());
  const nlohmann::json stored = {{"vars", *vars}, {"adopt", what.adopt}};
  row.vars = stored.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  admitted ready = admit(job, std::move(row), *targets);
  const error overlap = fail(codes::overlap, "fire " + ready.running + " of this job still runs");
  if (!ready.row) co_return overlap;
  saw(world_.clock.now());
  std::string id = ready.row->id;
  result<> durable;
  if (!mutated(mutation::run_before_durable)) durable = co_await journal_.commit();
  if (!durable) co_return durable.error();
  begin(std::move(ready));
  co_return id;
}

task<result<store::fire_state>> engine::cancel(std::string fire, std::string by) {
  auto found = co_await find_fire(std::move(fire));
  if (!found) co_return found.error();
  const std::string id = found->row.id;
  const auto running = running_.find(id);
  if (running != running_.end()) {
    world_.log.notice("fire " + id + " is cancelled by " + by, {{"fire", id}, {"job", found->row.job}});
    running->second->end(ending::cancelled);
    co_return running->second->row().state;
  }
  for (auto& [job, fires] : queued_)
    for (auto at = fires.begin(); at != fires.end(); ++at) {
      if ((*at)->row().id != id) continue;
      store::fire_row row = (*at)->row();
      row.state = store::fire_state::cancelled;
      row.ended = world_.clock.now();
      row.note = "cancelled by " + by + " before it began";
      for (fire_runner::leg_now& leg : (*at)->legs()) {
        leg.row.state = store::leg_state::cancelled;
        journal_.put(std::move(leg.row));
      }
      journal_.put(row);
      fires.erase(at);
      if (fires.empty()) queued_.erase(job);
      const result<> durable = co_await journal_.commit();
      if (!durable) co_return durable.error();
      world_.events.publish({.kind = "fire-ended", .job = row.job, .fire = id, .state = "cancelled", .text = row.note});
      co_return store::fire_state::cancelled;
    }
  co_return found->row.state;
}

task<result<std::uint64_t>> engine::resolve(resolution what) {
  std::string asked = what.fire;
  auto found = co_await find_fire(std::move(asked));
  if (!found) co_return found.error();
  const error busy = fail(codes::not_now, "fire " + found->row.id +
                                              " is still at work; what it leaves unknown can be "
                                              "resolved when it has ended");
  if (running_.contains(found->row.id)) co_return busy;
  const error not_now = fail(codes::not_now, "no new work is started now");
  if (what.as == "retry" && !takes_fires()) co_return not_now;
  std::uint64_t count = 0;
  bool goes_on = false;
  std::vector<store::leg_row> legs;
  for (fire_runner::leg_now& one : found->legs) {
    store::leg_row leg = std::move(one.row);
    if (what.target.empty() || leg.target == what.target) {
      const auto resolved = co_await resolve_leg(what, found->row, leg);
      if (!resolved) co_return resolved.error();
      count += *resolved;
      if (*resolved > 0) journal_.put(leg);
    }
    goes_on = goes_on || leg.state == store::leg_state::running;
    legs.push_back(std::move(leg));
  }
  if (count == 0) co_return count;
  store::fire_row row = found->row;
  std::string id = row.id;
  auto stored = co_await world_.ledger.fire(std::move(id));  // lists leave the spec out
  if (!stored) co_return stored.error();
  if (*stored) row = **stored;
  row.state = goes_on ? store::fire_state::running : together(legs);
  if (goes_on) row.ended.reset();
  row.note = what.by + " resolved " + std::to_string(count) + " actions as " + what.as;
  journal_.put(row);
  const result<> durable = co_await journal_.commit();
  if (!durable) co_return durable.error();
  if (goes_on)
    if (const auto taken = take_up(std::move(row), std::move(legs)); !taken) co_return taken.error();
  co_return count;
}

// The operator's word stands for what the server could not tell.
task<result<std::uint64_t>> engine::resolve_leg(const resolution& what, store::fire_row& fire, store::leg_row& leg) {
  std::uint64_t count = 0;
  for (std::uint64_t from = 0;;) {
    std::string id = fire.id;
    std::string target = leg.target;
    auto page =
        co_await world_.ledger.actions(std::move(id), std::move(target), from, limits::actions_in_memory, false);
    if (!page) co_return page.error();
    for (const store::action_row& row : *page) {
      from = row.number + 1;
      if (row.state != store::action_state::unknown || (what.action && *what.action != row.number)) continue;
      store::action_change now;
      now.fire = row.fire;
      now.target = row.target;
      now.number = row.number;
      now.state = what.as == "done"     ? store::action_state::done
                  : what.as == "failed" ? store::action_state::failed
                                        : store::action_state::intended;
      now.note = "resolved as " + what.as + " by " + what.by;
      if (what.as == "retry") now.tries = 0;
      else now.settled = world_.clock.now();
      journal_.change(std::move(now));
      ++count;
    }
    if (page->size() < limits::actions_in_memory) break;
  }
  leg.unknown -= std::min(leg.unknown, count);
  if (count == 0) co_return count;
  if (what.as == "done") leg.done += count;
  if (what.as == "failed") leg.failed += count;
  if (what.as == "retry") {
    leg.state = store::leg_state::running;
    leg.started = world_.clock.now();  // its timeout counts anew
    leg.ended.reset();
  } else if (leg.unknown == 0) {
    leg.state = leg.failed > 0 ? store::leg_state::failed : store::leg_state::done;
  }
  leg.note = "resolved as " + what.as + " by " + what.by;
  co_return count;
}

task<result<std::vector<planned_leg>>> engine::plan(run_request what) {
  const auto found = job_of(what.job);  // kept: a reload may come while this reads
  const error missing = no_job(what.job);
  if (!found) co_return missing;
  const spec::job_spec& job = *found;
  const auto vars = typed_vars(job, what.vars);
  if (!vars) co_return vars.error();
  const auto targets = targets_of(job, what.on);
  if (!targets) co_return targets.error();
  store::fire_row fire = new_fire(job, "manual", what.by, world_.clock.now());
  const nlohmann::json stored = {{"vars", *vars}, {"adopt", what.adopt}};
  fire.vars = stored.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  std::vector<planned_leg> out(targets->size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i].target = (*targets)[i];
    std::string target = (*targets)[i];
    std::vector<std::string> adopt = what.adopt;
    co_await plan_leg(job, fire, std::move(target), std::move(adopt), out[i]);
  }
  co_return out;
}

task<> engine::plan_leg(const spec::job_spec& job, const store::fire_row& fire, std::string target,
                        std::vector<std::string> adopt, planned_leg& out) {
  const auto found = world_.targets.find(target);
  if (!found) co_return;
  cancellation& cancel = plans_end_;
  std::string lane = job.name;
  spec::auth_spec auth = job.auth;
  auto opened = co_await found->open(std::move(lane), std::move(auth), cancel);  // whose it is decides what is ours
  if (!opened) {
    out.trouble = opened.error();
    co_return;
  }
  const spec::target_spec spec = found->spec();
  const leg_view view{job, spec, fire, 1, opened->identity(), std::move(adopt), 0};
  target::access by = *opened;
  const memory remembered(world_.ledger);
  std::string position;
  auto planner = co_await kinds_.at(job.kind())->plan(view, std::move(position), std::move(by), remembered, cancel);
  if (!planner) {
    out.trouble = planner.error();
    co_return;
  }
  for (;;) {
    auto step = co_await (*planner)->next();
    if (!step) {
      out.trouble = step.error();
      co_return;
    }
    if (!step->has_value()) co_return;
    std::vector<plan_line> lines;
    if (auto* action = std::get_if<planned_action>(&**step)) {
      lines = std::move(action->lines);
      ++out.requests;
      if (lines.empty() && action->row.items > 0) ++out.changes;
    } else if (auto* line = std::get_if<plan_line>(&**step)) {
      lines.push_back(std::move(*line));
    } else if (auto* note = std::get_if<plan_note>(&**step)) {
      if (out.notes.size() < limits::plan_lines) out.notes.push_back(std::move(note->text));
    } else if (const auto* wait = std::get_if<plan_wait>(&**step)) {
      const bool slept = co_await sleep_for(world_.timers, world_.clock, wait->how_long, cancel);
      if (!slept) {
        out.trouble = fail(triggerd::codes::stopped, "the daemon ends");
        co_return;
      }
    }
    for (plan_line& one : lines) {
      if (one.op != "keep") ++out.changes;
      if (out.lines.size() < limits::plan_lines) out.lines.push_back(std::move(one));
    }
  }
}

result<std::vector<std::string>> engine::targets_of(const spec::job_spec& job,
                                                    const std::vector<std::string>& on) const {
  const auto wanted = spec::selector::parse(job.targets);
  if (!wanted) return wanted.error();
  std::optional<spec::selector> within;
  if (!on.empty()) {
    auto parsed = spec::selector::parse(on);
    if (!parsed) return fail(codes::bad_selector, parsed.error().message);
    within = std::move(*parsed);
  }
  std::vector<std::string> names;
  for (const auto& target : world_.targets.select(*wanted)) {
    if (!target->spec().enabled) continue;
    if (within && !within->matches(target->spec())) continue;
    names.push_back(target->spec().name);
  }
  if (names.empty() && !(job.allow_empty && on.empty()))
    return fail(codes::bad_selector, on.empty() ? "its selector picks no enabled target"
                                                : "the selector picks none of the job's enabled targets");
  return names;
}

}  // namespace triggerd::job
