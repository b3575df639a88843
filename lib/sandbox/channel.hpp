// One stream of records: appended at its end, read from anywhere. The oldest go when it grows too large.
#pragma once

#include "base/limits.hpp"
#include "sandbox/json_text.hpp"
#include "sandbox/message.hpp"

#include <deque>
#include <map>

namespace triggerd::sandbox {

// How a channel is read. v1 of run streams: the data alone, "id: <ms>-<n>". v2: "event: batch" with whole records
// (contract API.md 15.2, 16.6).
enum class stream_version : std::uint8_t { v1, v2 };

struct record {
  std::uint64_t seq = 0;  // from 0, never used twice
  instant at{};
  json data;            // of a control record nothing
  std::string part;     // the id that its sender gave it; empty: none
  header_list headers;  // of a control record

  std::string body() const;  // {"data":...,"id":...}; of a control record empty
};

class channel {
 public:
  struct place {
    std::uint64_t seq = 0;
    bool fresh = true;
  };
  // `body` is data as JSON, or else text. The part that came in the last 5 minutes keeps its place (contract API.md 16.5).
  place append(std::string_view body, const std::string& part, instant now);
  void append_control(std::string_view what, header_list more, instant now);  // "turn-complete"

  const std::deque<record>& all() const { return records_; }
  std::vector<const record*> after(std::optional<std::uint64_t> seq) const;  // nullopt: from the first one kept
  std::optional<std::uint64_t> last() const;
  const record* at(std::uint64_t seq) const;

 private:
  void add(record what);
  void forget_parts(instant before);

  std::deque<record> records_;
  std::uint64_t next_ = 0;
  std::size_t bytes_ = 0;
  std::map<std::string, std::uint64_t> parts_;
  std::deque<std::pair<instant, std::string>> part_times_;
};

}  // namespace triggerd::sandbox
