// A replay on a bench, and pages of the runs that it lists.
#pragma once

#include "unit/job/kind_bench.hpp"

#include <string>
#include <vector>

namespace triggerd::test {

inline std::string page(const std::vector<std::string>& ids, const std::string& next = "") {
  nlohmann::json out = {{"data", nlohmann::json::array()}, {"pagination", nlohmann::json::object()}};
  for (const auto& id : ids) out["data"].push_back({{"id", id}, {"status", "FAILED"}, {"taskIdentifier", "sync"}});
  if (!next.empty()) out["pagination"]["next"] = next;
  return out.dump();
}

inline std::vector<std::string> numbered(int from, int to) {
  std::vector<std::string> out;
  for (int i = from; i <= to; ++i) out.push_back("run_" + std::to_string(i));
  return out;
}

struct replay_bench : kind_bench {
  replay_bench() {
    how.select.from = "-2h";
    how.select.to = "-1h";
    how.group = 2;
    kind = job::make_replay_kind(world);
  }
  planned plan() {
    job.what = how;
    return kind_bench::plan();
  }
  void answer(const std::string& body) { wire->answer(200, body); }
  std::vector<std::vector<std::string>> groups(const planned& of) const {
    std::vector<std::vector<std::string>> out;
    for (const auto& action : of.actions)
      out.push_back(nlohmann::json::parse(action.row.body).get<std::vector<std::string>>());
    return out;
  }
  spec::replay_spec how;
};

}  // namespace triggerd::test
