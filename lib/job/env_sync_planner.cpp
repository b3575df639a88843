#include "job/env_sync_planner.hpp"

#include "base/limits.hpp"
#include "job/codes.hpp"
#include "job/variable_sources.hpp"

namespace triggerd::job {

namespace {

error one_of(const std::vector<error>& problems) {
  error out = problems.front();
  for (std::size_t i = 1; i < problems.size(); ++i) out.message += "; " + problems[i].message;
  return out;
}

}  // namespace

env_sync_planner::env_sync_planner(const kind_world& world, const leg_view& leg, target::access by, memory remembered,
                                   cancellation& cancel)
    : world_(world),
      leg_(leg),
      by_(std::move(by)),
      remembered_(remembered),
      cancel_(cancel),
      patience_(leg.target.retry, world.random),
      home_(home_of(leg, world.digest_key)),
      place_(place_of(leg)),
      facts_{.rules = std::get<spec::env_sync_spec>(leg.job.what), .job = leg.job.name, .home = home_} {
  facts_.adopt.insert(leg.adopt.begin(), leg.adopt.end());
  const bool branch = leg.target.env == spec::environment::preview && !leg.target.branch.empty() && !place_.parent;
  facts_.levels = branch ? branch_levels::mixed : branch_levels::one;
}

env_sync_planner::~env_sync_planner() { drop_values(); }

task<result<boxed<plan_step>>> env_sync_planner::next() {
  if (stage_ == stage::sources) {
    const result<> read = co_await read_sources();
    if (!read) co_return read.error();
    stage_ = stage::listing;
  }
  if (stage_ == stage::listing) {
    result<step> waits = co_await read_list(false);
    if (!waits || *waits) co_return waits;
    const result<> recalled = co_await recall();
    if (!recalled) co_return recalled.error();
    const bool asks = sees_levels() && depends_on_parent(wanted_, facts_);
    stage_ = asks ? stage::parent : stage::ready;
    if (!asks) decide_once();
  }
  if (stage_ == stage::parent) {
    result<step> waits = co_await read_list(true);
    if (!waits || *waits) co_return waits;
    facts_.levels = branch_levels::told_apart;
    stage_ = stage::ready;
    decide_once();
  }
  co_return next_step();
}

task<result<>> env_sync_planner::read_sources() {
  auto gathered = co_await gather_variables(world_, leg_, cancel_);
  if (!gathered) co_return gathered.error();
  auto settled = settle_variables(facts_.rules, std::move(*gathered));
  if (!settled) co_return settled.error();
  wanted_ = std::move(*settled);
  co_return result<>();
}

task<result<boxed<plan_step>>> env_sync_planner::read_list(bool parent) {
  variable_place place = place_;
  place.parent = place.parent || parent;
  auto asked = listing(place);
  auto list = co_await by_.send(std::move(asked));
  if (!list) {
    auto wait = patience_.after(list.error());
    if (!wait) co_return wait.error();
    co_return step(std::move(*wait));
  }
  patience_.succeeded();
  const result<> taken = take(std::move(*list), parent ? facts_.parent : facts_.listed);
  if (!taken) co_return taken.error();
  co_return step();
}

// The parent's come first in a branch's list, so that of two with one name the later one is the branch's.
result<> env_sync_planner::take(std::vector<api::variable_view> list, listed_variables& into) {
  wipe_values(into);
  into.clear();
  for (api::variable_view& one : list) {
    std::string name = one.name;
    api::variable_view& place = into[std::move(name)];
    wipe(place.value);
    place = one;
    wipe(one.value);
  }
  if (into.size() <= limits::variables) return {};
  return fail(triggerd::codes::limit,
              "the environment has more than " + std::to_string(limits::variables) + " variables");
}

task<result<>> env_sync_planner::recall() {
  facts_.owned.clear();
  std::string after;
  for (;;) {
    std::string space = home_.space();
    std::string from = after;
    auto rows = co_await remembered_.recall_all(std::move(space), std::move(from), limits::recall_names);
    if (!rows) co_return rows.error();
    for (const store::memory_row& row : *rows) {
      after = row.name;
      facts_.owned.emplace(row.name, owned_variable::read(row));
    }
    if (rows->size() < limits::recall_names) co_return result<>();
  }
}

bool env_sync_planner::sees_levels() const {
  const auto kind = by_.reads_with();
  const bool by_person = kind == spec::credential_kind::pat || kind == spec::credential_kind::org_token;
  return by_person && facts_.levels == branch_levels::mixed;
}

void env_sync_planner::decide_once() {
  decide();
  drop_values();
}

void env_sync_planner::decide() {
  facts_.now = world_.clock.now();
  sync_plan plan = plan_sync(wanted_, facts_);
  for (std::string& note : plan.notes) steps_.push_back(plan_note{std::move(note)});
  if (!plan.problems.empty()) {
    for (plan_line& line : plan.lines) steps_.push_back(std::move(line));
    problem_ = one_of(plan.problems);
    return;
  }
  planned_memory kept;
  for (const std::string& name : plan.confirmed) {
    const owned_variable* ours = facts_.ours(name);
    owned_variable now{
        .owner = facts_.job, .digest = "", .secret = false, .claim = false, .adopted = ours ? ours->adopted : true};
    now.at = facts_.now;
    now.digest = home_.digest(name, wanted_.values.find(name)->second.value.expose());
    kept.remember.push_back(home_.row(name, now));
  }
  for (std::string& name : plan.forgotten) kept.forget.emplace_back(home_.space(), std::move(name));
  if (!kept.remember.empty() || !kept.forget.empty()) steps_.push_back(std::move(kept));
  for (planned_action& action : actions_of(plan, wanted_, facts_)) steps_.push_back(std::move(action));
}

// Values stay no longer than they are needed.
void env_sync_planner::drop_values() {
  wipe_values(facts_.listed);
  wipe_values(facts_.parent);
  wanted_ = wanted_variables();
}

result<boxed<plan_step>> env_sync_planner::next_step() {
  if (steps_.empty()) {
    if (problem_) return *problem_;
    return step();
  }
  step out = std::move(steps_.front());
  steps_.pop_front();
  return out;
}

}  // namespace triggerd::job
