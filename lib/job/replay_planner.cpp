#include "job/replay_planner.hpp"

#include "api/codes.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"
#include "job/codes.hpp"
#include "job/replay_memo.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace triggerd::job {

std::uint32_t group_size(const spec::replay_spec& how) {
  const auto most = static_cast<std::uint32_t>(limits::bulk_run_ids);
  return std::clamp(std::min(how.group, how.in_flight), 1u, most);
}

replay_planner::replay_planner(const kind_world& world, const leg_view& leg, target::access by, memory remembered,
                               cancellation& cancel)
    : leg_(leg),
      how_(std::get<spec::replay_spec>(leg.job.what)),
      by_(std::move(by)),
      cancel_(cancel),
      patience_(leg.target.retry, world.random),
      history_(leg, remembered) {}

task<result<boxed<plan_step>>> replay_planner::next() {
  if (stage_ == stage::selecting) {
    const result<> selected = select();
    if (!selected) co_return selected.error();
    stage_ = stage::listing;
  }
  while (stage_ == stage::listing) {
    if (cancel_.requested()) co_return fail(triggerd::codes::cancelled, "planning was cancelled");
    result<step> waits = co_await read_page();
    if (!waits || *waits) co_return waits;
  }
  if (stage_ == stage::counting) {
    const result<> expected = count();
    if (!expected) co_return expected.error();
    const result<> left = co_await leave_out();
    if (!left) co_return left.error();
    stage_ = stage::acting;
  }
  co_return next_action();
}

result<> replay_planner::select() {
  auto selection = select_runs(leg_);
  if (!selection) return selection.error();
  filter_ = std::move(selection->filter);
  for (auto& note : selection->notes) say(std::move(note));
  return {};
}

task<result<boxed<plan_step>>> replay_planner::read_page() {
  auto asked = api::list_runs(filter_);
  const auto page = co_await by_.send(std::move(asked));
  if (!page) {
    auto wait = patience_.after(page.error());
    if (!wait) co_return wait.error();
    co_return step(std::move(*wait));
  }
  patience_.succeeded();
  const result<> taken = take(*page);
  if (!taken) co_return taken.error();
  co_return step();
}

// A page may be empty and still not be the last; one run may stand on two pages when the list moves in between.
result<> replay_planner::take(const api::run_page& page) {
  for (const auto& run : page.runs) {
    if (seen_ids_.contains(run.id)) continue;
    seen_ids_.insert(ids_.emplace_back(run.id));
  }
  const std::uint64_t most = std::min<std::uint64_t>(how_.expect_max.value_or(limits::replay_ids), limits::replay_ids);
  if (ids_.size() > most) {
    if (how_.expect_max && *how_.expect_max == most)
      return fail(codes::expectation, "more than " + std::to_string(most) + " runs match, and the job expects no more");
    return fail(codes::guard, "more than " + std::to_string(most) + " runs match; narrow select.from and select.to");
  }
  if (page.next.empty()) {
    stage_ = stage::counting;
    return {};
  }
  if (!cursors_.insert(page.next).second || cursors_.size() > limits::list_pages)
    return fail(api::codes::unreadable, "the list of runs does not end: a page leads back to an earlier one");
  filter_.after = page.next;
  return {};
}

result<> replay_planner::count() const {
  if (ids_.size() < how_.expect_min)
    return fail(codes::expectation, std::to_string(ids_.size()) + " runs match, and the job expects at least " +
                                        std::to_string(how_.expect_min));
  return {};
}

task<result<>> replay_planner::leave_out() {
  seen_ids_.clear();
  const std::size_t found = ids_.size();
  const result<> read = co_await history_.read_own_leg();
  if (!read) co_return read.error();
  std::erase_if(ids_, [this](const std::string& id) { return history_.in_own_leg(id); });
  const std::size_t earlier = found - ids_.size();

  std::unordered_set<std::string> before;
  for (std::size_t from = 0; how_.once && from < ids_.size(); from += limits::recall_names) {
    const auto begin = ids_.begin() + static_cast<std::ptrdiff_t>(from);
    const auto end = ids_.begin() + static_cast<std::ptrdiff_t>(std::min(from + limits::recall_names, ids_.size()));
    std::vector<std::string> names(begin, end);
    const auto claimed = co_await history_.claimed(std::move(names));
    if (!claimed) co_return claimed.error();
    before.insert(claimed->begin(), claimed->end());
  }
  std::erase_if(ids_, [&before](const std::string& id) { return before.contains(id); });

  say(std::to_string(found) + " runs between " + text::iso(*filter_.from) + " and " + text::iso(*filter_.to) +
      " match");
  if (earlier > 0)
    say(std::to_string(earlier) + " of them were taken by an earlier attempt of this fire and are left out");
  if (!before.empty()) say(std::to_string(before.size()) + " of them were replayed before and are left out");
  if (!how_.single && group_size(how_) < how_.group && ids_.size() > group_size(how_))
    say("groups hold " + std::to_string(group_size(how_)) + " runs: in_flight allows no more at once");
  // Runs beyond in_flight have to wait for others to end; without any, nobody needs to watch.
  watch_ = leg_.job.wait.until != spec::wait_spec::goal::none || ids_.size() > how_.in_flight;
  groups_ = (ids_.size() + group_size(how_) - 1) / group_size(how_);
  co_return result<>();
}

boxed<plan_step> replay_planner::next_action() {
  if (!notes_.empty()) {
    plan_note note = std::move(notes_.front());
    notes_.pop_front();
    return note;
  }
  if (ids_.empty()) return std::nullopt;
  return how_.single ? single() : group();
}

std::string replay_planner::key_of_next() const {
  store::action_row next;
  next.fire = leg_.fire.id;
  next.target = leg_.target.name;
  next.number = leg_.first_number + planned_;
  return action_tag(next);
}

planned_action replay_planner::group() {
  std::vector<std::string> runs;
  while (!ids_.empty() && runs.size() < group_size(how_)) {
    auto& next = how_.newest_first ? ids_.front() : ids_.back();
    runs.push_back(std::move(next));
    if (how_.newest_first) ids_.pop_front();
    else ids_.pop_back();
  }
  planned_action out;
  out.row.kind = "bulk-replay";
  out.row.subject =
      runs.size() == 1 ? runs.front() : std::to_string(runs.size()) + " runs, " + runs.front() + " to " + runs.back();
  out.row.key = key_of_next();
  out.row.body = nlohmann::json(runs).dump();
  out.lines.push_back(
      {"replay", out.row.subject, "group " + std::to_string(planned_ + 1) + " of " + std::to_string(groups_)});
  finish(out, std::move(runs));
  ++planned_;
  return out;
}

planned_action replay_planner::single() {
  std::vector<std::string> runs(1);
  runs.front() = std::move(how_.newest_first ? ids_.front() : ids_.back());
  if (how_.newest_first) ids_.pop_front();
  else ids_.pop_back();
  planned_action out;
  out.row.kind = "replay";
  out.row.subject = runs.front();
  out.lines.push_back({"replay", out.row.subject, ""});
  finish(out, std::move(runs));
  ++planned_;
  return out;
}

void replay_planner::finish(planned_action& action, std::vector<std::string> runs) const {
  replay_memo memo;
  memo.watch = watch_;
  action.row.memo = memo.text();
  action.row.items = runs.size();
  action.once = true;
  if (!how_.once) return;
  for (auto& run : runs) action.remember.push_back(replayed_row(leg_, std::move(run), action.row.key));
}

}  // namespace triggerd::job
