#include "sandbox/handlers.hpp"
#include "sandbox/numbered_page.hpp"

#include "base/text.hpp"
#include "sandbox/dice.hpp"

#include <algorithm>

namespace triggerd::sandbox::handlers {

namespace {

constexpr std::size_t schedules_per_page = 20;

reply no_schedule() { return refuse(404, "Schedule not found"); }

// Which keys a reply has and whether a missing value is null differs: rows name the slug, a write the shortcode.
json schedule_place(const live_environment& home, std::string_view slug_key) {
  json out = {{"id", home.where->id}, {"type", word_of(home.spec->type)}};
  if (!slug_key.empty()) {
    const bool random = slug_key == "shortcode" && home.parent == nullptr;  // as the server makes them
    out[std::string(slug_key)] = random ? home.slug + '-' + stable_id(home.where->id).substr(1, 6) : home.slug;
  }
  if (home.spec->type == environment_type::development && !slug_key.empty()) out["userName"] = "Operator";
  return out;
}

json schedule_shape(const state& in, const schedule& one, std::string_view slug_key) {
  const auto next = one.next_run(in.now);
  json out = {{"id", in.schedules.id_of(one)},
              {"type", one.declarative ? "DECLARATIVE" : "IMPERATIVE"},
              {"task", one.task},
              {"active", one.active},
              {"generator", {{"type", "CRON"}, {"expression", one.cron}, {"description", describe_cron(one.cron)}}},
              {"timezone", one.zone},
              {"nextRun", next ? json(text::iso(*next)) : json(nullptr)},
              {"nextRunEffectiveAt", next ? json(text::iso(*next + in.schedules.offset_of(one))) : json(nullptr)},
              {"environments", json::array({schedule_place(*one.where, slug_key)})}};
  if (!one.window.empty()) out["window"] = one.window;
  if (!one.deduplication_key.empty()) out["deduplicationKey"] = one.deduplication_key;
  if (!one.external_id.empty()) out["externalId"] = one.external_id;
  return out;
}

reply whole_schedule(const state& in, const schedule& one) { return answer(200, schedule_shape(in, one, {})); }
reply written_schedule(const state& in, const schedule& one) {
  return answer(200, schedule_shape(in, one, "shortcode"));
}

schedule* visible_schedule(state& in, const call& from) {
  live_environment& where = *from.who.where;
  schedule* found = in.schedules.find(*where.project, from.arguments[0]);
  return found != nullptr && found->where == &where ? found : nullptr;
}

std::optional<reply> read_schedule_text(const json& body, std::string_view name, bool needed, std::string& into) {
  const json* given = find(body, name);
  if (given == nullptr && !needed) return std::nullopt;
  if (given == nullptr || !given->is_string()) return invalid_body(required("string", given, name));
  into = given->get<std::string>();
  return std::nullopt;
}

const known_task* task_of_project(const live_project& in, std::string_view name) {
  for (const live_environment* home : in.environments)
    if (const known_task* task = home->task(name)) return task;
  return nullptr;
}

// 422 in the server's order: cron, zone, window, task.
std::optional<reply> check_schedule(const state& in, const live_project& project, schedule_order& order) {
  auto times = read_cron(order.cron);
  if (const auto* complaint = std::get_if<std::string>(&times))
    return refuse(422, "Invalid cron expression: " + *complaint);
  order.times = std::get<cron_times>(times);
  if (order.zone.empty()) order.zone = "UTC";
  if (!is_zone_name(order.zone))
    return refuse(422, "Invalid IANA timezone: '" + order.zone + "'. View the list of valid timezones at " +
                           in.config.base_url + "/timezones");
  order.zone_data = time_zone::load(order.zone);
  if (order.zone_data == nullptr) return refuse(500, "This machine has no data for the time zone " + order.zone);
  if (!order.window.empty() && !read_window(order.window))
    return refuse(422, "Invalid schedule window: '" + order.window + "'");
  const known_task* task = task_of_project(project, order.task);
  if (task == nullptr) return refuse(422, "Task with identifier " + order.task + " not found in project.");
  if (!task->scheduled && task->cron.empty())
    return refuse(422, "Task with identifier " + order.task + " is not a scheduled task.");
  return std::nullopt;
}

std::variant<schedule_order, reply> read_schedule(const call& from, bool creates) {
  auto body = read_body_old(from);
  if (auto* refusal = std::get_if<reply>(&body)) return std::move(*refusal);
  const json& asked = std::get<json>(body);
  schedule_order out;
  auto trouble = read_schedule_text(asked, "task", true, out.task);
  if (!trouble) trouble = read_schedule_text(asked, "cron", true, out.cron);
  if (!trouble && creates) trouble = read_schedule_text(asked, "deduplicationKey", true, out.deduplication_key);
  if (!trouble) trouble = read_schedule_text(asked, "externalId", false, out.external_id);
  if (!trouble) trouble = read_schedule_text(asked, "timezone", false, out.zone);
  if (!trouble) trouble = read_schedule_text(asked, "window", false, out.window);
  if (trouble) return *trouble;
  return out;
}

// Finds by key or id, or makes: the server's PUT makes what it does not know.
reply upsert_schedule(state& in, const call& from, schedule_order order, std::string_view known_as) {
  live_environment& where = *from.who.where;
  if (auto refusal = check_schedule(in, *where.project, order)) return std::move(*refusal);
  schedule* found = in.schedules.find(*where.project, known_as);
  if (found == nullptr) {
    if (in.schedules.size() >= limits::sandbox_schedules) return refuse(422, "You have created too many schedules.");
    return written_schedule(in, in.schedules.create(where, order));
  }
  if (found->declarative) return refuse(422, "Cannot update a declarative schedule");
  in.schedules.replace(*found, where, order);
  return written_schedule(in, *found);
}

reply set_schedule_active(state& in, const call& from, bool active) {
  schedule* found = visible_schedule(in, from);
  if (found == nullptr) return no_schedule();
  found->active = active;
  return whole_schedule(in, *found);
}

}  // namespace

reply list_schedules(state& in, const call& from) {
  auto page = read_numbered_page(from.where, schedules_per_page);
  if (auto* issue = std::get_if<json>(&page))
    return answer(400, {{"error", "Invalid request parameters"}, {"issues", json::array({*issue})}});
  const numbered_page& wanted = std::get<numbered_page>(page);
  const auto all = in.schedules.listed(*from.who.where);
  json rows = json::array();
  for (const schedule* one : wanted.of(all)) {
    json& row = rows.emplace_back(schedule_shape(in, *one, "slug"));
    if (one->external_id.empty()) row["externalId"] = nullptr;
  }
  return answer(200, {{"data", std::move(rows)}, {"pagination", wanted.counts(all.size())}});
}

reply create_schedule(state& in, const call& from) {
  auto order = read_schedule(from, true);
  if (auto* refusal = std::get_if<reply>(&order)) return std::move(*refusal);
  const std::string key = std::get<schedule_order>(order).deduplication_key;
  return upsert_schedule(in, from, std::move(std::get<schedule_order>(order)), key);
}

reply get_schedule(state& in, const call& from) {
  const schedule* found = visible_schedule(in, from);
  return found == nullptr ? no_schedule() : whole_schedule(in, *found);
}

reply update_schedule(state& in, const call& from) {
  auto order = read_schedule(from, false);
  if (auto* refusal = std::get_if<reply>(&order)) return std::move(*refusal);
  const schedule* found = in.schedules.find(*from.who.where->project, from.arguments[0]);
  if (found != nullptr && found->where != from.who.where) return no_schedule();
  return upsert_schedule(in, from, std::move(std::get<schedule_order>(order)), from.arguments[0]);
}

reply activate_schedule(state& in, const call& from) { return set_schedule_active(in, from, true); }
reply deactivate_schedule(state& in, const call& from) { return set_schedule_active(in, from, false); }

reply delete_schedule(state& in, const call& from) {
  const schedule* found = visible_schedule(in, from);
  if (found == nullptr) return no_schedule();
  const std::string id = in.schedules.id_of(*found);
  in.schedules.remove(*found);
  return answer(200, {{"id", id}});
}

reply list_time_zones(state&, const call& from) {
  json names = json::array();
  const bool without_utc = from.where.value("excludeUtc") == "true";
  for (const std::string_view name : zone_names())
    if (!without_utc || name != "UTC") names.push_back(name);
  return answer(200, {{"timezones", std::move(names)}});
}

}  // namespace triggerd::sandbox::handlers
