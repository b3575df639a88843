// Schedules that the server keeps (contract API.md 17). They belong to the project; an environment sees those with an
// instance in it. A root key, or an additional key with full access.
#pragma once

#include "api/operation.hpp"
#include "api/paging.hpp"
#include "base/clock.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace triggerd::api {

struct schedule_environment {
  std::string id, type;         // "PRODUCTION", ...
  std::string slug, shortcode;  // one or neither
  std::string user;             // whose development environment it is
};
struct schedule_view {
  std::string id;    // "sched_..."
  std::string type;  // "IMPERATIVE", or "DECLARATIVE": written in the task's code
  std::string task;
  bool active = false;
  std::string deduplication_key;  // empty: the server made one itself
  std::string external_id;
  std::string generator;  // "CRON"
  std::string cron, description;
  std::string timezone;                       // IANA
  std::string window;                         // "30m", "2h" or "10%"; empty: none
  std::optional<instant> next_run;            // unset while inactive
  std::optional<instant> next_run_effective;  // with the schedule's fixed offset
  std::optional<seconds> least_window;        // of the policy that the server applied
  std::string policy_reason;
  std::vector<schedule_environment> environments;
};

struct schedule_page : page_numbers {
  std::vector<schedule_view> schedules;
};
operation<schedule_page> list_schedules(const page_request& which);  // 20 per page unless it says more

// What is left empty is not kept from before: no external id, UTC, no window.
struct schedule_draft {
  std::string task;  // a scheduled task; the server checks it in an update, and does not change it
  std::string cron;  // exactly five fields; "L" for the last day is understood
  std::string external_id;
  std::string timezone;  // IANA
  std::string window;    // spreads the start: "<n>m" or "<n>h" up to 24 hours, "<n>%" up to 100
};
// Makes it, or replaces the one with this key, which is the project's, not the environment's: the schedule moves to the
// environment of the key that calls. Use keys that contain the environment's name. api.bad-argument for an empty key, a
// cron of more or fewer than five fields and a bad window.
result<operation<schedule_view>> create_schedule(const schedule_draft& what, std::string_view deduplication_key);

// `schedule` is an id or a deduplication key in all of these.
operation<schedule_view> retrieve_schedule(std::string_view schedule);
// An unknown schedule is made anew, under another id.
result<operation<schedule_view>> update_schedule(std::string_view schedule, const schedule_draft& what);
operation<schedule_view> activate_schedule(std::string_view schedule);
operation<schedule_view> deactivate_schedule(std::string_view schedule);
operation<nothing> remove_schedule(std::string_view schedule);  // the second time: api.not-found

// IANA names that the server knows.
operation<std::vector<std::string>> list_timezones(bool exclude_utc = false);

}  // namespace triggerd::api
