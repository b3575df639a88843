// Every bound of the program in one place, each with its reason. Sizes in bytes.
#pragma once

#include <chrono>
#include <cstddef>

namespace triggerd::limits {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

// --- what the server refuses (contract API.md section 6.2) ---
inline constexpr std::size_t trigger_body = 3'145'728;  // over it: 413
inline constexpr std::size_t stored_payload = 524'288;  // from here on payloads and outputs move to its object store
inline constexpr std::size_t batch_line = 3'145'728;    // over it: a failed run
inline constexpr std::size_t metadata = 262'144;        // over it: 413
inline constexpr std::size_t batch_items = 1'000;       // over it: 400
inline constexpr std::size_t batch_items_v2 = 500;
inline constexpr std::size_t tags_per_run = 10;        // over it: 422
inline constexpr std::size_t tag_length = 128;         // over it: 400
inline constexpr std::size_t idempotency_key = 2'048;  // over it: 400
inline constexpr std::size_t bulk_run_ids = 500;       // over it: 400
inline constexpr std::size_t bulk_replays_per_environment = 3;
inline constexpr std::size_t request_headers = 16'384;        // over it: 431
inline constexpr std::size_t batch_items_v1 = 100;            // of the oldest form; over it: 400
inline constexpr std::size_t batch_body_v2 = 1'000'000;       // of a batch in one request; over it: 413
inline constexpr std::size_t batch_body_v1 = 3'145'728;       // of the oldest form; over it: 413
inline constexpr std::size_t metadata_change = 2u << 20;      // of a PUT; over it: 413
inline constexpr std::size_t bulk_name = 255;                 // characters; over it: 400
inline constexpr std::size_t waitpoint_data = 3'145'728;      // of a token's completion; over it: 413
inline constexpr std::size_t concurrency_limit = 100'000;     // of runs; over it: 400
inline constexpr auto concurrency_override = hours(24 * 30);  // of one key

// --- sessions and channels (contract API.md 16) ---
inline constexpr std::size_t session_type = 64;          // characters; over it: 400
inline constexpr std::size_t session_name = 256;         // characters of an external id; over it: 400
inline constexpr std::size_t session_task = 128;         // characters; over it: 400
inline constexpr std::size_t session_body = 32u << 10;   // of a create or an update; over it: 413
inline constexpr std::size_t close_reason = 256;         // characters; over it: 400
inline constexpr std::size_t continue_reason = 64;       // characters; over it: 400
inline constexpr std::size_t channel_record = 1u << 20;  // over it: 413
inline constexpr auto session_idle = hours(1);           // over it: 400
inline constexpr auto stream_timeout = seconds(600);     // over it: 400
inline constexpr std::size_t event_line = 16u << 20;     // of a stream; a batch of records comes in one line
inline constexpr std::size_t event_data = 16u << 20;     // of all lines of one event
inline constexpr std::size_t remembered_parts = 5'000;   // to drop repeated appends, as the SDK does
inline constexpr auto reconnect_first = std::chrono::milliseconds(100);  // after a stream broke; then twice as long
inline constexpr auto reconnect_most = seconds(5);
inline constexpr std::size_t subscribed_runs = 10'000;  // of one realtime subscription, each with its payload

// --- what we allow a peer to make us hold ---
inline constexpr std::size_t response_body = 32u << 20;  // a list page of large variables; run outputs go by URL
inline constexpr std::size_t response_headers = 64u << 10;
inline constexpr std::size_t peer_words = 512;            // of an error text kept in ledger and log
inline constexpr std::size_t control_message = 1u << 20;  // one varlink message to the daemon
// One from it: metrics of 10,000 targets at work are some 20 MiB, a list of 100,000 jobs some 30.
inline constexpr std::size_t control_reply = 128u << 20;
inline constexpr std::size_t control_sessions_per_user = 32;
inline constexpr std::size_t control_backlog = 1'024;  // events kept for a slow reader before it is told it missed some
inline constexpr auto control_idle = minutes(10);
inline constexpr std::size_t control_sessions = 256;            // of all users; each holds a descriptor
inline constexpr std::size_t control_pipeline = 64;             // calls read ahead of the one that runs
inline constexpr std::size_t control_backlog_bytes = 8u << 20;  // the same bound as control_backlog, in bytes
inline constexpr std::size_t control_depth = 64;       // of a call's JSON; writing deeper values eats the stack
inline constexpr std::size_t control_page = 2u << 20;  // of records in one reply, and one of them more
inline constexpr std::size_t control_quoted = 256;     // of a parameter in the audit
inline constexpr std::size_t control_complaints =
    60;  // log lines of one user's refusals in a minute; a person makes fewer
inline constexpr auto control_linger = seconds(2);  // for the last replies to be read when the daemon ends

// --- what we do ourselves ---
inline constexpr std::size_t inline_payload = 131'072;       // from here on the SDK uses the object store, and so do we
inline constexpr std::size_t batch_chunk_bytes = 4u << 20;   // of NDJSON in one request; keeps a chunk in memory small
inline constexpr int batch_item_attempts = 8;                // the server exempts ten from its limiter
inline constexpr std::size_t bulk_groups_unfinished = 2;     // per environment, one below the server's cap
inline constexpr auto replay_margin = seconds(60);           // lists lag; a replay never selects its own runs
inline constexpr auto lookup_after = minutes(1);             // an ambiguous trigger older than this is looked up first
inline constexpr auto pending_version_notice = seconds(10);  // a mistyped task stays PENDING_VERSION
inline constexpr auto client_idle = minutes(1);              // then its connections are closed
inline constexpr auto memory_returned = client_idle + seconds(5);  // at most so often; idle clients are closed by then
inline constexpr std::size_t idle_connections = 16;  // kept per client; as many as its requests in flight by default
inline constexpr std::size_t http2_connections = 4;  // per client that asked for HTTP/2: requests share them
inline constexpr auto long_poll = seconds(60);  // for the first byte of a realtime poll; the server takes about 20 s
inline constexpr auto event_silence =
    minutes(11);  // of an event stream; the server ends one after 10 min at the latest
inline constexpr auto lookup_thread_life = minutes(1);  // resolvers give up well before: 2 tries of 5 s per server
inline constexpr std::size_t lookup_threads_left = 64;  // left behind by curl; more mean that the resolver is dead
inline constexpr auto identity_age = hours(24);         // a proof older than this is made again
inline constexpr auto identity_doubt =
    minutes(1);                                  // after a proof that held, 401s are taken for missing scopes so long
inline constexpr std::size_t reply_times = 512;  // kept per leg and per target, for quantiles
inline constexpr auto rate_wait = minutes(5);    // longest wait taken from a 429; then the action waits in the queue
inline constexpr auto rate_jitter = seconds(1);  // after a 429; other daemons wait for the same refill
inline constexpr std::size_t rate_probes = 64;   // on the wire at once without a word about the budget: it is back
inline constexpr std::size_t timed_legs = 256;   // of ended fires, whose reply times are kept: 1 MiB
inline constexpr std::size_t admissions_per_turn = 256;  // of the loop, so that a freed queue cannot hold it
inline constexpr std::size_t config_file = 8u << 20;
inline constexpr std::size_t secret_file = 64u << 10;
inline constexpr std::size_t exec_output = 64u << 20;  // of a source command, unless max_size says less
inline constexpr auto exec_timeout = seconds(30);
inline constexpr std::size_t source_line = 4u << 20;    // one NDJSON line or CSV record
inline constexpr std::size_t json_depth = 256;          // of an item; deeper ones would exhaust the stack when written
inline constexpr auto exec_grace = seconds(2);          // between TERM and KILL for a source command
inline constexpr std::size_t exec_words = 2'048;        // of its standard error kept for the message
inline constexpr auto disk_probe = seconds(1);          // between questions whether a full disk has room again
inline constexpr std::size_t recent_events = 1'024;     // kept for those who begin to listen
inline constexpr std::size_t queued_fires = 100;        // of one job with overlap = "queue"; more are skipped
inline constexpr std::size_t waiting_actions = 10'000;  // of one leg, watched for their end; more wait to be sent
inline constexpr std::size_t body_in_row = 64u << 10;   // larger bodies go to a spool file
inline constexpr std::uint64_t rejects_told = 20;       // lines of one leg in the log; the file has them all
inline constexpr auto shortest_look = std::chrono::milliseconds(200);  // between looks at what a leg waits for
inline constexpr auto longest_look = minutes(5);
inline constexpr std::size_t plan_lines = 1'000;          // shown per target
inline constexpr auto jitter_most = hours(24);            // of a schedule, as the configuration allows it
inline constexpr auto catch_up_grace = minutes(1);        // a fire later than this was missed, not merely late
inline constexpr auto start_fire_gap = minutes(10);       // on_start fires at most once in so long
inline constexpr auto resolve_again = seconds(5);         // between looks for an effect that lists may still hide
inline constexpr int resolve_looks = 12;                  // then it is unknown
inline constexpr std::size_t actions_in_memory = 256;     // planned ahead per fire and target
inline constexpr std::size_t ledger_queue = 65'536;       // writes waiting for the writer thread
inline constexpr std::size_t ledger_group = 1'024;        // writes in one commit
inline constexpr auto ledger_beat = seconds(1);           // between signs of life that tell a ledger from its copies
inline constexpr int ambiguous_attempts = 8;              // of one keyed effect before it is reported unknown
inline constexpr std::size_t catch_up_fires = 1'000;      // of one job after one absence, whatever `most` says
inline constexpr std::size_t catch_up_counted = 100'000;  // missed cron instants counted for the log; then "at least"

// --- replay and env-sync ---
inline constexpr std::size_t replay_ids = 200'000;  // of one leg: some 20 MB while it plans; more need narrower bounds
inline constexpr std::size_t list_pages = 10'000;   // of one listing; a server that pages for ever is broken
inline constexpr std::size_t list_page_size = 100;  // the most that the server takes
inline constexpr int plan_read_waits = 100;         // for one read of a plan, after 429s too
inline constexpr std::size_t recall_names = 500;    // looked up in the ledger at once
inline constexpr std::uint32_t single_replays = 4;  // on the wire at once: some speed, and nearly in order
inline constexpr std::size_t bulk_search_pages = 20;    // back to a bulk replay whose answer was lost
inline constexpr auto clock_difference = minutes(5);    // allowed between the server's clock and ours
inline constexpr auto list_lag = seconds(5);            // before a list that lacks something is believed (0.6 s seen)
inline constexpr auto list_gives_up = minutes(10);      // then what a list never showed is reported as not known
inline constexpr auto bulk_cap_wait = seconds(5);       // for one of the server's three replays to end
inline constexpr std::size_t group_looks = 2;           // groups whose new runs are listed per look, in turn
inline constexpr std::size_t run_looks = 10;            // runs retrieved per look, in turn; a list finds the others
inline constexpr std::size_t run_look_pages = 5;        // of that list
inline constexpr std::size_t variable_file = 1u << 20;  // dotenv or JSON; values stay in memory while a leg runs
inline constexpr std::size_t variables = 5'000;         // of one leg or environment
inline constexpr std::size_t names_told = 20;           // in one sentence; then "and 7 more"

// --- trigger and batch ---
inline constexpr auto watch_soonest = seconds(1);  // between looks at runs; an eighth of their age after that
inline constexpr auto watch_latest = seconds(30);
inline constexpr std::size_t runs_per_look = 1'000;  // of one leg, picked at random among more
inline constexpr std::size_t urgent_per_look = 100;  // runs past their deadline, each retrieved and perhaps cancelled
inline constexpr std::size_t tags_per_list = 50;     // in one list request: its URL stays below 4 KiB
inline constexpr std::size_t tag_pages = 10;         // of runs with one tag: replays of a run inherit it
inline constexpr int failed_lookups = 2;             // of a run by its tag; then its key has to do
inline constexpr std::size_t batches_per_look = 32;  // of one leg, picked at random among more
inline constexpr std::size_t batch_retrieves = 100;  // runs of batches retrieved per look, where lists lack them
inline constexpr auto cancelled_runs_end = minutes(1);  // after a cancel, to show their end
inline constexpr std::uint64_t items_per_turn = 256;    // read before the loop serves others
inline constexpr std::size_t fires_per_turn = 64;       // begun before the loop serves others: some ten milliseconds
inline constexpr std::uint64_t share_from = 100;        // items seen before a percentage of rejects is judged
inline constexpr std::uint32_t triggers_at_once = 16;   // of send = "each": a target's default in_flight
inline constexpr std::size_t examples_told = 3;         // of many like failures, in a note

// --- the sandbox and its listener ---
inline constexpr std::size_t sandbox_effects = 1'000'000;  // kept in memory; the effects file has all
inline constexpr std::size_t sandbox_runs = 4'000'000;     // then it answers 503: it models a server, it is none
inline constexpr std::size_t sandbox_schedules = 10'000;   // each look-up passes all of them
inline constexpr std::size_t sandbox_query_rows = 10'000;  // of one reply
inline constexpr std::size_t sandbox_prompt_versions = 10'000;
inline constexpr std::size_t sandbox_limit_keys = 10'000;
inline constexpr std::size_t sandbox_waitpoints = 1'000'000;
inline constexpr std::size_t sandbox_deployments = 10'000;  // likewise
inline constexpr std::size_t sandbox_body = 64u << 20;      // 1,000 batch items at several times their usual size
inline constexpr std::size_t sandbox_objects = 512u << 20;  // in its object store; then it answers 503
inline constexpr std::size_t sandbox_sessions = 100'000;    // then it answers 503
inline constexpr std::size_t channel_bytes = 16u << 20;     // of one channel's records; the oldest go first
inline constexpr std::size_t sandbox_channels = 1'000;      // named ones of a session, streams of a run
inline constexpr std::size_t sandbox_shape_rows = 1'000;    // of a realtime subscription, the newest
inline constexpr auto sandbox_ping = seconds(15);           // of a silent stream: a peer that is gone shows
inline constexpr std::size_t http_connections = 4'096;      // each holds a descriptor
inline constexpr std::size_t http_body = 64u << 10;         // of a request to /metrics: there is none
inline constexpr auto http_idle = seconds(65);              // the modelled server's own keep-alive
inline constexpr auto http_write = seconds(60);             // a peer that takes no byte for so long is gone
inline constexpr auto http_stall = minutes(10);             // of an ordered stall: longer than any client waits

// --- the daemon as a whole ---
inline constexpr std::size_t open_files = 1u << 20;     // counted on; some systems allow a thousand times as many
inline constexpr std::size_t files_of_our_own = 128;    // ledger, spool, sources, programs, the loop
inline constexpr std::size_t requests_in_flight = 512;  // of all targets; each may hold a connection
inline constexpr std::size_t live_clients = 4'096;      // with connections open; more close the one idle the longest
inline constexpr std::size_t log_line = 4'096;          // what a pipe takes whole without waiting (PIPE_BUF)
inline constexpr std::size_t log_text = 2'048;          // of a message; its fields need room too
inline constexpr std::size_t log_field_text = 512;
inline constexpr std::uint64_t spool_bytes = 4ull << 30;  // of all bodies that wait; then planning waits too
inline constexpr std::size_t credential_programs = 8;     // at once; a vault has limits of its own
inline constexpr auto credential_retry = minutes(1);      // after a refresh that failed
inline constexpr auto progress_gap = std::chrono::milliseconds(250);     // between replies that show progress
inline constexpr auto progress_rest = std::chrono::milliseconds(2'000);  // between them when nothing moves
inline constexpr auto prune_gap = hours(1);  // between prunings of the ledger, when fires have ended
inline constexpr auto drain_report_gap = seconds(1);
inline constexpr auto session_look = seconds(1);          // between looks at a channel that an operator follows
inline constexpr auto exchange_grace = seconds(5);        // for requests on the wire when the drain's time is over
inline constexpr auto zone_horizon = hours(24 * 730);     // so far ahead every zone's rules must reach
inline constexpr std::size_t listed = 500;                // fires or instants in one reply
inline constexpr std::size_t actions_listed = 1'000;      // in one reply
inline constexpr std::size_t places_looked_at = 16;       // targets asked for one run that nobody here knows
inline constexpr auto longest_pause = hours(24 * 3'650);  // with an end; later instants do not fit the formats
inline constexpr std::size_t job_series = 1'000;          // jobs with metrics of their own: a scrape of some 1 MiB
inline constexpr std::size_t unknown_told = 20;           // fires with unknown effects in the status

}  // namespace triggerd::limits
