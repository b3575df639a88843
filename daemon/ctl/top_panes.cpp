#include "ctl/top_panes.hpp"

#include "base/text.hpp"
#include "ctl/fires_view.hpp"
#include "ctl/inventory_view.hpp"
#include "ctl/table.hpp"
#include "ctl/top_chart.hpp"
#include "ctl/words.hpp"

#include <algorithm>

namespace triggerd::ctl {

namespace {

constexpr std::size_t small_bar = 10;
constexpr const char* no_value = "-";  // a column that is empty now and then would make the others jump

std::string or_none(std::string text) { return text.empty() ? no_value : text; }

std::string rate(double per_second) { return decimal(per_second, per_second < 10 ? 1 : 0); }

cell number(std::int64_t n, tint when_some = tint::none) { return {count(n), n > 0 ? when_some : tint::none}; }

std::size_t spark_width(const screen& on) { return std::clamp<std::size_t>(on.width / 7, 11, 60); }

tint tint_of_budget(std::int64_t remaining, std::int64_t limit) {
  if (remaining * 10 < limit) return tint::bad;
  return remaining * 3 < limit ? tint::careful : tint::good;
}

std::vector<cell> row_of_target(const json& t, const top_history& past, const screen& on) {
  const std::string state = text_in(t, "state");
  const json& budget = object_in(t, "budget");
  const auto remaining = number_in(budget, "remaining");
  const auto limit = number_in(budget, "limit");
  return {text_in(t, "name"),
          {state, tint_of(state)},
          {budget.empty() ? no_value : bar(remaining, limit, small_bar), tint_of_budget(remaining, limit)},
          or_none(budget_left(t)),
          number(number_in(t, "in_flight")),
          rate(past.per_second()),
          sparkline(past.rates(spark_width(on))),
          or_none(reply_times(t)),
          sparkline(past.latencies(spark_width(on))),
          number(number_in(t, "retries"), tint::careful),
          number(number_in(t, "failures"), tint::bad),
          remark(t, on)};
}

std::string targets_table(const top_model& of, const screen& on) {
  table out({{"TARGET", false, true},
             {"STATE"},
             {"BUDGET", false, false, 5},
             {"LEFT", true, false, 3},
             {"FLIGHT", true, false, 6},
             {"REQ/S", true, false, 1},
             {"LAST MINUTE", false, false, 4},
             {"P50/P99", true, false, 2},
             {"LAST MINUTE", false, false, 9},
             {"RETRIES", true, false, 7},
             {"FAILURES", true, false, 8},
             {"REMARK", false, true}});
  static const top_history unseen;
  for (const json* t : of.list(top_pane::targets).shown()) {
    const top_history* past = of.history(text_in(*t, "name"));
    out.add(row_of_target(*t, past == nullptr ? unseen : *past, on));
  }
  return out.render(on);
}

std::string jobs_table(const top_model& of, const screen& on) {
  json shown = json::array();
  for (const json* j : of.list(top_pane::jobs).shown()) shown.push_back(*j);
  json reply = json::object();
  reply["jobs"] = std::move(shown);
  return show_jobs(reply, on);
}

std::vector<cell> row_of_fire(const json& f, const progress& far, const screen& on) {
  const std::string state = text_in(f, "state");
  const progress::totals& reached = far.reached();
  const bool ended = has(f, "ended");
  const auto left = ended ? std::nullopt : far.left();
  return {text_in(f, "job"),
          {state, tint_of(state)},
          reached.planned ? bar(reached.settled, reached.actions, small_bar) : std::string(no_value),
          far.settled_of(),
          number(reached.failed, tint::bad),
          number(reached.unknown, tint::careful),
          ended ? no_value : rate(far.per_second()),
          left && left->count() > 0 ? span(std::max(*left, milliseconds(1'000))) : no_value,
          or_none(took(f, "created", on)),
          when(text_in(f, "due"), on.now),
          text_in(f, "id"),
          text_in(f, "note")};
}

std::string fires_table(const top_model& of, const screen& on) {
  table out({{"JOB", false, true},
             {"STATE"},
             {"DONE", false, false, 5},
             {"", true},
             {"FAILED", true, false, 1},
             {"UNKNOWN", true, false, 1},
             {"RATE/S", true, false, 3},
             {"LEFT", true, false, 2},
             {"TOOK", true, false, 4},
             {"DUE", true, false, 6},
             {"FIRE", false, false, 7},
             {"NOTE", false, true}});
  static const progress unseen;
  for (const json* f : of.list(top_pane::fires).shown()) {
    const progress* far = of.progress_of(text_in(*f, "id"));
    out.add(row_of_fire(*f, far == nullptr ? unseen : *far, on));
  }
  return out.render(on);
}

}  // namespace

std::vector<std::string> top_table(const top_model& of, top_pane which, const screen& on) {
  if (of.list(which).shown().empty()) return {};
  std::string drawn;
  switch (which) {
    case top_pane::targets: drawn = targets_table(of, on); break;
    case top_pane::jobs: drawn = jobs_table(of, on); break;
    case top_pane::fires: drawn = fires_table(of, on); break;
  }
  std::vector<std::string> out;
  for (const std::string_view line : text::split(drawn, '\n'))
    if (!line.empty()) out.emplace_back(line);
  return out;
}

}  // namespace triggerd::ctl
