#include "ctl/change_view.hpp"
#include "ctl/events_view.hpp"
#include "ctl/fires_view.hpp"
#include "ctl/inventory_view.hpp"
#include "ctl/plan_view.hpp"
#include "samples.hpp"

using namespace triggerd;
using nlohmann::json;
using test::paper;
using test::reply_of;

TEST_CASE("targets show their state, budget and what comes next") {
  const auto reply = reply_of("Targets", R"({"targets": [
    {"name": "crm-prod", "project": "proj_c", "environment": "prod", "state": "ok", "since": "2026-11-24T10:00:00.000Z",
     "enabled": true, "in_flight": 3, "budget": {"limit": 1500, "remaining": 1180}, "identity": "env_1",
     "requests": 4200, "retries": 2, "failures": 2, "p50_ms": 81.5, "p99_ms": 240},
    {"name": "shop-preview", "project": "proj_s", "environment": "preview", "branch": "feat/x", "state": "parked",
     "since": "2026-11-24T11:55:00.000Z", "trouble": "401: key refused", "next": "proof again in 55s", "enabled": true,
     "in_flight": 0, "requests": 1, "retries": 0, "failures": 1},
    {"name": "shop-prod", "project": "proj_s", "environment": "prod", "state": "paused",
     "since": "2026-11-24T11:00:00.000Z", "enabled": true, "in_flight": 0, "requests": 0, "retries": 0, "failures": 0,
     "paused": {"by": "uid 1000", "since": "2026-11-24T11:00:00.000Z", "until": "2026-11-24T13:00:00.000Z"}}]})");
  CHECK(show_targets(reply, paper()) ==
        "TARGET        STATE    SINCE  ENVIRONMENT  BRANCH       BUDGET  FLIGHT  REQUESTS  RETRIES    P50/P99  REMARK\n"
        "crm-prod      ok      2h ago  prod                 1,180/1,500       3     4,200        2  82/240 ms\n"
        "shop-preview  parked  5m ago  preview      feat/x                    0         1        0             401: "
        "key refused; next: proof again in 55s\n"
        "shop-prod     paused  1h ago  prod                                   0         0        0             paused "
        "by uid 1000, ends in 1h\n");
  CHECK(show_targets(reply_of("Targets", R"({"targets": []})"), paper()) == "no targets\n");
}

TEST_CASE("jobs show their schedule and how they ended last") {
  const auto reply = reply_of("Jobs", R"({"jobs": [
    {"name": "env-shop", "kind": "env-sync", "enabled": true, "targets": ["a", "b", "c", "d", "e"],
     "schedule": "every 15m", "next": "2026-11-24T12:15:00.000Z", "running": 1,
     "last": {"fire": "01x", "state": "failed", "ended": "2026-11-24T11:45:10.000Z"}},
    {"name": "reindex", "kind": "trigger", "enabled": false, "targets": ["a"], "running": 0}]})");
  CHECK(show_jobs(reply, paper()) ==
        "JOB       KIND      TARGETS   SCHEDULE     NEXT  RUNNING  LAST          ENDED  REMARK\n"
        "env-shop  env-sync  a b c +2  every 15m  in 15m        1  failed  14m 50s ago\n"
        "reindex   trigger   a                                                          disabled\n");
}

TEST_CASE("next lists instants, the nearest first") {
  const auto reply = reply_of("Next", R"({"fires": [{"job": "env-shop", "at": "2026-11-24T12:15:00.000Z"}]})");
  CHECK(show_next(reply, paper()) ==
        "AT (UTC)                     JOB\n"
        "2026-11-24 12:15:00  in 15m  env-shop\n");
}

