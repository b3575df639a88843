// What developers write: one job, checked and with defaults filled in. Templates stand as JSON text whose strings may
// hold placeholders (spec/template.hpp).
#pragma once

#include "base/clock.hpp"
#include "spec/target_spec.hpp"
#include "spec/units.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace triggerd::spec {

enum class job_kind { trigger, batch, replay, env_sync };
std::string_view name(job_kind kind);  // "trigger", "batch", "replay", "env-sync"

struct catch_up_spec {
  enum class policy { skip, last, all };
  policy what = policy::skip;            // trigger and replay; env-sync defaults to last
  milliseconds window{6LL * 3'600'000};  // older instants are never caught up
  std::uint32_t most = 10;               // of policy all
  friend bool operator==(const catch_up_spec&, const catch_up_spec&) = default;
};

struct dst_spec {
  enum class gap_rule { shift, skip };           // a local time that does not exist: right after the gap, or not at all
  enum class fold_rule { first, second, both };  // a local time that exists twice
  gap_rule gap = gap_rule::shift;
  fold_rule fold = fold_rule::first;
  friend bool operator==(const dst_spec&, const dst_spec&) = default;
};

// Exactly one of cron, every, at, on_start; none of them: by hand only.
struct schedule_spec {
  std::string cron;                   // five or six fields, or @daily and its kin
  std::optional<milliseconds> every;  // aligned to multiples since 1970 UTC
  std::vector<instant> at;            // one or more instants
  bool on_start = false;
  std::string timezone;    // filled from [defaults.job] or [daemon]
  milliseconds jitter{0};  // stable: hash of job and instant's target-independent name
  catch_up_spec catch_up;
  dst_spec dst;

  bool any() const { return !cron.empty() || every || !at.empty() || on_start; }
  friend bool operator==(const schedule_spec&, const schedule_spec&) = default;
};

enum class overlap_policy { skip, queue, replace, allow };

struct wait_spec {
  enum class goal { none, settled, success };
  goal until = goal::none;
  std::optional<milliseconds> timeout;
  bool cancel_on_timeout = false;  // on_timeout = "cancel" | "leave"
  double require_percent = 100;    // batches: so many must succeed
  friend bool operator==(const wait_spec&, const wait_spec&) = default;
};

struct idempotency_spec {
  std::string key = "auto";   // or a template
  bool across_fires = false;  // scope = "job": across fires; "fire": per fire
  milliseconds ttl{30LL * 86'400'000};
  friend bool operator==(const idempotency_spec&, const idempotency_spec&) = default;
};

struct auth_spec {  // this job's writes only; composes field by field with the target's own
  std::optional<std::string> credential;
  std::optional<std::string> base_url;
  std::optional<std::string> branch;
  bool any() const { return credential || base_url || branch; }
  friend bool operator==(const auth_spec&, const auth_spec&) = default;
};

struct var_spec {  // a parameter of a hand-made run
  enum class type { string, integer, number, boolean, datetime };
  type kind = type::string;
  bool required = false;
  std::string match;               // string: anchored regular expression
  std::optional<double> min, max;  // integer, number
  std::string default_json;        // JSON text; empty: none
  friend bool operator==(const var_spec&, const var_spec&) = default;
};

