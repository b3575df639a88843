#include "api/schedules.hpp"

#include "api/arguments.hpp"
#include "api/rows.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <charconv>

namespace triggerd::api {

namespace {

using nlohmann::json;

constexpr std::size_t cron_fields = 5;
constexpr std::uint32_t longest_window_h = 24;

result<schedule_environment> schedule_environment_of(const json& one) {
  schedule_environment environment;
  const auto named = required_texts(one, {{"id", &environment.id}});
  if (!named) return named.error();
  optional_texts(one, {{"type", &environment.type},
                       {"slug", &environment.slug},
                       {"shortcode", &environment.shortcode},
                       {"userName", &environment.user}});
  return environment;
}

result<schedule_view> schedule_of(const json& schedule) {
  schedule_view view;
  const auto named = required_texts(schedule, {{"id", &view.id}, {"task", &view.task}});
  if (!named) return named.error();
  const auto active = required_flag(schedule, "active");
  if (!active) return active.error();
  view.active = *active;
  optional_texts(schedule, {{"type", &view.type},
                            {"deduplicationKey", &view.deduplication_key},
                            {"externalId", &view.external_id},
                            {"timezone", &view.timezone},
                            {"window", &view.window}});
  optional_instants(schedule, {{"nextRun", &view.next_run}, {"nextRunEffectiveAt", &view.next_run_effective}});
  if (const auto* generator = object_member(schedule, "generator"))
    optional_texts(*generator,
                   {{"type", &view.generator}, {"expression", &view.cron}, {"description", &view.description}});
  if (const auto* policy = object_member(schedule, "appliedSchedulePolicy")) {
    if (const auto least = integer_member(*policy, "minimumWindowSeconds")) view.least_window = seconds(*least);
    optional_texts(*policy, {{"reason", &view.policy_reason}});
  }
  if (const auto* list = array_member(schedule, "environments")) {
    auto environments = rows_of(*list, schedule_environment_of);
    if (!environments) return environments.error();
    view.environments = std::move(*environments);
  }
  return view;
}

result<schedule_view> read_schedule(const transport::response& reply) { return whole_of(reply, schedule_of); }

result<schedule_page> read_schedule_page(const transport::response& reply) {
  const auto body = parse_body(reply);
  if (!body) return body.error();
  auto rows = rows_member(*body, "data", schedule_of);
  if (!rows) return rows.error();
  const auto numbers = page_numbers_of(*body);
  if (!numbers) return numbers.error();
  return schedule_page{*numbers, std::move(*rows)};
}

result<std::vector<std::string>> read_timezones(const transport::response& reply) {
  const auto body = parse_body(reply);
  if (!body) return body.error();
  if (array_member(*body, "timezones") == nullptr) return missing_member("timezones");
  return texts_member(*body, "timezones");
}

result<void> check_cron(std::string_view cron) {
  if (const auto checked = check_name("cron", cron); !checked) return checked.error();
  const auto parts = text::split(cron, ' ');
  const auto fields = std::count_if(parts.begin(), parts.end(), [](auto part) { return !part.empty(); });
  if (fields != cron_fields) return bad_argument("cron", "has not the five fields that the server takes");
  return {};
}

result<void> check_window(std::string_view window) {
  if (window.empty()) return {};
  constexpr std::string_view form = R"(is none of "<n>m" and "<n>h" up to 24 hours and "<n>%" up to 100)";
  std::uint32_t number = 0;
  const auto [end, failure] = std::from_chars(window.data(), window.data() + window.size(), number);
  if (failure != std::errc() || end != window.data() + window.size() - 1) return bad_argument("window", form);
  switch (window.back()) {
    case 'm': return number <= longest_window_h * 60 ? result<void>() : bad_argument("window", form);
    case 'h': return number <= longest_window_h ? result<void>() : bad_argument("window", form);
    case '%': return number <= 100 ? result<void>() : bad_argument("window", form);
    default: return bad_argument("window", form);
  }
}

result<json> draft_body(const schedule_draft& what) {
  for (const auto& checked :
       {check_name("task", what.task), check_cron(what.cron), check_name_if_any("external_id", what.external_id),
        check_name_if_any("timezone", what.timezone), check_window(what.window)})
    if (!checked) return checked.error();
  json body{{"task", what.task}, {"cron", what.cron}};
  put_member(body, "externalId", what.external_id);
  put_member(body, "timezone", what.timezone);
  put_member(body, "window", what.window);
  return body;
}

}  // namespace

operation<schedule_page> list_schedules(const page_request& which) {
  return {make_call("schedules.list", {}, page_query(which).text()), read_schedule_page};
}

result<operation<schedule_view>> create_schedule(const schedule_draft& what, std::string_view deduplication_key) {
  auto body = draft_body(what);
  if (!body) return body.error();
  if (const auto checked = check_name("deduplication_key", deduplication_key); !checked) return checked.error();
  (*body)["deduplicationKey"] = deduplication_key;
  return operation<schedule_view>{make_json_call("schedules.create", {}, *body), read_schedule};
}

operation<schedule_view> retrieve_schedule(std::string_view schedule) {
  return {make_call("schedules.retrieve", {schedule}), read_schedule};
}

result<operation<schedule_view>> update_schedule(std::string_view schedule, const schedule_draft& what) {
  const auto body = draft_body(what);
  if (!body) return body.error();
  return operation<schedule_view>{make_json_call("schedules.update", {schedule}, *body), read_schedule};
}

operation<schedule_view> activate_schedule(std::string_view schedule) {
  return {make_call("schedules.activate", {schedule}), read_schedule};
}

operation<schedule_view> deactivate_schedule(std::string_view schedule) {
  return {make_call("schedules.deactivate", {schedule}), read_schedule};
}

operation<nothing> remove_schedule(std::string_view schedule) {
  return {make_call("schedules.del", {schedule}), read_nothing};
}

operation<std::vector<std::string>> list_timezones(bool exclude_utc) {
  query text;
  if (exclude_utc) text.add("excludeUtc", "true");
  return {make_call("schedules.timezones", {}, text.text()), read_timezones};
}

}  // namespace triggerd::api
