// Time zones through Howard Hinnant's date library, which this room alone includes.
#pragma once

#include "base/clock.hpp"
#include "base/result.hpp"
#include "spec/job_spec.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace triggerd::spec {

class zone {
 public:
  static result<zone> find(std::string_view iana_name);  // says so when the machine has no zone data at all

  // The instants a local time names: none in a gap, two in a fold, after the rules are applied.
  std::vector<instant> resolve(std::chrono::local_seconds local, const dst_spec& dst) const;
  std::chrono::local_seconds to_local(instant at) const;
  std::string date(instant at) const;  // "2026-11-24"

  // The stretch of time around an instant in which the offset from UTC does not change: [begin, end).
  struct period {
    instant begin, end;
    std::chrono::seconds offset;  // local = UTC + offset
  };
  period around(instant at) const;

  // The date library ignores the footer of zone files: after the last explicit transition its offsets freeze. True when
  // `zone` still knows its rules at `until`. Reads the zone's file once more, so it is a question for the start.
  bool rules_reach(instant until) const;

 private:
  explicit zone(const void* found) : zone_(found) {}
  const void* zone_;  // date::time_zone, owned by the library for the life of the process; null: UTC
};

}  // namespace triggerd::spec
