// Batches in two phases (contract API.md 11.6).
#pragma once

#include "api/operation.hpp"

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
// `key` is sent as it stands; empty: none.
operation<created_batch> create_batch(std::uint64_t run_count, const std::vector<std::string>& tasks,
                                      std::string_view key);

// One NDJSON line, with its line end. `options` as trigger_options gives them.
std::string batch_line(std::uint64_t index, std::string_view task, const nlohmann::json* payload,
                       const nlohmann::json& options);

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
