// Every bound of the program in one place, each with its reason. Sizes in bytes.
#pragma once

#include <chrono>
#include <cstddef>

namespace triggerd::limits {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

// --- what the server refuses (contract API.md section 6.2) ---
inline constexpr std::size_t trigger_body = 3'145'728;        // over it: 413
inline constexpr std::size_t batch_line = 3'145'728;          // over it: a failed run
inline constexpr std::size_t metadata = 262'144;              // over it: 413
inline constexpr std::size_t batch_items = 1'000;             // over it: 400
inline constexpr std::size_t batch_items_v2 = 500;
inline constexpr std::size_t tags_per_run = 10;               // over it: 422
inline constexpr std::size_t tag_length = 128;                // over it: 400
inline constexpr std::size_t idempotency_key = 2'048;         // over it: 400
inline constexpr std::size_t bulk_run_ids = 500;              // over it: 400
inline constexpr std::size_t bulk_replays_per_environment = 3;
inline constexpr std::size_t request_headers = 16'384;        // over it: 431

// --- what we allow a peer to make us hold ---
inline constexpr std::size_t response_body = 32u << 20;       // a list page of large variables; run outputs go by URL
inline constexpr std::size_t response_headers = 64u << 10;
inline constexpr std::size_t peer_words = 512;                // of an error text kept in ledger and log
inline constexpr std::size_t control_message = 1u << 20;      // one varlink message
inline constexpr std::size_t control_sessions_per_user = 32;
inline constexpr std::size_t control_backlog = 1'024;         // events kept for a slow reader before it is told it missed some
inline constexpr auto control_idle = minutes(10);
inline constexpr std::size_t control_sessions = 256;           // of all users; each holds a descriptor
inline constexpr std::size_t control_pipeline = 64;           // calls read ahead of the one that runs
inline constexpr std::size_t control_backlog_bytes = 8u << 20;  // the same bound as control_backlog, in bytes
inline constexpr std::size_t control_depth = 64;              // of a call's JSON; writing deeper values eats the stack
inline constexpr auto control_linger = seconds(2);            // for the last replies to be read when the daemon ends

// --- what we do ourselves ---
inline constexpr std::size_t batch_chunk_bytes = 4u << 20;    // of NDJSON in one request; keeps a chunk in memory small
inline constexpr int batch_item_attempts = 8;                 // the server exempts ten from its limiter
inline constexpr std::size_t bulk_groups_unfinished = 2;      // per environment, one below the server's cap
inline constexpr auto replay_margin = seconds(60);            // lists lag; a replay never selects its own runs
inline constexpr auto lookup_after = minutes(1);              // an ambiguous trigger older than this is looked up first
inline constexpr auto pending_version_notice = seconds(10);   // a mistyped task stays PENDING_VERSION
inline constexpr auto client_idle = minutes(1);               // then its connections are closed
inline constexpr std::size_t idle_connections = 16;           // kept per client; as many as its requests in flight by default
inline constexpr std::size_t http2_connections = 4;           // per client that asked for HTTP/2: requests share them
inline constexpr auto lookup_thread_life = minutes(1);        // resolvers give up well before: 2 tries of 5 s per server
inline constexpr std::size_t lookup_threads_left = 64;        // left behind by curl; more mean that the resolver is dead
inline constexpr auto identity_age = hours(24);               // a proof older than this is made again
inline constexpr std::size_t reply_times = 512;                 // kept per leg and per target, for quantiles
inline constexpr auto rate_wait = minutes(5);                 // longest wait taken from a 429; then the action waits in the queue
inline constexpr std::size_t config_file = 8u << 20;
inline constexpr std::size_t secret_file = 64u << 10;
inline constexpr std::size_t exec_output = 64u << 20;         // of a source command, unless max_size says less
inline constexpr auto exec_timeout = seconds(30);
inline constexpr std::size_t source_line = 4u << 20;          // one NDJSON line or CSV record
inline constexpr std::size_t json_depth = 256;                // of an item; deeper ones would exhaust the stack when written
inline constexpr auto exec_grace = seconds(2);                // between TERM and KILL for a source command
inline constexpr std::size_t exec_words = 2'048;              // of its standard error kept for the message
inline constexpr std::size_t actions_in_memory = 256;         // planned ahead per fire and target
inline constexpr std::size_t ledger_queue = 65'536;           // writes waiting for the writer thread
inline constexpr std::size_t ledger_group = 1'024;            // writes in one commit
inline constexpr int ambiguous_attempts = 8;                  // of one keyed effect before it is reported unknown
inline constexpr std::size_t catch_up_fires = 1'000;          // of one job after one absence, whatever `most` says
inline constexpr std::size_t catch_up_counted = 100'000;      // missed cron instants counted for the log; then "at least"

// --- the sandbox and its listener ---
inline constexpr std::size_t sandbox_effects = 1'000'000;     // kept in memory; the effects file has all
inline constexpr std::size_t sandbox_runs = 4'000'000;        // then it answers 503: it models a server, it is none
inline constexpr std::size_t sandbox_body = 64u << 20;        // 1,000 batch items at several times their usual size
inline constexpr std::size_t http_connections = 4'096;        // each holds a descriptor
inline constexpr std::size_t http_body = 64u << 10;           // of a request to /metrics: there is none
inline constexpr auto http_idle = seconds(65);                // the modelled server's own keep-alive
inline constexpr auto http_write = seconds(60);               // a peer that takes no byte for so long is gone

}  // namespace triggerd::limits
