// What stands in a channel of a session or in a stream of a run: from server-sent events to records (contract API.md
// 16.6, 15.2).
#pragma once

#include "api/sse.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

namespace triggerd::api {

struct channel_record {
  std::string position;  // what a read resumes after: a sequence number, or "<ms>-<n>" of version 1
  std::optional<std::uint64_t> seq;
  std::optional<instant> at;  // unset in a drain
  std::string part;           // the append it came from; empty: not said
  std::string data;           // JSON text; empty in control records
  std::string control;        // "turn-complete", "upgrade-required", "session-closed", "pending-version"; empty: data
  std::vector<std::pair<std::string, std::string>> headers;  // of control records they carry the values

  bool is_control() const { return !control.empty(); }
  std::string header(std::string_view name) const;  // "": none
};

// The parts seen lately: the last limits::remembered_parts of them. An append that was repeated comes twice.
class seen_parts {
 public:
  bool first_time(const std::string& part);

 private:
  std::unordered_set<std::string> known_;
  std::deque<std::string> order_;
};

// Makes records of the events of one subscription, across its reconnections.
class channel_reader {
 public:
  // Nothing for events of other types than the contract's (pings). api.unreadable for an event that is not what it says;
  // its position was not taken. An event of the type "error" says that reading failed: see sse_session::broken().
  result<std::vector<channel_record>> take(const sse_event& event);

  // Of the last record, storage commands and repeated parts included; empty: none yet.
  const std::string& position() const { return position_; }

 private:
  seen_parts parts_;
  std::string position_;
};

// {"records": [...]} of a drain: no storage commands, parts as they stand.
result<std::vector<channel_record>> read_drained(const transport::response& reply);

}  // namespace triggerd::api