TEST_CASE("a fire shows each target and action, and how to settle what is unknown") {
  json reply = {{"fire", test::one_fire()}, {"next_from", 100}};
  reply["actions"] = json::parse(R"([
    {"target": "shop-prod", "number": 17, "attempt": 2, "kind": "chunk", "subject": "items 17,000 to 17,999",
     "state": "unknown", "tries": 8, "items": 1000, "run": "batch_1", "code": "api.unsealed", "note": "look at batch_1",
     "intended": "2026-11-24T11:50:00.000Z"}])");
  CHECK(show_fire(reply_of("Fire", reply.dump()), paper()) ==
        "01kb0000000000000000000000  import-orders (batch)  unknown\n"
        "manual by uid 1000, due 2026-11-24 11:50:00 UTC, took 5m 30s\n"
        "one chunk was never confirmed\n"
        "\n"
        "TARGET     STATE    ATTEMPT       DONE  FAILED  UNKNOWN      ITEMS  REJECTED  REQUESTS  RETRIES    TOOK\n"
        "shop-prod  unknown        2  997/1,000       2        1  1,000,000         3     2,100       14  5m 30s\n"
        "crm-prod   done                    4/4                                               8              12s\n"
        "\n"
        " #  TARGET     KIND   STATE    SUBJECT                 ITEMS  TRIES  RUN      CODE          NOTE\n"
        "17  shop-prod  chunk  unknown  items 17,000 to 17,999  1,000      8  batch_1  api.unsealed  look at batch_1\n"
        "more actions: --from 100\n"
        "what is unknown may or may not have had its effect: look, then triggerctl resolve "
        "01kb0000000000000000000000 --as done|failed|retry\n");
}

TEST_CASE("fires are a line each, with where the next page begins") {
  json reply = {{"fires", json::array({test::one_fire()})}, {"next_before", "01kb"}};
  CHECK(show_fires(reply_of("Fires", reply.dump()), paper()) ==
        "FIRE                        JOB            STATE    CAUSE       DUE    TOOK  TARGETS   DONE  FAILED  UNKNOWN  "
        "NOTE\n"
        "01kb0000000000000000000000  import-orders  unknown  manual  10m ago  5m 30s        2  1,001       2        1  "
        "one chunk was never confirmed\n"
        "older ones: --before 01kb\n");
}

TEST_CASE("a run that is not waited for says where to look, one that was tells the shell how it ended") {
  const auto begun = reply_of("Run", R"({"fire": "01x"})");
  CHECK(show_run(begun, paper()) == "fire 01x has begun; triggerctl fire 01x shows it\n");
  CHECK(ctl::verdict_of_run(begun) == 0);
  const auto ended = [](const std::string& state) {
    const json reply = {{"fire", "01x"}, {"progress", test::one_fire(state)}};
    return ctl::verdict_of_run(reply_of("Run", reply.dump()));
  };
  CHECK(ended("done") == 0);
  CHECK(ended("failed") == 1);
  CHECK(ended("cancelled") == 1);
  CHECK(ended("skipped") == 1);
  CHECK(ended("unknown") == 3);
}

TEST_CASE("a plan shows each line with its mark, and the shell learns whether it would change anything") {
  const auto reply = reply_of("Plan", R"({"job": "env-shop", "changes": 3, "legs": [
    {"target": "shop-prod", "changes": 3, "requests": 2, "notes": ["2 lines were left out"], "lines": [
      {"op": "add", "what": "STRIPE_KEY", "detail": "secret, from systemd:stripe-prod"},
      {"op": "change", "what": "LOG_LEVEL"}, {"op": "remove", "what": "OLD"}, {"op": "conflict", "what": "FOREIGN"}]},
    {"target": "shop-demo", "changes": 0, "requests": 0, "notes": [], "lines": []}]})");
  CHECK(show_plan(reply, paper()) ==
        "shop-prod  3 changes, 2 requests\n"
        "  + add      STRIPE_KEY  secret, from systemd:stripe-prod\n"
        "  ~ change   LOG_LEVEL\n"
        "  - remove   OLD\n"
        "  ! conflict FOREIGN\n"
        "  note: 2 lines were left out\n"
        "shop-demo  0 changes, 0 requests\n"
        "env-shop: 3 changes on 2 targets\n");
  CHECK(ctl::verdict_of_plan(reply) == 2);
  const auto nothing = reply_of("Plan", R"({"job": "j", "changes": 0, "legs": []})");
  CHECK(show_plan(nothing, paper()) == "j: nothing to do on 0 targets\n");
  CHECK(ctl::verdict_of_plan(nothing) == 0);
  const auto broken = reply_of("Plan", R"({"job": "j", "changes": 1, "legs": [
    {"target": "a", "changes": 1, "requests": 1, "notes": [], "lines": []},
    {"target": "b", "changes": 0, "requests": 0, "trouble": "unproved", "notes": [], "lines": []}]})");
  CHECK(show_plan(broken, paper()).ends_with("j: 1 change on 2 targets, 1 cannot be planned\n"));
  CHECK(ctl::verdict_of_plan(broken) == 1);
}

