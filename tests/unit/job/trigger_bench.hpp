// A job of type trigger, its kind, and its one action.
#pragma once

#include "unit/job/run_bench.hpp"

namespace triggerd::test {

struct trigger_bench : run_bench {
  spec::trigger_spec what;

  trigger_bench() {
    kind = job::make_trigger_kind(world);
    what.task = "report";
    what.payload = R"({"day":"{{ fire.date }}","app":"{{ target.labels.app }}","n":3})";
    set();
  }
  void set() { job.what = what; }
  static nlohmann::json body_of(const store::action_row& row) { return nlohmann::json::parse(row.body); }
  static nlohmann::json payload_of(const store::action_row& row) {
    return nlohmann::json::parse(body_of(row).at("payload").get<std::string>()).at("json");
  }
  // A run on its way, as the engine holds it.
  std::vector<store::action_row> triggered() {
    store::action_row row = only_action();
    wire->answer(200, R"({"id":"run_1","isCached":false})");
    const auto done = apply(row);
    REQUIRE(done.state == job::effect_state::waiting);
    return {row};
  }
  // The same after an attempt whose answer was lost.
  std::vector<store::action_row> triggered_in_doubt() {
    store::action_row row = only_action();
    wire->break_off();
    apply(row);
    wire->answer(200, R"({"id":"run_2","isCached":false})");
    REQUIRE(apply(row).state == job::effect_state::waiting);
    return {row};
  }
};

}  // namespace triggerd::test
