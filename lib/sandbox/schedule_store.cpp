#include "sandbox/schedule_store.hpp"

#include "sandbox/dice.hpp"

#include <algorithm>
#include <charconv>

namespace triggerd::sandbox {

namespace {

constexpr std::string_view schedule_prefix = "sched_";
constexpr milliseconds usual_window = std::chrono::minutes(1);
constexpr std::int64_t longest_window_hours = 24;

}  // namespace

std::optional<instant> schedule::next_run(instant now) const {
  if (!active) return std::nullopt;
  return times.next(now, *zone_data);
}

schedule_store::schedule_store(std::uint64_t seed, places& homes) : seed_(seed) {
  for (live_environment& home : homes.all())
    for (const known_task& task : home.spec->tasks) {
      if (task.cron.empty()) continue;
      auto times = read_cron(task.cron);
      auto zone = time_zone::load(task.zone);
      if (!std::holds_alternative<cron_times>(times) || zone == nullptr) continue;
      schedule_order order;
      order.task = task.name;
      order.cron = task.cron;
      order.zone = task.zone;
      order.times = std::get<cron_times>(times);
      order.zone_data = std::move(zone);
      create(home, order).declarative = true;
    }
}

schedule& schedule_store::create(live_environment& where, const schedule_order& order) {
  schedule& made = schedules_.emplace_back();
  made.number = ++made_;
  made.task = order.task;
  made.deduplication_key = order.deduplication_key;
  replace(made, where, order);
  return made;
}

void schedule_store::replace(schedule& one, live_environment& where, const schedule_order& order) {
  one.where = &where;
  one.cron = order.cron;
  one.times = order.times;
  one.zone = order.zone;
  one.zone_data = order.zone_data;
  one.window = order.window;
  one.external_id = order.external_id;
}

void schedule_store::remove(const schedule& one) {
  schedules_.remove_if([&](const schedule& other) { return &other == &one; });
}

schedule* schedule_store::find(const live_project& in, std::string_view id_or_key) {
  const auto number = number_in(schedule_prefix, seed_, id_or_key);
  for (schedule& one : schedules_) {
    if (one.where->project != &in) continue;
    if (number ? one.number == *number : one.deduplication_key == id_or_key && !id_or_key.empty()) return &one;
  }
  return nullptr;
}

std::vector<const schedule*> schedule_store::listed(const live_environment& where) const {
  std::vector<const schedule*> out;
  for (const schedule& one : schedules_)
    if (one.where == &where) out.push_back(&one);
  std::reverse(out.begin(), out.end());
  return out;
}

std::string schedule_store::id_of(const schedule& one) const { return numbered_id(schedule_prefix, seed_, one.number); }

milliseconds schedule_store::offset_of(const schedule& one) const {
  const milliseconds window = read_window(one.window).value_or(usual_window);
  const auto most = static_cast<std::uint64_t>(std::max<std::int64_t>(window.count(), 1));
  return milliseconds(mix(mix(seed_, schedule_prefix), one.number) % most);
}

std::optional<milliseconds> read_window(std::string_view text) {
  if (text.size() < 2) return std::nullopt;
  std::int64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size() - 1, number);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size() - 1 || number < 0) return std::nullopt;
  if (text.back() == 'm' && number <= longest_window_hours * 60) return std::chrono::minutes(number);
  if (text.back() == 'h' && number <= longest_window_hours) return std::chrono::hours(number);
  if (text.back() == '%' && number <= 100) return usual_window * number / 100;  // of the interval; near enough here
  return std::nullopt;
}

}  // namespace triggerd::sandbox