TEST_CASE("events begin with what runs, and losses are said") {
  json first = {{"snapshot", json::array({test::one_fire("running")})}, {"events", json::array()}};
  CHECK(show_events(reply_of("Events", first.dump()), paper()) ==
        "running   import-orders  since 11:50:00  [01kb0000000000000000000000]\n");
  const auto later = reply_of("Events", R"({"missed": 12, "events": [
    {"seq": 9, "at": "2026-11-24T11:59:01.500Z", "kind": "leg-ended", "job": "j", "fire": "01x", "target": "a",
     "state": "done", "level": "info", "text": "4 actions done"},
    {"seq": 10, "at": "2026-11-24T11:59:02.000Z", "kind": "reload", "level": "error", "text": "refused\nforged line"}]})");
  CHECK(show_events(later, paper()) ==
        "... 12 updates were lost: this reader was too slow\n"
        "11:59:01  leg-ended       j @a: 4 actions done  [01x]\n"
        "11:59:02  reload          refused\\x0aforged line\n");
}

TEST_CASE("a reload shows its verdict and every complaint") {
  const auto refused = reply_of("Reload", R"({"verdict": "refused", "fields": [], "changes": [], "complaints": [
    {"where": "jobs.d/a.toml:3:1", "text": "unknown key 'taks', did you mean 'task'?", "warning": false},
    {"where": "", "text": "no job has a schedule", "warning": true}]})");
  CHECK(show_reload(refused, paper()) ==
        "refused, nothing has changed\n"
        "jobs.d/a.toml:3:1: error: unknown key 'taks', did you mean 'task'?\n"
        "warning: no job has a schedule\n");
  CHECK(ctl::verdict_of_reload(refused) == 78);
  const auto applied = reply_of("Reload", R"({"verdict": "applied", "fields": [], "complaints": [],
    "changes": ["+ job x", "~ target a: limit"], "hash": "0123456789abcdef"})");
  CHECK(show_reload(applied, paper()) == "applied, configuration 0123456789ab\n+ job x\n~ target a: limit\n");
  CHECK(ctl::verdict_of_reload(applied) == 0);
  const auto restart = reply_of("Reload", R"({"verdict": "restart-required", "fields": ["daemon.state_dir"],
    "complaints": [], "changes": []})");
  CHECK(show_reload(restart, paper()) == "restart-required\nneeds a restart: daemon.state_dir\n");
  CHECK(ctl::verdict_of_reload(restart) == 1);
}

TEST_CASE("the other changes are one line each") {
  CHECK(show_pause(reply_of("Pause", R"({"jobs": ["a", "b"], "targets": [], "until": "2026-11-24T14:00:00.000Z"})"),
                   paper()) == "paused job a, b, ends in 2h\n");
  CHECK(show_pause(reply_of("Pause", R"({"jobs": [], "targets": ["t"]})"), paper()) ==
        "paused target t, until resumed\n");
  CHECK(show_resume(reply_of("Resume", R"({"jobs": [], "targets": []})"), paper()) == "nothing was paused\n");
  CHECK(show_cancel(reply_of("Cancel", R"({"fire": "01x", "state": "running"})"), paper()) ==
        "fire 01x is running; what is on the wire is waited for\n");
  const auto resolved = reply_of("Resolve", R"({"fire": "01x", "resolved": 1, "unknown": 2})");
  CHECK(show_resolve(resolved, paper()) == "fire 01x: 1 action resolved, 2 unknown left\n");
  CHECK(ctl::verdict_of_resolve(resolved) == 3);
  CHECK(show_drain(reply_of("Drain", R"({"state": "draining", "running": 2, "deadline": "2026-11-24T12:00:45.000Z"})"),
                   paper()) == "draining: 2 fires, deadline in 45s\n");
  CHECK(show_stop(reply_of("Stop", R"({"state": "stopping", "running": 0})"), paper()) == "stopping\n");
  CHECK(show_log_level(reply_of("LogLevel", R"({"previous": "info", "level": "debug"})"), paper()) ==
        "log level debug, was info\n");
}
