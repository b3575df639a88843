// What stands in the modelled world when it starts: projects, environments, keys, tasks, variables, past runs, limits.
#pragma once

#include "base/clock.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace triggerd::sandbox {

enum class environment_type { development, staging, preview, production };

// How runs end that are left alone; what remains of 1 is success.
struct outcome_shares {
  double fails = 0;
  double crashes = 0;
  double times_out = 0;
  double system_failure = 0;
};

// A task that the environment's deployment knows. Times are drawn between their bounds, per run, from the seed.
struct known_task {
  std::string name;
  milliseconds queued_min{50}, queued_max{400};
  milliseconds runs_min{100}, runs_max{800};
  outcome_shares shares;
  std::optional<outcome_shares> replayed;  // of replays; absent: like the first time
  std::vector<std::string> queues;         // besides its own, "task/<name>"
  bool scheduled = false;                  // schedules may run it
  std::string cron;                        // declared with the task; empty: none. It makes the task a scheduled one
  std::string zone = "UTC";                // of `cron`
  bool obeys_payload =
      false;  // {"behaviour": "fail" | "crash" | "maxduration" | "hold" | "noout"} in the payload decides
};

struct variable {
  std::string name;
  std::string value;
  bool secret = false;
};

struct additional_key {
  std::string key;                  // tr_prod_sk_...
  std::vector<std::string> scopes;  // empty: full access
};

// Runs that ended before the world starts, spread evenly between two instants.
struct past_runs {
  std::string task;
  std::size_t count = 0;
  milliseconds oldest{0}, newest{0};  // before the start
  std::string status = "FAILED";      // COMPLETED, FAILED, CRASHED, TIMED_OUT, SYSTEM_FAILURE, CANCELED or EXPIRED
  std::vector<std::string> tags;
};

// Runs of a queue at once. "task/hello" is the own queue of hello.
struct queue_bound {
  std::string name;
  std::int64_t limit = 0;
};

// A concurrency limit that several queues can share (contract API.md 18, newer servers only).
struct shared_limit {
  std::string name;
  std::optional<std::int64_t> total, per_key;
};

// A prompt as the deployment has it: its first version.
struct known_prompt {
  std::string slug;
  std::string text;
};

struct branch {
  std::string name;
  std::string id;  // empty: made from the names
  bool archived = false;
  std::vector<variable> variables;
  std::vector<past_runs> past;
};

struct environment {
  environment_type type = environment_type::production;
  std::string id;         // empty: made from the names
  std::string key;        // the root key, tr_prod_...
  std::string export_as;  // name of the variable that --print-env gives the key
  std::vector<additional_key> additional_keys;
  std::vector<known_task> tasks;  // shared by the branches of a preview environment
  std::vector<variable> variables;
  std::vector<past_runs> past;
  std::vector<branch> branches;        // preview only
  std::string version = "20261124.1";  // of the current deployment
  std::size_t queue_limit = 0;         // runs that may wait; 0: any number
  std::vector<queue_bound> queue_bounds;
  std::vector<shared_limit> limits;
  std::vector<known_prompt> prompts;
  bool paused = false;
};

struct project {
  std::string ref;  // proj_...
  std::string name;
  std::string id;  // empty: made from the ref
  std::vector<environment> environments;
};

struct access_token {
  std::string value;  // tr_pat_...
  std::string email = "operator@example.test";
  std::string user = "Operator";
  std::vector<std::string> projects;  // refs its user can see; empty: all
  std::string export_as;
};

struct bucket {
  std::int64_t size = 0;    // 0: not limited
  std::int64_t refill = 0;  // tokens added at once, `every` so often
  milliseconds every{10'000};
};

// The self-hosted server's; the hosted one has larger ones.
struct rate_limits {
  bucket api{750, 250};
  bucket management{1'500, 500};
  bucket batch{1'200, 100};             // counts batch items
  std::int64_t tokens_per_minute = 60;  // requests of one public access token
};

// How long the server takes for what it does behind a reply.
struct paces {
  milliseconds list_lag{600};          // until lists show a run, or its new status
  milliseconds batch_processing{260};  // from the seal of a batch to its runs
  milliseconds bad_item{40'000};       // until the server gives an item up that it cannot trigger
  milliseconds bulk_start{800};        // from the creation of a bulk action to its first runs
  milliseconds bulk_step{200};         // between groups of `bulk_group` runs
  std::size_t bulk_group = 100;
  milliseconds session_turn{400};   // from what comes into a session to its answer
  milliseconds cancel_settle{500};  // until a cancelled running run has its finishedAt
};

struct world {
  std::vector<project> projects;
  std::vector<access_token> tokens;
  rate_limits limits;
  paces pace;
  std::string base_url = "http://127.0.0.1:4040";  // shown in replies
  std::vector<std::string> regions = {"local"};    // the first is the default
};

}  // namespace triggerd::sandbox
