// One run in full, and what is changed in it besides cancelling and replaying (contract API.md 13.3, 13.8). Who only
// follows a run asks retrieve_run(), which reads far less.
#pragma once

#include "api/arguments.hpp"
#include "api/operation.hpp"
#include "api/packets.hpp"
#include "api/runs.hpp"
#include "base/clock.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace triggerd::api {

struct related_run {
  std::string id, task, status;
};
struct run_schedule {
  std::string id, external_id, deduplication_key;  // empty id: the run is of no schedule
  std::string cron, description;
};

// Texts are empty and counts zero where the server says nothing. JSON text is what the server decoded; whole numbers
// beyond 2^53 have lost digits there.
struct run_record : run_view {
  std::optional<instant> updated, started, delayed_until, expired;
  std::string version, region, ttl;  // ttl: "10m"
  std::string trigger_function;      // "trigger", "triggerAndWait", "batchTrigger", "batchTriggerAndWait"
  std::string task_kind;             // "STANDARD", "SCHEDULED", ...
  bool test = false;
  std::int64_t depth = 0;          // 0: top level
  std::int64_t attempt_count = 0;  // the attempts themselves are not told
  double cost_in_cents = 0, base_cost_in_cents = 0;
  double duration_ms = 0;                              // of computing
  std::string metadata;                                // JSON text of an object
  std::string payload, output;                         // JSON text, or else where it is to be downloaded:
  std::optional<presigned> payload_at, output_at;      // packets.hpp says how
  std::string error_name, error_message, error_stack;  // the task's own words, unescaped
  std::string error_causes;                            // JSON text
  run_schedule schedule;
  std::optional<related_run> root, parent;
  std::vector<related_run> children;
};
operation<run_record> retrieve_run_record(std::string_view run);

// Only a run that is DELAYED; any other is refused with 400. Repeatable with an instant.
result<operation<run_record>> reschedule_run(std::string_view run, const moment& delay);

// Adds them; more than limits::tags_per_run together and none is added (422).
result<operation<nothing>> add_tags(std::string_view run, const std::vector<std::string>& tags);

struct run_metadata {
  std::string value;  // JSON text; empty: none
  std::string type;   // "application/json"; empty: not told
};
operation<run_metadata> retrieve_metadata(std::string_view run);

struct metadata_operation {
  enum class form { set, append, remove, increment, erase, update };
  form what = form::set;
  std::string key;    // "progress", or a path such as "$.a.b"; of an update: none
  std::string value;  // JSON text: a number for increment, an object for update, nothing for erase
};
// Replaces everything, or works on it, on the parent's and on the root's. At most limits::metadata_change bytes.
struct metadata_change {
  std::optional<std::string> replace;  // JSON text of an object
  std::vector<metadata_operation> operations, of_parent, of_root;
};
// What is there afterwards. Repeatable when it only replaces.
result<operation<run_metadata>> change_metadata(std::string_view run, const metadata_change& what);

}  // namespace triggerd::api
