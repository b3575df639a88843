#include "ctl/progress.hpp"

#include "base/text.hpp"
#include "ctl/words.hpp"

#include <algorithm>
#include <vector>

namespace triggerd::ctl {

namespace {

constexpr auto looked_back = std::chrono::seconds(30);
constexpr std::size_t bar_width = 22;
constexpr std::size_t shortest_name = 8;

bool ended(const std::string& state) { return state != "pending" && state != "running"; }

}  // namespace

void progress::see(const json& fire, steady_time at) {
  job_ = text_in(fire, "job");
  now_ = totals();
  now_.planned = true;
  for (const json& leg : array_in(fire, "legs")) {
    const bool over = ended(text_in(leg, "state"));
    ++now_.legs;
    now_.legs_ended += over ? 1 : 0;
    now_.planned = now_.planned && (over || flag_in(leg, "planned"));
    now_.settled += number_in(leg, "done") + number_in(leg, "failed") + number_in(leg, "unknown");
    now_.failed += number_in(leg, "failed");
    now_.unknown += number_in(leg, "unknown");
    now_.actions += number_in(leg, "actions");
    now_.items += number_in(leg, "items");
  }
  samples_.push_back({at, now_.settled});
  while (samples_.size() > 2 && at - samples_.front().at > looked_back) samples_.pop_front();
}

double progress::per_second() const {
  if (samples_.size() < 2) return 0;
  const double passed = std::chrono::duration<double>(samples_.back().at - samples_.front().at).count();
  const auto moved = samples_.back().settled - samples_.front().settled;
  return passed > 0 && moved > 0 ? static_cast<double>(moved) / passed : 0;
}

std::optional<milliseconds> progress::left() const {
  const double rate = per_second();
  if (!now_.planned || rate <= 0 || now_.settled > now_.actions) return std::nullopt;
  const double rest = static_cast<double>(now_.actions - now_.settled) / rate;
  return milliseconds(static_cast<std::int64_t>(rest * 1'000));
}

std::string progress::settled_of() const {
  return count(now_.settled) + "/" + count(now_.actions) + (now_.planned ? "" : "+");
}

std::string progress::line(const screen& on) const {
  std::vector<std::string> said{settled_of()};
  if (const double rate = per_second(); rate > 0) said.push_back(decimal(rate, rate < 10 ? 1 : 0) + "/s");
  if (const auto rest = left(); rest && rest->count() > 0)
    said.push_back(span(std::max(*rest, milliseconds(1'000))) + " left");
  if (now_.failed > 0) said.push_back(count(now_.failed) + " failed");
  if (now_.unknown > 0) said.push_back(count(now_.unknown) + " unknown");
  const std::size_t needed = said.size();
  if (now_.legs > 1) said.push_back(std::to_string(now_.legs_ended) + "/" + std::to_string(now_.legs) + " targets");
  if (now_.items > 0) said.push_back(count(now_.items, "item"));

  const bool drawn = now_.actions > 0 && now_.planned;
  const std::string front = job_ + "  " + (drawn ? bar(now_.settled, now_.actions, bar_width) + "  " : "");
  if (on.width <= 1) return front + text::join(said, ", ");
  const std::size_t most = on.width - 1;  // the last column would wrap
  while (said.size() > needed && columns(front + text::join(said, ", ")) > most) said.pop_back();
  const std::string numbers = text::join(said, ", ");
  if (columns(front + numbers) <= most) return front + numbers;
  const std::size_t beside = columns(numbers) + 2;
  const std::string job = clip(job_, std::max(shortest_name, most > beside ? most - beside : 0));
  return clip(job + "  " + numbers, most);
}

}  // namespace triggerd::ctl
