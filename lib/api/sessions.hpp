// Sessions: a durable pair of channels bound to a task (contract API.md 16). `session` is everywhere an id
// ("session_...") or an external id.
#pragma once

#include "api/channel_records.hpp"
#include "api/operation.hpp"
#include "api/packets.hpp"
#include "api/streams.hpp"
#include "base/clock.hpp"
#include "base/secret.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace triggerd::api {

// --- the session itself ---

enum class session_status { active, closed, expired };

struct session_view {
  std::string id, external_id, type, task;
  std::string trigger_config;  // JSON text, as the server keeps it; empty: not shown
  std::string current_run;
  std::vector<std::string> tags;
  std::string metadata;  // JSON text of an object; empty: none
  std::string closed_reason;
  std::optional<instant> closed, expires, created, updated;
  session_status status(instant now) const;  // closed wins over expired
};

struct session_trigger {            // how the runs of a session are triggered
  std::string base_payload = "{}";  // JSON text of an object
  std::string machine, queue, concurrency_key;
  std::string concurrency;  // JSON text, as the wire wants it; empty: not sent
  std::vector<std::string> tags;
  std::optional<std::uint32_t> max_attempts;  // 1 to 10
  std::optional<seconds> max_duration;
  std::string lock_to_version, external_deployment_id, region;
  std::optional<seconds> idle_timeout;  // at most an hour
  std::optional<milliseconds> ttl;      // whole seconds, rounded up
};

struct session_draft {
  std::string type;         // 1 to 64 characters: the caller's word for its kind of session
  std::string external_id;  // at most 256 characters, not "session_..."; empty: every call makes another session
  std::string task;
  session_trigger trigger;
  std::vector<std::string> tags;
  std::string metadata;  // JSON text of an object; empty: none
  std::optional<instant> expires;
};

struct session_started {
  session_view session;
  std::string run;
  std::shared_ptr<secret> token;  // a public token that reads and writes this session for an hour; null: none came
  bool cached = false;            // it existed; its trigger was replaced
  bool pending_version = false;   // no deployed version has the task yet
};
// With an external id, sending it twice is harmless. A closed or expired session of that id: 409, take another id.
// api.bad-argument for what the server would refuse.
result<operation<session_started>> start_session(const session_draft& what);

struct session_filter {  // empty: not sent
  std::string type;
  std::vector<std::string> tag, task, external_id;
  std::vector<session_status> status;
  std::string period;  // "7d"
  std::optional<instant> from, to;
  std::size_t page_size = 0;  // 1 to 100; 0: the server's default of 20
  std::string after, before;  // cursors; with both the server answers 400
};
struct session_page {
  std::vector<session_view> sessions;
  std::string next, previous;  // cursors; empty: no such page
};
operation<session_page> list_sessions(const session_filter& which);

operation<session_view> retrieve_session(std::string_view session);

struct session_change {  // unset: as it is
  std::optional<std::vector<std::string>> tags;
  std::optional<std::string> metadata;  // JSON text of an object; "null" or empty: none from now on
  std::string external_id;              // one that is set cannot be changed: 422
};
// A secret key with full access, as for closing.
result<operation<session_view>> update_session(std::string_view session, const session_change& what);

// The first reason and instant stay. At most 256 characters; empty: none. `calling_run`: the run that closes it.
result<operation<session_view>> close_session(std::string_view session, std::string_view reason = {},
                                              std::string_view calling_run = {});

struct session_continued {
  std::string run;
  bool swapped = false;  // the session has another run now; false: somebody else was faster
  bool pending_version = false;
};
// The session goes on in a new run, of the newest version. Not harmless to repeat. `reason` is 1 to 64 characters.
result<operation<session_continued>> end_and_continue(std::string_view session, std::string_view calling_run,
                                                      std::string_view reason,
                                                      std::string_view external_deployment_id = {});

// Where the snapshot of the session is put, and got from; see upload() and download().
operation<presigned> snapshot_upload(std::string_view session);
operation<presigned> snapshot_download(std::string_view session);

struct session_transcript {
  std::vector<std::string> messages;          // JSON text, each
  std::string last_out_event, last_in_event;  // to subscribe from; empty: none
  std::string next;                           // for `before`; empty: no older ones
};
operation<session_transcript> session_messages(std::string_view session, std::uint32_t limit = 0,
                                               std::string_view before = {});

// --- its channels ---

enum class channel_side { in, out };

struct session_channel {
  std::string session;
  channel_side side = channel_side::out;
  std::string name = {};  // empty: the session's own pair
};

operation<stream_storage> open_channel(const session_channel& where);

struct channel_appended {
  std::optional<std::uint64_t> seq;
};
// One record, sent as it stands, at most 1 MiB. The server drops a repeat of the same part id for five minutes; take a
// fresh one (a UUID) for each record and keep it over all attempts. `out` takes a secret key alone.
result<operation<channel_appended>> append_record(const session_channel& where, std::string_view record,
                                                  std::string_view part_id);

// What is there now, after the record of that sequence number; empty: from the beginning.
operation<std::vector<channel_record>> drain_channel(const session_channel& where,
                                                     std::string_view after_event_id = {});

// The request of server-sent events; see sse_session and channel_reader.
result<call> subscribe_channel(const session_channel& where, const stream_request& how);

}  // namespace triggerd::api
