// One chunk of a batch, sent and watched.
#pragma once

#include "unit/job/batch_bench.hpp"

#include <string>
#include <vector>

namespace triggerd::test {

inline constexpr auto created = R"({"id":"batch_1","runCount":3,"isCached":false})";
inline constexpr auto created_anew = R"({"id":"batch_2","runCount":3,"isCached":false})";
inline constexpr auto all_in = R"({"id":"batch_1","itemsAccepted":3,"itemsDeduplicated":0,"sealed":true,"runCount":3})";
inline constexpr auto short_by_one =
    R"({"id":"batch_1","itemsAccepted":2,"itemsDeduplicated":0,"sealed":false,"runCount":3,)"
    R"("enqueuedCount":2,"expectedCount":3})";

struct send_bench : batch_bench {
  store::action_row row;

  send_bench() { prepare(); }
  void prepare() {
    numbered(3);
    set();
    row = only_action();
  }
  job::effect send() { return apply(row); }

  // A sealed chunk, as the engine holds it.
  std::vector<store::action_row> sealed() {
    wire->answer(202, created);
    wire->answer(200, all_in);
    REQUIRE(send().state == job::effect_state::waiting);
    wire->requests.clear();
    return {row};
  }
  static std::string shown_batch(const std::string& status, bool processed, const std::vector<std::string>& runs,
                                 const std::string& errors = "[]") {
    nlohmann::json batch{{"id", "batch_1"}, {"status", status}, {"runCount", 3}, {"runs", runs}};
    batch["processing"] = {{"errors", nlohmann::json::parse(errors)}};
    if (processed) batch["processing"]["completedAt"] = "2026-11-24T02:24:31.000Z";
    return batch.dump();
  }
};

inline const std::vector<std::string> three{"run_a", "run_b", "run_c"};

}  // namespace triggerd::test
