// A live view before a daemon of canned replies, and its person.
#pragma once

#include "control/codes.hpp"
#include "ctl/top_view.hpp"
#include "ctl/words.hpp"
#include "samples.hpp"

namespace triggerd::test {

inline json some_targets() {
  return reply_of("Targets", R"({"targets": [
    {"name": "crm-prod", "project": "proj_a", "environment": "prod", "state": "ok", "since": "2026-11-24T10:00:00.000Z",
     "enabled": true, "in_flight": 3, "budget": {"limit": 1200, "remaining": 600}, "requests": 100, "retries": 2,
     "failures": 1, "p50_ms": 12.0, "p99_ms": 80.0},
    {"name": "shop-prod", "project": "proj_b", "environment": "prod", "state": "parked",
     "since": "2026-11-24T09:00:00.000Z", "trouble": "401", "next": "proof again in 55s", "enabled": true,
     "in_flight": 0, "requests": 7, "retries": 0, "failures": 7}]})");
}

inline json some_jobs() {
  return reply_of("Jobs", R"({"jobs": [
    {"name": "import-orders", "kind": "batch", "enabled": true, "targets": ["shop-prod", "crm-prod"], "running": 1,
     "last": {"fire": "01kb1", "state": "running"}},
    {"name": "shop-prod", "kind": "trigger", "enabled": true, "targets": ["crm-prod"], "schedule": "every 5m",
     "next": "2026-11-24T12:04:00.000Z", "running": 0,
     "last": {"fire": "01kb0", "state": "done", "ended": "2026-11-24T11:59:00.000Z"}}]})");
}

inline json fire_of(const std::string& id, const std::string& state, int done, int actions) {
  json out = one_fire(state);
  out["id"] = id;
  out.erase("note");
  out["legs"].erase(1);
  out["legs"][0]["state"] = state;
  out["legs"][0]["done"] = done;
  out["legs"][0]["actions"] = actions;
  out["legs"][0]["failed"] = out["legs"][0]["unknown"] = 0;
  if (state == "running") out.erase("ended");
  return out;
}

inline json fires_reply(std::vector<json> fires) {
  json out = json::object();
  out["fires"] = std::move(fires);
  return reply_of("Fires", out.dump());
}

// A daemon of canned replies, and the person before the screen.
struct watched {
  ctl::top_model model{"/run/triggerd/control", std::chrono::seconds(1)};
  json status = calm_status(), targets = some_targets(), jobs = some_jobs();
  json unfinished = fires_reply({fire_of("01kb1", "running", 50, 100)});
  json fires = fires_reply({fire_of("01kb0", "done", 4, 4)});
  std::vector<ctl::top_question> changes;
  steady_time now{std::chrono::seconds(1'000)};

  json reply_to(const ctl::top_question& asked) {
    switch (asked.what) {
      case ctl::top_question::about::status: return status;
      case ctl::top_question::about::targets: return targets;
      case ctl::top_question::about::jobs: return jobs;
      case ctl::top_question::about::unfinished: return unfinished;
      case ctl::top_question::about::fires: return fires;
      case ctl::top_question::about::fire:
        return {{"fire", fire_of("01kb1", "running", 50, 100)}, {"actions", json::array()}};
      case ctl::top_question::about::change:
        changes.push_back(asked);
        return {{"jobs", json::array()}, {"targets", {"crm-prod"}}};
    }
    return {};
  }
  std::vector<std::string> round() {
    std::vector<std::string> methods;
    while (const auto asked = model.next(now)) {
      methods.push_back(asked->method);
      model.answered(*asked, control::answer(reply_to(*asked)), now);
    }
    return methods;
  }
  void pass(std::chrono::nanoseconds how_long) {
    now += how_long;
    round();
  }
  void press(const std::string& bytes) {
    ctl::key_reader keys;
    for (const auto& one : keys.feed(bytes)) model.press(one);
    for (const auto& one : keys.give_up()) model.press(one);
  }
  std::string screen(std::size_t width = 100, std::size_t height = 24) {
    std::string out;
    for (const std::string& line : ctl::top_lines(model, terminal(width, height), now)) out += line + "\n";
    return out;
  }
  bool shows(const std::string& text) { return screen().find(text) != std::string::npos; }
};

inline control::answer refusal(const char* name, json parameters) {
  control::failure why;
  why.name = std::string("io.triggerd.Control.") + name;
  why.parameters = std::move(parameters);
  return control::answer(why);
}

}  // namespace triggerd::test
