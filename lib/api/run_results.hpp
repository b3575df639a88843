// Results as the server's older engine kept them (contract API.md 13.8, 11.6). The current one answers 404 for most
// runs, and no items for batches: retrieve_run_record() is what tells a result today.
#pragma once

#include "api/failure.hpp"
#include "api/operation.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace triggerd::api {

struct run_result {
  std::string run, task;
  bool ok = false;
  std::string output, output_type;  // text as the task gave it; "application/super+json", ...
  std::string error;                // JSON text; empty: none
};
operation<run_result> retrieve_run_result(std::string_view run);
// There is no result, or none yet, or no such run.
inline bool has_no_result(const failure& why) { return why.status == 404; }

struct batch_results {
  std::string id;
  std::vector<run_result> items;
};
operation<batch_results> retrieve_batch_results(std::string_view batch);

}  // namespace triggerd::api
