// Server-sent events: the parser of their bytes, and what one subscription does over all its connections. Pure.
#pragma once

#include "api/operation.hpp"
#include "base/clock.hpp"
#include "base/random.hpp"
#include "base/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace triggerd::api {

struct sse_event {
  std::string type = "message";
  std::string id;    // the last one the stream named, perhaps before this event; empty: none
  std::string data;  // its lines, joined by line feeds
  std::optional<milliseconds> retry;
};

// Bytes in any pieces, events out, as the HTML standard (section 9.2.6) reads them. One parser per connection: what was
// not ended by an empty line when it broke is dropped.
class sse_parser {
 public:
  // The events that this piece completes. api.unreadable for a line over limits::event_line or an event over
  // limits::event_data; the parser is of no use then.
  result<std::vector<sse_event>> take(std::string_view piece);

 private:
  result<void> take_line(std::string_view line, std::vector<sse_event>& out);
  void take_field(std::string_view name, std::string_view value);

  std::string line_;  // begun, not ended
  sse_event next_;
  bool has_data_ = false;
  bool after_cr_ = false;  // a line feed would belong to the carriage return before it
  bool begun_ = false;     // past where a byte order mark may stand
};

enum class stream_step { reconnect, completed, refused };
struct stream_verdict {
  stream_step step = stream_step::reconnect;
  milliseconds wait{0};  // before the next request; reconnect only
};

// One subscription over all its connections (contract API.md 5.4): requests that resume where the last one broke, and
// what the end of each means. It never gives up by itself.
class sse_session {
 public:
  // `first` as subscribe_channel() or read_stream() made it. The random source outlives the session.
  sse_session(call first, random_source& random) : request_(std::move(first)), random_(&random) {}

  call next_request() const { return request_; }
  // A record or event was handled: the next request resumes after it, and waits are short again. Empty: no position.
  void received(const std::string& position);

  // The connection is over. A stream that ended in order is complete: the server ends it after its timeout, and the
  // caller may begin another one. One that broke, or whose server was in trouble, is asked for again; any other status is
  // for good.
  stream_verdict ended(const transport::outcome& seen);
  // The stream said that reading failed (an event of the type "error"), or could not be read.
  stream_verdict broken();

 private:
  call request_;
  random_source* random_;
  milliseconds pause_{0};  // before the next reconnection; zero: the first
};

}  // namespace triggerd::api
