// Values that carry their unit: durations, rates, sizes. A bare number is refused everywhere.
#pragma once

#include "base/clock.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace triggerd::spec {

// So many per so long: "1200/min", "500/5s".
struct rate {
  std::uint64_t count = 0;
  milliseconds per{1000};

  double per_second() const { return per.count() > 0 ? double(count) * 1000.0 / double(per.count()) : 0.0; }
  friend bool operator==(const rate&, const rate&) = default;
};

// "90s", "1h30m", "500ms": whole numbers with units w d h m s ms, largest first, summed. 0 to 10 years.
result<milliseconds> parse_duration(std::string_view text);
// "-2h" or "2h".
result<milliseconds> parse_signed_duration(std::string_view text);
// "N/unit" or "N/DURATION"; unit is ms, s, sec, m, min, h, d.
result<rate> parse_rate(std::string_view text);
// "64KiB", "3MB", "512B": decimal and binary units.
result<std::uint64_t> parse_size(std::string_view text);
// "2%" or a plain count: at most so much of a whole.
struct share {
  std::uint64_t count = 0;
  double percent = -1;  // negative: `count` holds

  bool allows(std::uint64_t part, std::uint64_t whole) const;
  friend bool operator==(const share&, const share&) = default;
};
result<share> parse_share(std::string_view text);  // "1%" (a count comes as an integer, not as text)

// The one form that the server reads without doubt (contract API.md 11.1): whole seconds as "<n>s".
std::string server_duration(milliseconds how_long);

}  // namespace triggerd::spec