// A program whose standard output is read; argv may hold placeholders, no shell.
struct exec_spec {
  std::vector<std::string> argv;
  milliseconds timeout{30'000};
  std::uint64_t max_size = 16u << 20;
  friend bool operator==(const exec_spec&, const exec_spec&) = default;
};

struct trigger_spec {
  std::string task;                    // template
  std::optional<std::string> payload;  // JSON text with placeholders; absent: none
  std::string payload_file;            // absolute after loading
  std::optional<exec_spec> payload_exec;
  std::string options = "{}";  // JSON object text, contract names in snake_case as in the file
  friend bool operator==(const trigger_spec&, const trigger_spec&) = default;
};

enum class item_format { inline_items, ndjson, csv, json, exec };

struct batch_spec {
  std::string task;  // template
  item_format format = item_format::inline_items;
  std::vector<std::string> items;  // inline: JSON texts
  std::string file;                // absolute after loading; template
  std::optional<exec_spec> exec;   // emits NDJSON
  bool csv_header = true;
  char csv_delimiter = ',';
  std::map<std::string, std::string> csv_types;     // column -> string, integer, number, boolean, json
  std::string map = R"({"payload":"{{ item }}"})";  // JSON object: payload, options by their snake_case names
  std::string item_key;                             // template; empty: the index
  std::string options = "{}";                       // for every item; map wins
  std::uint32_t chunk_items = 1'000;                // 1 to 1000
  std::uint64_t chunk_bytes = 4u << 20;
  std::uint32_t concurrent = 2;  // chunks at once per target
  bool resume = true;
  milliseconds seal_within{600'000};
  std::string rejects_file;           // inside state_dir; template
  std::optional<share> rejects_most;  // more stops the job
  std::optional<rate> pace;           // items per time, this job and target
  bool each = false;                  // send = "each": trigger item by item
  friend bool operator==(const batch_spec&, const batch_spec&) = default;
};

// An instant, or relative to the fire; as template text: "{{ vars.from }}", "-2h", "2026-11-24T00:00:00Z".
struct run_select {
  std::string from, to;             // both required
  std::vector<std::string> status;  // contract names, upper case
  std::vector<std::string> task, version, tag, queue, machine, region;
  std::string schedule, batch, bulk_action;
  std::optional<bool> test;
  friend bool operator==(const run_select&, const run_select&) = default;
};

struct replay_spec {
  run_select select;
  bool single = false;            // mode = "single": run by run; "paced": named bulk actions
  std::uint32_t group = 25;       // ids per bulk action, 1 to 500
  std::optional<rate> pace;       // runs per time
  std::uint32_t in_flight = 200;  // replayed runs not yet settled
  bool newest_first = false;
  std::uint64_t expect_min = 0;
  std::optional<std::uint64_t> expect_max;
  bool once = false;  // per run, across fires of this job
  friend bool operator==(const replay_spec&, const replay_spec&) = default;
};

struct variable_source {
  enum class kind { dotenv, json, exec, values };
  kind from = kind::values;
  std::string file;  // template; absolute after loading
  std::optional<exec_spec> exec;
  std::string exec_format = "dotenv";           // or "json"
  std::map<std::string, std::string> values;    // literal templates
  std::map<std::string, value_source> secrets;  // typed references
  std::vector<std::string> when;                // selector; empty: always
  friend bool operator==(const variable_source&, const variable_source&) = default;
};

enum class managed { never, managed, all };  // of override and prune

struct env_sync_spec {
  std::vector<variable_source> sources;
  bool parent_scope = false;  // scope = "parent": the preview environment's shared set
  std::vector<std::string> include{"*"}, exclude, required, plain;  // globs
  std::map<std::string, std::string> rename;
  enum class empty_rule { refuse, skip, remove };
  empty_rule empty = empty_rule::refuse;
  managed override_existing = managed::managed;
  managed prune = managed::never;
  std::optional<std::uint64_t> max_delete;
  std::optional<share> max_change;
  bool allow_recreate = false;
  std::optional<milliseconds> rewrite_every;
  bool verify = true;
  friend bool operator==(const env_sync_spec&, const env_sync_spec&) = default;
};

struct job_spec {
  std::string name;
  std::string description;
  bool enabled = true;
  std::map<std::string, std::string> labels;
  std::vector<std::string> targets;  // selector
  bool allow_empty = false;
  std::uint32_t parallel = 4;           // targets at once
  bool stop_on_failure = false;         // on_target_failure = "stop"
  std::optional<milliseconds> timeout;  // of a fire on one target
  retry_spec retry{
      .attempts = 1, .backoff_first = milliseconds(2'000), .backoff_most = milliseconds(120'000)};  // of the fire
  overlap_policy overlap = overlap_policy::skip;
  wait_spec wait;
  idempotency_spec idempotency;
  auth_spec auth;
  std::map<std::string, var_spec> vars;
  schedule_spec schedule;
  std::variant<trigger_spec, batch_spec, replay_spec, env_sync_spec> what;

  std::string text;    // the merged table as canonical JSON: what a fire stores, read back by config::decode_job
  std::string origin;  // "file:line:col", for people

  job_kind kind() const { return static_cast<job_kind>(what.index()); }
  friend bool operator==(const job_spec& a, const job_spec& b) { return a.name == b.name && a.text == b.text; }
};

// Never copied: there may be a hundred thousand, each of some kilobytes, and fires keep those that they began with.
using job_list = std::vector<std::shared_ptr<const job_spec>>;

}  // namespace triggerd::spec
