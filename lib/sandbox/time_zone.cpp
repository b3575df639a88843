#include "sandbox/time_zone.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <string>

namespace triggerd::sandbox {

namespace {

constexpr std::string_view zone_directory = "/usr/share/zoneinfo/";
constexpr std::size_t zone_head = 44;  // bytes before the data of either version, RFC 8536 section 3.1

std::int64_t big_endian(std::string_view bytes, std::size_t at, std::size_t width) {
  std::uint64_t value = (static_cast<unsigned char>(bytes[at]) & 0x80) != 0 ? ~std::uint64_t(0) : 0;
  for (std::size_t i = 0; i < width; ++i) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return static_cast<std::int64_t>(value);
}

// The counts of a block's head, in the file's order.
struct zone_counts {
  std::size_t universal, standard, leaps, times, types, letters;

  std::size_t size(std::size_t width) const {
    return times * (width + 1) + types * 6 + letters + leaps * (width + 4) + standard + universal;
  }
};

std::optional<zone_counts> counts_at(std::string_view bytes, std::size_t at) {
  if (bytes.size() < at + zone_head || bytes.substr(at, 4) != "TZif") return std::nullopt;
  const auto count = [&](std::size_t nth) { return static_cast<std::size_t>(big_endian(bytes, at + 20 + 4 * nth, 4)); };
  return zone_counts{count(0), count(1), count(2), count(3), count(4), count(5)};
}

}  // namespace

// Empty when the bytes are no zone file of version 2 or later.
std::vector<time_zone::change> read_changes(std::string_view bytes) {
  const auto old = counts_at(bytes, 0);  // the block of 32-bit times, which is passed over
  if (!old) return {};
  const std::size_t head = zone_head + old->size(4);
  const auto counts = counts_at(bytes, head);
  if (!counts || counts->types == 0 || bytes.size() < head + zone_head + counts->size(8)) return {};
  const std::size_t times = head + zone_head;
  const std::size_t kinds = times + counts->times * 8;
  const std::size_t types = kinds + counts->times;
  const auto offset = [&](std::size_t type) {
    return static_cast<std::int32_t>(big_endian(bytes, types + type * 6, 4));
  };
  std::vector<time_zone::change> out = {{std::numeric_limits<std::int64_t>::min(), offset(0)}};
  for (std::size_t i = 0; i < counts->times; ++i) {
    const auto type = static_cast<unsigned char>(bytes[kinds + i]);
    if (type >= counts->types) return {};
    out.push_back({big_endian(bytes, times + i * 8, 8), offset(type)});
  }
  return out;
}

bool is_zone_name(std::string_view name) {
  const auto names = zone_names();
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::shared_ptr<const time_zone> time_zone::load(std::string_view name) {
  auto out = std::make_shared<time_zone>();
  if (name == "UTC") {
    out->changes_ = {{std::numeric_limits<std::int64_t>::min(), 0}};
    return out;
  }
  if (!is_zone_name(name)) return nullptr;  // and no path that leads elsewhere
  std::ifstream file(std::string(zone_directory) + std::string(name), std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  out->changes_ = read_changes(bytes);
  return out->changes_.empty() ? nullptr : out;
}

seconds time_zone::offset_at(instant at) const {
  const std::int64_t when = std::chrono::floor<seconds>(at).time_since_epoch().count();
  const auto next = std::upper_bound(changes_.begin(), changes_.end(), when,
                                     [](std::int64_t value, const change& one) { return value < one.from; });
  return seconds(std::prev(next)->offset);
}

std::chrono::local_seconds time_zone::to_local(instant at) const {
  return std::chrono::local_seconds(std::chrono::floor<seconds>(at).time_since_epoch() + offset_at(at));
}

instant time_zone::from_local(std::chrono::local_seconds local) const {
  const auto as_if = [&](seconds offset) { return instant(local.time_since_epoch() - offset); };
  const seconds before = offset_at(as_if(seconds(0)) - std::chrono::days(1));
  const seconds after = offset_at(as_if(seconds(0)) + std::chrono::days(1));
  if (offset_at(as_if(before)) == before) return as_if(before);
  if (offset_at(as_if(after)) == after) return as_if(after);
  return as_if(before);  // jumped over: as late as the clock would have been
}

}  // namespace triggerd::sandbox
