#include "zones.hpp"

#include "base/limits.hpp"
#include "spec/zone.hpp"

#include <set>

namespace triggerd {

void warn_of_short_zones(const config::settings& of, instant now, log& to) {
  std::set<std::string> used;
  for (const auto& job : of.jobs)
    if (!job->schedule.cron.empty() && job->enabled)
      used.insert(job->schedule.timezone.empty() ? "UTC" : job->schedule.timezone);
  for (const std::string& name : used) {
    const auto zone = spec::zone::find(name);
    if (zone && zone->rules_reach(now + limits::zone_horizon)) continue;
    to.warning("time zone " + name +
               ": this machine's data ends within two years; schedules in it would then fire at wrong "
               "hours. Update the package tzdata");
  }
}

}  // namespace triggerd
