// Durations, rates, sizes, shares and instants: a value that was read is written and read back equal.
#include "spec/units.hpp"
#include "fuzz/input.hpp"

using namespace triggerd;
using namespace triggerd::fuzz;

namespace {

void try_duration(std::string_view text) {
  const auto read = spec::parse_signed_duration(text);
  if (!read) return require_sound(read.error());
  require(read->count() >= 0 || text.front() == '-', "only a sign makes a duration negative");
  require(std::chrono::abs(*read) <= std::chrono::hours(24 * 3'653), "a duration is ten years at most");
  const auto again = spec::parse_signed_duration(text::show(*read));
  require(again && *again == *read, "a duration is read back from its text");
  const auto sent = spec::parse_duration(spec::server_duration(std::chrono::abs(*read)));
  const auto more = sent ? *sent - std::chrono::abs(*read) : milliseconds(-1);
  require(more >= milliseconds(0) && more < std::chrono::seconds(1), "the server is told less than a second more");
}

void try_rate(std::string_view text) {
  const auto read = spec::parse_rate(text);
  if (!read) return require_sound(read.error());
  require(read->count > 0 && read->per.count() > 0 && read->per_second() > 0, "a rate is more than nothing");
  const auto again = spec::parse_rate(std::to_string(read->count) + '/' + text::show(read->per));
  require(again && *again == *read, "a rate is read back from its text");
}

void try_size(std::string_view text) {
  const auto read = spec::parse_size(text);
  if (!read) return require_sound(read.error());
  require(*read <= static_cast<std::uint64_t>(INT64_MAX), "a size is an offset in a file");
  const auto again = spec::parse_size(std::to_string(*read) + 'B');
  require(again && *again == *read, "a size is read back from its text");
}

void try_share(std::string_view text) {
  const auto read = spec::parse_share(text);
  if (!read) return require_sound(read.error());
  require(read->percent >= 0 && read->percent <= 100, "a share is a part of the whole");
  require(read->allows(0, 1'000) && (read->percent == 100 || !read->allows(1'000, 1'000)), "a share bounds");
}

void try_instant(std::string_view text) {
  const auto read = text::parse_iso(text);
  if (!read) return;
  const auto again = text::parse_iso(text::iso(*read));
  require(again && *again == *read, "an instant is read back from its text");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  input in(data, size);
  switch (in.below(5)) {
    case 0: try_duration(in.rest()); break;
    case 1: try_rate(in.rest()); break;
    case 2: try_size(in.rest()); break;
    case 3: try_share(in.rest()); break;
    default: try_instant(in.rest()); break;
  }
  return 0;
}
