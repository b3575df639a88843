// One named group of replays, made, lost and looked at.
#pragma once

#include "base/text.hpp"
#include "job/replay_memo.hpp"
#include "unit/job/kind_bench.hpp"

#include <optional>
#include <string>
#include <vector>

namespace triggerd::test {

struct group_bench : kind_bench {
  group_bench() {
    spec::replay_spec how;
    how.select.from = "-2h";
    how.select.to = "-1h";
    job.what = how;
    kind = job::make_replay_kind(world);
    action.row.kind = "bulk-replay";
    action.row.key = "td:fire:aa:3";
    action.row.body = R"(["run_1","run_2","run_3"])";
    action.row.items = 3;
    action.once = true;
    row = action.row;
    row.fire = fire.id;
    row.target = target.name;
    row.number = 3;
    row.intended = time.now();
  }
  void watch() {
    job::replay_memo memo;
    memo.watch = true;
    row.memo = memo.text();
  }
  job::effect send() {
    auto became = apply(row, action);
    settle(row, became);
    return became;
  }
  // Made and waiting.
  void made() {
    wire->answer(202, R"({"id":"bulk_1"})");
    REQUIRE(send().state == job::effect_state::waiting);
    wire->requests.clear();
  }
  std::optional<job::effect> look() {
    auto seen = observe({row});
    if (seen.changes.empty()) return std::nullopt;
    REQUIRE(seen.changes.size() == 1);
    CHECK(seen.changes[0].number == 3);
    settle(row, seen.changes[0].what);
    return seen.changes[0].what;
  }
  std::string entry(const std::string& id, const std::string& name, milliseconds before) const {
    nlohmann::json out = {{"id", id},
                          {"status", "COMPLETED"},
                          {"counts", {{"total", 3}, {"success", 3}, {"failure", 0}}},
                          {"createdAt", text::iso(row.intended - before)}};
    if (!name.empty()) out["name"] = name;
    return out.dump();
  }
  static std::string list(const std::vector<std::string>& entries, const std::string& next = "") {
    nlohmann::json out = {{"data", nlohmann::json::array()}, {"pagination", nlohmann::json::object()}};
    for (const auto& one : entries) out["data"].push_back(nlohmann::json::parse(one));
    if (!next.empty()) out["pagination"]["next"] = next;
    return out.dump();
  }
  // Sent, and the answer was lost.
  void lose() {
    wire->break_off();
    REQUIRE(send().state == job::effect_state::doubtful);
    wire->requests.clear();
  }

  job::planned_action action;
  store::action_row row;
};

}  // namespace triggerd::test
