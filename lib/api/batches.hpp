// Batches in two phases (contract API.md 11.6); batch_requests.hpp has the older forms, run_results.hpp the results.
#pragma once

#include "api/idempotency_keys.hpp"
#include "api/operation.hpp"
#include "api/own_options.hpp"
#include "api/payload.hpp"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>
#include <vector>

namespace triggerd::api {

struct created_batch {
  std::string id;  // "batch_..."
  std::uint64_t run_count = 0;
  bool cached = false;
};
// For those who want more of a reply than this.
result<created_batch> read_created_batch(const transport::response& reply);

// `key` is sent as it stands; empty: none.
operation<created_batch> create_batch(std::uint64_t run_count, const std::vector<std::string>& tasks,
                                      std::string_view key);

struct batch_draft {
  std::uint64_t run_count = 0;     // exactly as many items follow: 1 to limits::batch_items
  std::vector<std::string> tasks;  // of the items; empty: not told
  idempotency_key key;             // a repeated one is refused with 422 and no id; none: none
  std::string parent_run;          // inside a task: its run
  bool resume_parent = false;      // the parent waits for the batch; needs `parent_run`
};
// The same, with what a task's own run or a caller's key adds. api.bad-argument for what the server would refuse.
result<operation<created_batch>> create_batch(const batch_draft& what);

// A batch's item: task, payload and options, the last as trigger_options gives them. An empty task is left out.
std::string batch_item(std::string_view task, const nlohmann::json* payload, const nlohmann::json& options);
// One NDJSON line, with its line end: the item under its index.
std::string batch_line(std::uint64_t index, std::string_view task, const packed_payload& payload,
                       const nlohmann::json& options, const own_options& own = {});
std::string batch_line(std::uint64_t index, std::string_view task, const nlohmann::json* payload,
                       const nlohmann::json& options, const own_options& own = {});

struct streamed_items {
  std::uint64_t accepted = 0, deduplicated = 0;
  bool sealed = false;
  std::optional<std::uint64_t> enqueued, expected;  // while not sealed; `enqueued` proves no prefix
};
// The whole chunk; repeating it is safe (deduplicated by index).
operation<streamed_items> stream_items(std::string_view batch, std::shared_ptr<const std::string> lines);

struct batch_error {
  std::uint64_t index = 0;
  std::string task, text, code;
};
struct batch_view {
  std::string id, status;
  std::uint64_t run_count = 0;
  std::vector<std::string> runs;    // empty until processing ends
  std::vector<batch_error> errors;  // items that became no run
  bool processed = false;           // processing.completedAt is set
  bool ended() const { return status == "COMPLETED" || status == "ABORTED"; }
};
operation<batch_view> retrieve_batch(std::string_view batch);

}  // namespace triggerd::api
