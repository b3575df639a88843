// What the modelled server knows of time zones: the names it takes, and the machine's own data for their offsets.
#pragma once

#include "base/clock.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace triggerd::sandbox {

// In the server's order, "UTC" first. A JavaScript engine's list: "Asia/Calcutta" is in it, "Asia/Kolkata" is not.
std::span<const std::string_view> zone_names();
bool is_zone_name(std::string_view name);

class time_zone {
 public:
  // nullptr when the machine has no data for the name. "UTC" needs none.
  static std::shared_ptr<const time_zone> load(std::string_view name);

  seconds offset_at(instant at) const;  // east of Greenwich is positive
  // A local time that a clock jumps over is the later one; one that comes twice, the first.
  instant from_local(std::chrono::local_seconds local) const;
  std::chrono::local_seconds to_local(instant at) const;

 private:
  struct change {
    std::int64_t from;  // unix seconds
    std::int32_t offset;
  };
  friend std::vector<change> read_changes(std::string_view bytes);

  // By time; the first one holds since ever. The file's rule for the years after its last change is not read: Debian's
  // files reach to 2037.
  std::vector<change> changes_;
};

}  // namespace triggerd::sandbox
