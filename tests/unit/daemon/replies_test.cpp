#include "commands/replies.hpp"
#include "commands/command.hpp"
#include "commands/interface.hpp"
#include "commands/refusals.hpp"
#include "config/codes.hpp"
#include "instance.hpp"
#include "job/codes.hpp"
#include "support/fake_target.hpp"
#include "support/scripted_transport.hpp"
#include "unit/daemon/world.hpp"

#include <set>

using namespace triggerd;
using commands::json;
using test::noon;

namespace {

void check_fits(const char* type, const json& value) {
  const auto& table = commands::control_interface();
  const auto* fields = table.find_type(type);
  REQUIRE(fields != nullptr);
  const auto fits = control::check(table, fields->fields, value);
  const std::string why = fits ? "" : fits.error().message + " " + fits.error().peer;
  CHECK_MESSAGE(fits.has_value(), type, ": ", why, " in ", value.dump());
}

job::fire_view some_fire() {
  job::fire_view out;
  out.row.id = "01kb0000000000000000000000";
  out.row.job = "orders";
  out.row.kind = "batch";
  out.row.cause = "manual";
  out.row.by = "uid 1000";
  out.row.due = out.row.created = noon;
  out.row.state = store::fire_state::unknown;
  out.row.note = "one chunk was never confirmed";
  job::fire_runner::leg_now leg;
  leg.row.target = "shop";
  leg.row.state = store::leg_state::unknown;
  leg.row.actions = 3;
  leg.row.unknown = 1;
  leg.row.started = noon;
  for (int ms = 1; ms <= 100; ++ms) leg.reply_times.push_back(milliseconds(ms));
  out.legs.push_back(std::move(leg));
  return out;
}

}  // namespace

TEST_CASE("every method of the interface has one command, and no other") {
  std::set<std::string> methods, verbs;
  for (const auto& method : commands::control_interface().methods) methods.insert(method.name);
  config::loaded files;
  files.value.emplace();
  test::invented_machine machine;
  instance here("triggerd.toml", std::move(files), machine);
  for (const auto& verb : commands::verbs_of(here)) CHECK(verbs.insert(verb.name).second);
  CHECK(methods == verbs);
}

TEST_CASE("the roles are those that the interface tells, and changing verbs are audited") {
  config::loaded files;
  files.value.emplace();
  test::invented_machine machine;
  instance here("triggerd.toml", std::move(files), machine);
  for (const auto& verb : commands::verbs_of(here)) {
    CAPTURE(verb.name);
    const auto* method = commands::control_interface().find_method(verb.name);
    REQUIRE(method != nullptr);
    CHECK(method->comment.find("Role: " + std::string(control::name(verb.needs))) != std::string::npos);
    CHECK(verb.changes == (verb.needs != control::role::read));
  }
}

TEST_CASE("a fire and its actions read as the interface says") {
  const json fire = commands::show(some_fire());
  check_fits("FireSummary", fire);
  CHECK(fire.at("state") == "unknown");
  CHECK(fire.at("legs").at(0).at("p50_ms") == 50.0);
  CHECK(fire.at("legs").at(0).at("p99_ms") == 99.0);
  CHECK_FALSE(fire.contains("ended"));
  store::action_row action;
  action.target = "shop";
  action.kind = "chunk";
  action.subject = "task";
  action.intended = noon;
  const json shown = commands::show(action);
  check_fits("ActionSummary", shown);
  CHECK_FALSE(shown.contains("body"));
}

TEST_CASE("targets, jobs, events, plans and the rest read as the interface says") {
  test::virtual_time time;
  seeded_random random(1);
  spec::target_spec spec;
  spec.name = "shop";
  spec.project = "proj_x";
  spec.env = spec::environment::preview;
  spec.branch = "feat";
  spec.labels = {{"tier", "prod"}};
  const auto wire = std::make_shared<test::scripted_transport>();
  const auto target = std::make_shared<test::fake_target>(spec, test::fake_client(wire, time, random));
  check_fits("TargetStatus", commands::show(static_cast<const target::target&>(*target)));

  spec::job_spec spec_of_job;
  spec_of_job.name = "orders";
  spec_of_job.description = "d";
  spec_of_job.schedule.cron = "0 2 * * *";
  spec_of_job.schedule.timezone = "Europe/Vienna";
  job::job_view job;
  job.spec = &spec_of_job;
  job.paused = job::job_pause{"uid 0", noon, noon};
  job.next = noon;
  const json shown = commands::show(job);
  check_fits("JobStatus", shown);
  CHECK(shown.at("schedule") == "0 2 * * * Europe/Vienna");

  check_fits("Event", commands::show(job::event{.seq = 1, .at = noon, .kind = "state", .text = "x"}));
  check_fits("NextFire", commands::show(job::next_fire{"orders", noon}));
  check_fits("Trouble", commands::show(trouble{"what", noon, "next"}));
  check_fits("Trouble", commands::show(trouble{"what", std::nullopt, ""}));
  check_fits("LedgerHealth", commands::show(store::ledger_health{}));
  check_fits("Complaint", commands::show(config::complaint{
                              config::severity::error, {std::string("a"), 1, 2}, config::codes::value, "m"}));
  check_fits("ReloadVerdict", commands::show_last_reload(reload_report{}));
}

TEST_CASE("a plan says how many changes it does not list, and counts none where it could not be made") {
  job::planned_leg leg;
  leg.target = "shop";
  leg.lines = {{"add", "A", ""}, {"keep", "B", "as it is"}};
  leg.changes = 5;
  const json shown = commands::show(leg);
  check_fits("PlanLeg", shown);
  CHECK(shown.at("notes") == json::array({"4 more changes are not listed"}));
  leg.trouble = fail(job::codes::guard, "too many");
  const json broken = commands::show(leg);
  check_fits("PlanLeg", broken);
  CHECK(broken.at("changes") == 0);
  CHECK(broken.at("trouble") == "too many (job.guard)");
}

TEST_CASE("schedules in words") {
  spec::schedule_spec when;
  CHECK(commands::in_words(when).empty());
  when.every = milliseconds(300'000);
  CHECK(commands::in_words(when) == "every 5m");
  when.every.reset();
  when.at = {noon, noon};
  CHECK(commands::in_words(when) == "at 2026-11-24T11:33:20.000Z and 1 more");
  when.at.clear();
  when.on_start = true;
  CHECK(commands::in_words(when) == "at every start");
}

TEST_CASE("parameters: limits are held, absent ones have defaults") {
  json p = json::object();
  CHECK(commands::limit_of(p, 50, 500) == 50u);
  p["limit"] = 500;
  CHECK(commands::limit_of(p, 50, 500) == 500u);
  for (const int bad : {0, -1, 501}) {
    p["limit"] = bad;
    CHECK_FALSE(commands::limit_of(p, 50, 500));
  }
  p["on"] = " shop-*   tier=prod ";
  CHECK(commands::selector_of(p, "on") == std::vector<std::string>{"shop-*", "tier=prod"});
  CHECK(commands::selector_of(p, "absent").empty());
}

TEST_CASE("quantiles are those of the samples") {
  CHECK_FALSE(commands::quantile_ms({}, 0.5));
  CHECK(commands::quantile_ms({milliseconds(7)}, 0.99) == 7.0);
  CHECK(commands::quantile_ms({milliseconds(1), milliseconds(3), milliseconds(2)}, 0.5) == 2.0);
}
