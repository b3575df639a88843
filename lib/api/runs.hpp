// Runs: retrieve, list, cancel, replay (contract API.md 13).
#pragma once

#include "api/operation.hpp"
#include "api/run_options.hpp"
#include "base/clock.hpp"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace triggerd::api {

// Decided from `status` alone; an unknown status counts as going on unless `finishedAt` is set (contract API.md 13.1).
enum class run_phase { waiting_for_version, going_on, succeeded, failed, cancelled };

struct run_view {
  std::string id, task, status;
  std::string idempotency_key;
  std::vector<std::string> tags;
  std::optional<instant> created, finished;
  std::string error_text;  // printable, bounded
  std::string batch;
  run_phase phase() const;
  bool ended() const { return phase() != run_phase::waiting_for_version && phase() != run_phase::going_on; }
  bool failed() const { return phase() == run_phase::failed; }  // FAILED CRASHED SYSTEM_FAILURE EXPIRED TIMED_OUT
};

operation<run_view> retrieve_run(std::string_view run);   // run_details.hpp has the whole of it
result<run_view> run_view_of(const nlohmann::json& run);  // of any reply that holds runs

struct run_filter {  // of list_runs, in the contract's order; empty: not sent
  std::vector<std::string> status, task, version;
  std::string bulk_action;
  std::vector<std::string> tag;
  std::string schedule;
  std::optional<bool> test;
  std::optional<instant> from, to;
  std::string period;  // "7d": back from now, by the server's clock
  std::string batch;
  std::vector<std::string> queue;  // as the wire wants them: "task/NAME" or "NAME"
  std::vector<std::string> machine, region;
  std::string error;            // id of a group of errors (error_groups.hpp)
  std::size_t page_size = 100;  // 1 to 100; 0: the server's default
  std::string after, before;    // cursors; at most one, or the server takes `before`
};
struct run_page {
  std::vector<run_view> runs;  // newest first; may be empty although `next` is set
  std::string next;            // cursor; empty: the last page
};
// Eventually consistent: a new run is missing for a moment, and status lags.
operation<run_page> list_runs(const run_filter& which);
// The same with a personal access token. `env` is one of dev, stg, prod, preview (spec::list_slug); without it or with
// another the server fails for good. Preview branches cannot be addressed.
operation<run_page> list_project_runs(std::string_view project, std::string_view env, const run_filter& which);

operation<nothing> cancel_run(std::string_view run);

struct replayed {
  std::string run;  // the new one; nothing links it to the old one afterwards
};
operation<replayed> replay_run(std::string_view run);

// What is to differ from the old run. Only newer servers look at it: others replay the run as it was, without a word.
struct replay_overrides {
  std::optional<std::string> payload;  // JSON text
  std::string payload_meta;            // JSON text of superjson's "meta" of it; empty: plain JSON it is
  // The key is sent as it stands, never hashed. What a replay cannot change is api.bad-argument: concurrency, test,
  // debounced, external_deployment_id, parent_run.
  run_options options;
};
result<operation<replayed>> replay_run(std::string_view run, const replay_overrides& changes);

}  // namespace triggerd::api
