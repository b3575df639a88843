#include "ctl/progress.hpp"

#include "ctl/words.hpp"

#include <algorithm>

namespace triggerd::ctl {

namespace {

constexpr auto looked_back = std::chrono::seconds(30);
constexpr std::size_t bar_width = 20;

bool ended(const std::string& state) { return state != "pending" && state != "running"; }

}  // namespace

void progress::see(const json& fire, steady_time at) {
  job_ = text_in(fire, "job");
  settled_ = actions_ = failed_ = unknown_ = items_ = 0;
  legs_ = legs_ended_ = 0;
  planned_ = true;
  for (const json& leg : array_in(fire, "legs")) {
    ++legs_;
    const bool over = ended(text_in(leg, "state"));
    legs_ended_ += over ? 1 : 0;
    planned_ = planned_ && (over || flag_in(leg, "planned"));
    settled_ += number_in(leg, "done") + number_in(leg, "failed") + number_in(leg, "unknown");
    failed_ += number_in(leg, "failed");
    unknown_ += number_in(leg, "unknown");
    actions_ += number_in(leg, "actions");
    items_ += number_in(leg, "items");
  }
  samples_.push_back({at, settled_});
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
  if (!planned_ || rate <= 0 || settled_ > actions_) return std::nullopt;
  return milliseconds(static_cast<std::int64_t>(static_cast<double>(actions_ - settled_) / rate * 1'000));
}

std::string progress::line(const screen& on) const {
  std::string out = job_;
  if (actions_ > 0 && planned_) {
    const auto full = static_cast<std::size_t>(std::clamp<std::int64_t>(
        settled_ * static_cast<std::int64_t>(bar_width) / actions_, 0, static_cast<std::int64_t>(bar_width)));
    out += "  [" + std::string(full, '#') + std::string(bar_width - full, '.') + "]  " + count(settled_) + "/" +
           count(actions_);
  } else {
    out += "  " + count(settled_) + "/" + count(actions_) + "+";
  }
  if (const double rate = per_second(); rate > 0) out += ", " + decimal(rate, rate < 10 ? 1 : 0) + "/s";
  if (const auto rest = left(); rest && rest->count() > 0)
    out += ", " + span(std::max(*rest, milliseconds(1'000))) + " left";
  if (failed_ > 0) out += ", " + count(failed_) + " failed";
  if (unknown_ > 0) out += ", " + count(unknown_) + " unknown";
  if (legs_ > 1) out += ", " + std::to_string(legs_ended_) + "/" + std::to_string(legs_) + " targets";
  if (items_ > 0) out += ", " + count(items_, "item");
  return on.width > 1 ? clip(out, on.width - 1) : out;  // the last column would wrap
}

}  // namespace triggerd::ctl
