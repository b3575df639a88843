// Streams of a run (contract API.md 15.2), and what they share with the channels of sessions.
#pragma once

#include "api/operation.hpp"
#include "base/clock.hpp"
#include "base/secret.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace triggerd::api {

// How a stream is read as server-sent events.
struct stream_request {
  std::string last_event_id;       // resume after it; empty: from the beginning
  std::optional<seconds> timeout;  // the server ends the stream after it: 1 to 600 s
  bool peek_settled = false;       // channels of sessions: end at once when nothing is pending
  bool from_latest = false;        // channels of sessions: skip what is there; not together with last_event_id
};
// Puts the request's headers into a call; api.bad-argument for what the server refuses or misreads.
result<void> ask_for_events(call& what, const stream_request& how);

// GET /realtime/v1/streams/{run}/{key}: server-sent events; see sse_session and channel_reader.
result<call> read_stream(std::string_view run, std::string_view key, const stream_request& how);

enum class stream_target { self, parent, root };  // of the run: itself, or a run above it

// Where the bytes of a stream are kept: the storage's own address, for programs that talk to it directly.
struct stream_storage {
  std::string version;  // "v2"
  std::string basin, stream;
  std::shared_ptr<secret> access_token;  // null: none came
};
result<stream_storage> read_stream_storage(const transport::response& reply);
operation<stream_storage> open_stream(std::string_view run, stream_target target, std::string_view key);

// One record as it stands, at most 1 MiB. Sending it twice appends it twice.
result<operation<nothing>> append_to_stream(std::string_view run, stream_target target, std::string_view key,
                                            std::string_view record);

// One value, as JSON text, for a task that waits for input; at most 1 MiB. Sending it twice gives it twice.
result<operation<nothing>> send_input(std::string_view run, std::string_view stream, std::string_view data);

}  // namespace triggerd::api
