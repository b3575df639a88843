#include "sandbox/handlers.hpp"
#include "sandbox/numbered_page.hpp"

#include "base/text.hpp"
#include "sandbox/dice.hpp"

#include <algorithm>
#include <cmath>

namespace triggerd::sandbox::handlers {

namespace {

constexpr std::string_view queue_prefix = "queue_";
constexpr std::string_view task_queue = "task/";
constexpr std::size_t queues_per_page = 25;
constexpr std::size_t queue_body = 1u << 20;
constexpr std::int64_t most_concurrency = 100'000;
constexpr std::int64_t environment_concurrency = 100;  // what a percentage is taken of

std::string shown_queue_name(std::string_view stored) {
  return std::string(stored.starts_with(task_queue) ? stored.substr(task_queue.size()) : stored);
}

std::string queue_id(const live_environment& where, std::string_view stored) {
  return std::string(queue_prefix) + stable_id(where.where->id + '/' + std::string(stored)).substr(1, 21);
}

// The queues that the deployment knows, in the order of their shown names.
std::vector<std::string> known_queues(const live_environment& where) {
  std::vector<std::string> out;
  for (const known_task& task : where.spec->tasks) {
    out.push_back(std::string(task_queue) + task.name);
    out.insert(out.end(), task.queues.begin(), task.queues.end());
  }
  std::sort(out.begin(), out.end(), [](const std::string& a, const std::string& b) {
    return std::pair(shown_queue_name(a), a) < std::pair(shown_queue_name(b), b);
  });
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

// A name in the path may be encoded twice, for its slashes.
std::optional<std::string> find_queue(const call& from, std::string_view type) {
  std::string name = text::percent_decode(from.arguments[0]).value_or(from.argument(0));
  if (type == "task") name.insert(0, task_queue);
  for (const std::string& one : known_queues(*from.who.where))
    if (type == "id" ? queue_id(*from.who.where, one) == from.arguments[0] : one == name) return one;
  return std::nullopt;
}

json or_null(const std::optional<std::int64_t>& value) { return value ? json(*value) : json(nullptr); }

json queue_shape(live_environment& where, const std::string& stored) {
  const queue& one = where.queues[stored];
  const bool overridden = one.overridden.has_value();
  return {{"id", queue_id(where, stored)},
          {"name", shown_queue_name(stored)},
          {"type", stored.starts_with(task_queue) ? "task" : "custom"},
          {"running", one.running},
          {"queued", one.queued},
          {"paused", one.paused},
          {"concurrencyLimit", or_null(one.limit)},
          {"concurrency",
           {{"current", or_null(one.limit)},
            {"base", or_null(one.base)},
            {"override", overridden ? or_null(one.limit) : json(nullptr)},
            {"overriddenBy", nullptr},
            {"overriddenAt", overridden ? json(text::iso(*one.overridden)) : json(nullptr)}}},
          {"releaseConcurrencyOnWaitpoint", true}};
}

// As lists and retrieve show it; what a write answers lacks the percentage.
json whole_queue(live_environment& where, const std::string& stored) {
  json out = queue_shape(where, stored);
  const auto& percent = where.queues[stored].percent;
  out["concurrencyLimitOverridePercent"] = percent ? json(*percent) : json(nullptr);
  return out;
}

bool is_queue_type(std::string_view word) { return word == "task" || word == "custom" || word == "id"; }

struct queue_write {
  json asked;
  std::string type = "id";
};

std::variant<queue_write, reply> read_queue_write(const call& from) {
  auto body = read_body(from, queue_body);
  if (auto* refusal = std::get_if<reply>(&body)) return std::move(*refusal);
  queue_write out;
  out.asked = std::move(std::get<json>(body));
  if (const json* type = find(out.asked, "type")) {
    if (!type->is_string() || !is_queue_type(type->get_ref<const std::string&>()))
      return refuse_body("Invalid enum value. Expected 'task' | 'custom' | 'id', received '" +
                             (type->is_string() ? type->get<std::string>() : type->dump()) + '\'',
                         "type");
    out.type = type->get<std::string>();
  }
  return out;
}

// The new limit, or why there is none.
std::variant<std::int64_t, reply> read_override(const json& asked, std::optional<double>& percent) {
  const json* limit = find(asked, "concurrencyLimit");
  const json* share = find(asked, "percent");
  for (const auto& [name, value] : {std::pair("concurrencyLimit", limit), std::pair("percent", share)})
    if (value != nullptr && !value->is_number())
      return refuse_body("Expected number, received " + std::string(type_word(*value)), name);
  if (limit != nullptr) {
    if (!limit->is_number_integer()) return refuse_body("Expected integer, received float", "concurrencyLimit");
    if (*limit < 0) return refuse_body("Number must be greater than or equal to 0", "concurrencyLimit");
    if (*limit > most_concurrency)
      return refuse_body("Number must be less than or equal to 100000", "concurrencyLimit");
  }
  if (share != nullptr) {
    if (*share <= 0) return refuse_body("Number must be greater than 0", "percent");
    if (*share > 100) return refuse_body("Number must be less than or equal to 100", "percent");
  }
  if ((limit == nullptr) == (share == nullptr))
    return refuse_body("Provide exactly one of `concurrencyLimit` or `percent`");
  if (limit != nullptr) return limit->get<std::int64_t>();
  percent = share->get<double>();
  return std::max<std::int64_t>(1, std::llround(environment_concurrency * *percent / 100));
}

}  // namespace

reply list_queues(state&, const call& from) {
  if (!from.who.may("read", {"queues"})) return forbidden();
  auto page = read_numbered_page(from.where, queues_per_page);
  if (auto* issue = std::get_if<json>(&page)) return query_error(std::move(*issue));
  const numbered_page& wanted = std::get<numbered_page>(page);
  const auto all = known_queues(*from.who.where);
  json rows = json::array();
  for (const std::string& one : wanted.of(all)) rows.push_back(whole_queue(*from.who.where, one));
  return answer(200, {{"data", std::move(rows)}, {"pagination", wanted.counts(all.size())}});
}

reply get_queue(state&, const call& from) {
  const std::string_view type = from.where.value("type").value_or("id");
  if (!is_queue_type(type))
    return query_error(
        {{"received", type},
         {"code", "invalid_enum_value"},
         {"options", {"task", "custom", "id"}},
         {"path", json::array({"type"})},
         {"message", "Invalid enum value. Expected 'task' | 'custom' | 'id', received '" + std::string(type) + '\''}});
  if (!from.who.may("read", {"queues"})) return forbidden();
  const auto found = find_queue(from, type);
  if (!found) return refuse(404, "queue-not-found");
  return answer(200, whole_queue(*from.who.where, *found));
}

reply pause_queue(state& in, const call& from) {
  auto written = read_queue_write(from);
  if (auto* refusal = std::get_if<reply>(&written)) return std::move(*refusal);
  const queue_write& asked = std::get<queue_write>(written);
  const json* action = find(asked.asked, "action");
  if (action == nullptr) return refuse_body("Required", "action");
  if (*action != "pause" && *action != "resume")
    return refuse_body("Invalid enum value. Expected 'pause' | 'resume', received '" +
                           (action->is_string() ? action->get<std::string>() : action->dump()) + '\'',
                       "action");
  if (!from.who.may("write", {"queues"})) return forbidden();
  const auto found = find_queue(from, asked.type);
  if (!found) return refuse(404, "queue-not-found");
  queue& one = from.who.where->queues[*found];
  one.paused = *action == "pause";
  if (!one.paused) in.runs.release(one, in.now);
  return answer(200, queue_shape(*from.who.where, *found));
}

reply override_queue(state& in, const call& from) {
  auto written = read_queue_write(from);
  if (auto* refusal = std::get_if<reply>(&written)) return std::move(*refusal);
  const queue_write& asked = std::get<queue_write>(written);
  std::optional<double> percent;
  auto limit = read_override(asked.asked, percent);
  if (auto* refusal = std::get_if<reply>(&limit)) return std::move(*refusal);
  if (!from.who.may("write", {"queues"})) return forbidden();
  const auto found = find_queue(from, asked.type);
  if (!found) return refuse(404, "Queue not found");
  queue& one = from.who.where->queues[*found];
  if (!one.overridden) one.base = one.limit;
  one.limit = std::get<std::int64_t>(limit);
  one.percent = percent;
  one.overridden = in.now;
  in.runs.release(one, in.now);
  return answer(200, queue_shape(*from.who.where, *found));
}

reply reset_queue(state& in, const call& from) {
  auto written = read_queue_write(from);
  if (auto* refusal = std::get_if<reply>(&written)) return std::move(*refusal);
  if (!from.who.may("write", {"queues"})) return forbidden();
  const auto found = find_queue(from, std::get<queue_write>(written).type);
  if (!found) return refuse(404, "Queue not found");
  queue& one = from.who.where->queues[*found];
  if (!one.overridden) return refuse(400, "Queue is not overridden");
  one.limit = one.base;
  one.base.reset();
  one.percent.reset();
  one.overridden.reset();
  in.runs.release(one, in.now);
  return answer(200, queue_shape(*from.who.where, *found));
}

}  // namespace triggerd::sandbox::handlers
