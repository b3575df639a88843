#include "ctl/inventory_view.hpp"

#include "ctl/table.hpp"
#include "ctl/words.hpp"

namespace triggerd::ctl {

namespace {

std::string paused(const json& of, instant now) {
  if (of.empty()) return {};
  const std::string until = text_in(of, "until");
  return "paused by " + text_in(of, "by") + ", ends " + (until.empty() ? "when resumed" : when(until, now));
}

std::string joined(const json& names, std::size_t most) {
  std::string out;
  for (std::size_t i = 0; i < names.size() && i < most; ++i) out += (i == 0 ? "" : " ") + safe(names[i]);
  return names.size() > most ? out + " +" + std::to_string(names.size() - most) : out;
}

constexpr std::size_t targets_named = 3;

}  // namespace

std::string budget_left(const json& target) {
  const json& of = object_in(target, "budget");
  return of.empty() ? std::string() : count(number_in(of, "remaining")) + "/" + count(number_in(of, "limit"));
}

std::string reply_times(const json& target) {
  const auto p50 = float_in(target, "p50_ms");
  const auto p99 = float_in(target, "p99_ms");
  if (!p50) return {};
  return decimal(*p50, 0) + (p99 ? "/" + decimal(*p99, 0) : "") + " ms";
}

std::string remark(const json& target, const screen& on) {
  std::string out = text_in(target, "trouble");
  const auto add = [&](const std::string& more) {
    if (!more.empty()) out += (out.empty() ? "" : "; ") + more;
  };
  add(paused(object_in(target, "paused"), on.now));
  if (const std::string next = text_in(target, "next"); !next.empty()) add("next: " + next);
  return out;
}

std::string show_targets(const json& reply, const screen& on) {
  table out({{"TARGET", false, true},
             {"STATE"},
             {"SINCE", true, false, 1},
             {"ENVIRONMENT", false, false, 3},
             {"BRANCH", false, true, 2},
             {"BUDGET", true, false, 4},
             {"FLIGHT", true, false, 5},
             {"REQUESTS", true, false, 6},
             {"RETRIES", true, false, 7},
             {"P50/P99", true, false, 8},
             {"REMARK", false, true}});
  for (const json& t : array_in(reply, "targets")) {
    const std::string state = text_in(t, "state");
    out.add({text_in(t, "name"),
             {state, tint_of(state)},
             when(text_in(t, "since"), on.now),
             text_in(t, "environment"),
             text_in(t, "branch"),
             budget_left(t),
             count(number_in(t, "in_flight")),
             count(number_in(t, "requests")),
             count(number_in(t, "retries")),
             reply_times(t),
             remark(t, on)});
  }
  return out.empty() ? "no targets\n" : out.render(on);
}

std::string show_jobs(const json& reply, const screen& on) {
  table out({{"JOB", false, true},
             {"KIND", false, false, 5},
             {"TARGETS", false, true, 4},
             {"SCHEDULE", false, true, 3},
             {"NEXT", true},
             {"RUNNING", true, false, 2},
             {"LAST"},
             {"ENDED", true, false, 1},
             {"REMARK", false, true}});
  for (const json& j : array_in(reply, "jobs")) {
    const json& last = object_in(j, "last");
    const std::string state = text_in(last, "state");
    const std::string ended = text_in(last, "ended");
    out.add({{text_in(j, "name"), flag_in(j, "enabled") ? tint::none : tint::faint},
             text_in(j, "kind"),
             joined(array_in(j, "targets"), targets_named),
             text_in(j, "schedule"),
             when(text_in(j, "next"), on.now),
             number_in(j, "running") > 0 ? count(number_in(j, "running")) : std::string(),
             {state, tint_of(state)},
             ended.empty() ? ended : when(ended, on.now),
             flag_in(j, "enabled") ? paused(object_in(j, "paused"), on.now) : std::string("disabled")});
  }
  return out.empty() ? "no jobs\n" : out.render(on);
}

std::string show_next(const json& reply, const screen& on) {
  table out({{"AT (UTC)"}, {"", true}, {"JOB", false, true}});
  for (const json& f : array_in(reply, "fires"))
    out.add({clock_time(text_in(f, "at")), {when(text_in(f, "at"), on.now), tint::faint}, text_in(f, "job")});
  return out.empty() ? "nothing is scheduled\n" : out.render(on);
}

}  // namespace triggerd::ctl
