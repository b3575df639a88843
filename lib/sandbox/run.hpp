// One run: what was asked for, where it stands, and how it got there.
#pragma once

#include "base/clock.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace triggerd::sandbox {

struct live_environment;
struct queue;

enum class run_status : std::uint8_t {
  pending_version,
  delayed,
  queued,
  executing,  // may still move
  completed,
  canceled,
  failed,
  crashed,
  system_failure,
  expired,
  timed_out,  // final
};
constexpr std::size_t run_statuses = 11;

std::string_view name_of(run_status status);
std::optional<run_status> read_status(std::string_view name);
constexpr bool is_final(run_status s) { return s >= run_status::completed; }
// A failed run gives its idempotency key back; a completed or cancelled one keeps it.
constexpr bool frees_key(run_status s) { return s >= run_status::failed; }

// What a run and its replays share.
struct run_input {
  std::string task;
  bool has_payload = false;
  bool stored = false;       // the payload lies in the object store: only its address is shown
  std::string address;       // there, in the environment's folder
  std::string payload;       // JSON, superjson or plain text, as payload_type says
  std::string payload_type;  // "application/json" when the caller said nothing
  std::string queue;         // empty: the task's own
  std::string concurrency_key;
  std::string machine;
  std::string region;
  std::string metadata;  // JSON; empty: none
  bool test = false;
};

// Drawn at birth.
struct fate {
  milliseconds queued{0};
  milliseconds runs{0};
  run_status end = run_status::completed;
  bool holds = false;   // runs until somebody cancels it
  bool silent = false;  // no output
  bool late = false;    // cancelled before its start it shows no finishedAt
};

struct transition {
  instant at{};
  run_status to{};
};

struct run {
  std::uint64_t number = 0;
  live_environment* where = nullptr;
  queue* waits_in = nullptr;
  std::shared_ptr<const run_input> input;
  std::shared_ptr<const std::vector<std::string>> tags;  // sorted
  fate destiny;
  run_status status = run_status::queued;
  std::uint32_t generation = 0;  // of its next change
  instant created{};
  instant updated{};
  std::optional<instant> started, finished, delayed_until, expires;
  std::vector<transition> history;  // oldest first
  std::string version;              // that it started with
  std::string ttl;                  // as shown; empty: none
  std::string key;                  // idempotency key as sent
  std::string shown_key;            // as read back
  std::string metadata;             // of its own, after an update; empty: the input's
  std::string error;                // message; empty: none
  std::uint64_t batch = 0;
  std::uint64_t bulk = 0;
  bool batched = false;                   // made by a batch
  std::vector<std::uint64_t> awaited_by;  // batches
};

// How the run looked at an instant: lists lag.
struct run_look {
  run_status status{};
  instant updated{};
  std::optional<instant> started, finished;
};
run_look look(const run& of, instant as_of);

}  // namespace triggerd::sandbox
