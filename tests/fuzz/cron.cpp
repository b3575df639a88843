// Cron texts and the instants they name: strictly later, none left out, the same from wherever one looks.
#include "spec/cron.hpp"
#include "fuzz/input.hpp"
#include "spec/schedule.hpp"

#include <array>

using namespace triggerd;
using namespace triggerd::fuzz;

namespace {

using std::chrono::local_seconds;
using std::chrono::seconds;

// A zone whose clock stands still at UTC, one of the north, one of the south, one with half an hour, one that skipped a day.
constexpr std::array<std::string_view, 5> zones{"UTC", "Europe/Vienna", "America/Santiago", "Australia/Lord_Howe",
                                                "Pacific/Apia"};

void try_local(const spec::cron& expression, local_seconds from) {
  const auto next = expression.next(from);
  if (!next) return;
  require(*next > from, "the next time is later");
  require(expression.next(*next - seconds(1)) == next, "a time that matches is found from the second before it");
  require(expression.next(from + (*next - from) / 2) == next || *next - from < seconds(2), "nothing lies in between");
}

void require_same_instants(const spec::schedule& of, instant from) {
  auto at = of.next(from);
  for (int i = 0; at && i < 3; ++i) {
    require(*at > from, "the next instant is later");
    require(of.next(*at - milliseconds(1)) == at, "an instant is found from just before it");
    from = *at;
    at = of.next(from);
  }
  if (!at) return;
  const auto missed = of.catch_up(from, *at);
  require(missed.fire.size() == 1 && missed.fire.front() == *at && missed.skipped == 0, "a start catches up on one");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  input in(data, size);
  // From 1970 to 2037, where zones still know their rules, to the second.
  const std::int64_t from =
      ((in.byte() << 23) | (in.byte() << 15) | (in.byte() << 7) | (in.byte() >> 1)) % 2'114'380'800;
  const std::uint8_t zone = in.byte();
  const std::string text(in.rest());
  const auto expression = spec::cron::parse(text);
  if (!expression) {
    require_sound(expression.error());
    return 0;
  }
  try_local(*expression, local_seconds(seconds(from)));

  spec::schedule_spec what;
  what.cron = text;
  what.timezone = zones[zone % zones.size()];
  what.dst.gap = static_cast<spec::dst_spec::gap_rule>((zone >> 4) % 2);
  what.dst.fold = static_cast<spec::dst_spec::fold_rule>((zone >> 5) % 3);
  what.catch_up = {.what = spec::catch_up_spec::policy::last, .window = std::chrono::hours(24 * 366 * 41), .most = 1};
  const auto compiled = spec::schedule::compile(what, "job");
  if (compiled) require_same_instants(*compiled, instant(seconds(from)));
  else if (!text.empty()) require_sound(compiled.error());
  return 0;
}
