#include "spec/zone.hpp"

#include "base/text.hpp"
#include "spec/codes.hpp"

#include <date/tz.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace triggerd::spec {

namespace {

const date::time_zone& library_zone(const void* found) { return *static_cast<const date::time_zone*>(found); }

date::local_seconds to_library(std::chrono::local_seconds local) {
  return date::local_seconds(local.time_since_epoch());
}

// The places the library looks in, in its order.
constexpr std::array<std::string_view, 2> zone_directories{"/usr/share/zoneinfo/", "/usr/share/uclibc/zoneinfo/"};

// The last line of a zone file: a POSIX TZ text such as "CET-1CEST,M3.5.0,M10.5.0/3" (RFC 8536 section 3.3). Empty when
// the file cannot be read.
std::string footer_of(const std::string& name) {
  for (const auto directory : zone_directories) {
    std::ifstream file(std::string(directory) + name, std::ios::binary);
    std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    if (!bytes.ends_with('\n')) continue;
    bytes.pop_back();
    const std::size_t start = bytes.rfind('\n');
    return start == std::string::npos ? std::string() : bytes.substr(start + 1);
  }
  return {};
}

std::string nearest_hint(const date::tzdb& database, const std::string& name) {
  std::vector<std::string_view> names;
  for (const auto& known : database.zones) names.push_back(known.name());
  const auto near = text::nearest(name, names);
  return near ? "; did you mean \"" + *near + "\"?" : "; use a name such as \"Europe/Vienna\" or \"UTC\"";
}

error no_data(std::string_view why) {
  return fail(codes::zone_data, "this machine has no usable time zone data (" + text::printable(text::trim(why), 120) +
                                    "); install the package tzdata");
}

// Of UTC, which changes never; so wide that no schedule comes near its ends.
zone::period always() {
  using namespace std::chrono;
  return {instant(sys_days(year(-9'999) / 1 / 1)), instant(sys_days(year(9'999) / 1 / 1)), seconds(0)};
}

// Looked for once, as the library does.
bool has_data() {
  static const bool found =
      std::any_of(zone_directories.begin(), zone_directories.end(), [](std::string_view directory) {
        std::error_code ignored;
        return std::filesystem::exists(std::string(directory) + "UTC", ignored);
      });
  return found;
}

}  // namespace

// Most schedules are in UTC, and the library lists all zones there are before it finds one: half a MiB.
result<zone> zone::find(std::string_view iana_name) {
  if (iana_name == "UTC" && has_data()) return zone(nullptr);
  const std::string name(iana_name);
  // The library speaks in exceptions; here they become errors and go no further.
  const date::tzdb* database = nullptr;
  try {
    database = &date::get_tzdb();
  } catch (const std::exception& e) {
    return no_data(e.what());
  }
  if (database->zones.empty()) return no_data("no zone files found");
  const auto found = std::find_if(database->zones.begin(), database->zones.end(),
                                  [&](const date::time_zone& z) { return z.name() == name; });
  if (found == database->zones.end())
    return fail(codes::unknown_zone,
                "no time zone is named \"" + text::printable(name, 64) + '"' + nearest_hint(*database, name));
  try {
    (void)found->get_info(date::sys_seconds{});  // reads the file now, so that later calls cannot fail
  } catch (const std::exception& e) {
    return no_data(e.what());
  }
  return zone(&*found);
}

std::vector<instant> zone::resolve(std::chrono::local_seconds local, const dst_spec& dst) const {
  if (zone_ == nullptr) return {instant(local.time_since_epoch())};
  const auto info = library_zone(zone_).get_info(to_library(local));
  const auto with = [&](const date::sys_info& side) { return instant(local.time_since_epoch() - side.offset); };
  if (info.result == date::local_info::unique) return {with(info.first)};
  if (info.result == date::local_info::nonexistent) {
    if (dst.gap == dst_spec::gap_rule::skip) return {};
    return {instant(info.first.end)};
  }
  switch (dst.fold) {
    case dst_spec::fold_rule::first: return {with(info.first)};
    case dst_spec::fold_rule::second: return {with(info.second)};
    case dst_spec::fold_rule::both: break;
  }
  return {with(info.first), with(info.second)};
}

zone::period zone::around(instant at) const {
  if (zone_ == nullptr) return always();
  const auto info = library_zone(zone_).get_info(std::chrono::floor<std::chrono::seconds>(at));
  return {instant(info.begin), instant(info.end), info.offset};
}

std::chrono::local_seconds zone::to_local(instant at) const {
  const auto whole = std::chrono::floor<std::chrono::seconds>(at);
  return std::chrono::local_seconds(whole.time_since_epoch() + around(at).offset);
}

std::string zone::date(instant at) const {
  const auto local = to_local(at);
  return text::iso(instant(local.time_since_epoch())).substr(0, 10);
}

bool zone::rules_reach(instant until) const {
  if (zone_ == nullptr) return true;
  const period last = around(until);
  if (around(last.end).begin == last.end) return true;  // a later explicit transition is known
  // Past the last explicit transition only a footer with a rule (it has a comma) still changes the offset.
  return footer_of(library_zone(zone_).name()).find(',') == std::string::npos;
}

}  // namespace triggerd::spec
