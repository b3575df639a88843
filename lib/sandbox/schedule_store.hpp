// Schedules: a project owns them, an environment sees those that run in it (contract API.md 17). They fire nothing here.
#pragma once

#include "sandbox/cron.hpp"
#include "sandbox/places.hpp"

#include <list>

namespace triggerd::sandbox {

struct schedule {
  std::uint64_t number = 0;
  live_environment* where = nullptr;
  bool declarative = false;
  std::string task;
  std::string cron;
  cron_times times;
  std::string zone;
  std::shared_ptr<const time_zone> zone_data;
  std::string window;
  std::string external_id;        // empty: none
  std::string deduplication_key;  // empty: the caller set none
  bool active = true;

  std::optional<instant> next_run(instant now) const;
};

// What a caller says of a schedule, checked.
struct schedule_order {
  std::string task, cron, zone, window, external_id, deduplication_key;
  cron_times times;
  std::shared_ptr<const time_zone> zone_data;
};

class schedule_store {
 public:
  schedule_store(std::uint64_t seed, places& homes);  // with what deployments declare

  schedule& create(live_environment& where, const schedule_order& order);
  // Takes over everything but the task, and moves the schedule to `where`.
  void replace(schedule& one, live_environment& where, const schedule_order& order);
  void remove(const schedule& one);

  // By id or deduplication key, in any environment of the project.
  schedule* find(const live_project& in, std::string_view id_or_key);
  std::vector<const schedule*> listed(const live_environment& where) const;  // newest first
  std::string id_of(const schedule& one) const;
  std::size_t size() const { return schedules_.size(); }
  // How long after its nominal time it starts: fixed per schedule, in seconds, spread over its window.
  milliseconds offset_of(const schedule& one) const;

 private:
  std::uint64_t seed_;
  std::uint64_t made_ = 0;
  std::list<schedule> schedules_;  // oldest first
};

// "30m", "2h", "50%": nullopt when it cannot be read or is too long.
std::optional<milliseconds> read_window(std::string_view text);

}  // namespace triggerd::sandbox
