#include "sandbox/handlers.hpp"
#include "sandbox/page.hpp"
#include "sandbox/run_filter.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace triggerd::sandbox::handlers {

namespace {

constexpr std::string_view bulk_prefix = "bulk_";
constexpr std::size_t bulk_body = 1u << 20;
constexpr std::size_t name_length = 255;

json shape(const state& in, const bulk& one) {
  constexpr std::string_view statuses[] = {"PENDING", "COMPLETED", "ABORTED"};
  json out = {
      {"id", bulk_store::id_of(one, in.seed)},
      {"type", one.replays ? "REPLAY" : "CANCEL"},
      {"status", statuses[static_cast<std::size_t>(one.status)]},
      {"counts", {{"total", one.selected.size()}, {"success", one.success}, {"failure", one.done - one.success}}},
      {"createdAt", text::iso(one.created)}};
  if (!one.name.empty()) out["name"] = one.name;
  if (one.completed) out["completedAt"] = text::iso(*one.completed);
  return out;
}

// The ids that lists know already, in the order of the list; ids of other environments and of nobody are left out.
std::variant<run_numbers, reply> selected_by_ids(state& in, const live_environment& where, const json& ids) {
  if (!ids.is_array()) return refuse_body("Expected array, received " + std::string(type_word(ids)), "runIds");
  if (ids.empty()) return refuse(400, "At least one runId is required");
  if (ids.size() > limits::bulk_run_ids)
    return refuse(
        400, "Too many runIds (" + std::to_string(ids.size()) + "). Maximum is 500. Use a filter to select more runs.");
  run_numbers out;
  for (const json& id : ids) {
    if (!id.is_string()) return refuse_body("Expected string, received " + std::string(type_word(id)), "runIds");
    const run* found = in.runs.find(id.get_ref<const std::string&>(), where);
    if (found != nullptr && found->created <= in.list_horizon()) out.push_back(found->number);
  }
  std::sort(out.rbegin(), out.rend());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

std::variant<run_numbers, reply> selected(state& in, const live_environment& where, const json& asked) {
  const json* ids = find(asked, "runIds");
  const json* filter = find(asked, "filter");
  if ((ids == nullptr) == (filter == nullptr)) return refuse_body("Provide exactly one of filter or runIds");
  if (ids != nullptr) return selected_by_ids(in, where, *ids);
  if (!filter->is_object())
    return refuse_body("Expected object, received " + std::string(type_word(*filter)), "filter");
  auto read = read_run_filter(in, *filter);
  if (auto* refusal = std::get_if<reply>(&read)) return std::move(*refusal);
  if (std::get<run_filter>(read).empty()) return refuse_body("At least one filter is required", "filter");
  return select_runs(in, where, std::get<run_filter>(read));
}

}  // namespace

reply create_bulk(state& in, const call& from) {
  auto body = read_body(from, bulk_body);
  if (auto* refusal = std::get_if<reply>(&body)) return std::move(*refusal);
  const json& asked = std::get<json>(body);
  const json* action = find(asked, "action");
  if (action == nullptr || (*action != "cancel" && *action != "replay"))
    return refuse_body("Invalid discriminator value. Expected 'cancel' | 'replay'", "action");
  if (!from.who.may("write", {"runs"})) return forbidden();
  const json* name = find(asked, "name");
  if (name != nullptr && !name->is_string())
    return refuse_body("Expected string, received " + std::string(type_word(*name)), "name");
  const std::string title = name != nullptr ? name->get<std::string>() : std::string();
  if (title.size() > name_length) return refuse_body("String must contain at most 255 character(s)", "name");
  const bool replays = *action == "replay";
  const json* region = find(asked, "targetRegion");
  if (region != nullptr && !(replays && region->is_string()))
    return refuse_body(
        (replays ? "Expected string, received " : "Expected never, received ") + std::string(type_word(*region)),
        "targetRegion");
  live_environment& where = *from.who.where;
  auto chosen = selected(in, where, asked);
  if (auto* refusal = std::get_if<reply>(&chosen)) return std::move(*refusal);
  if (replays && in.bulks.pending_replays(where) >= limits::bulk_replays_per_environment) {
    reply out = refuse(429, "Too many bulk replays are running in this environment. The maximum is 3.");
    should_retry(out, false);
    return out;
  }
  const bulk& made = in.bulks.create(in, where, replays, title, region != nullptr ? region->get<std::string>() : "",
                                     std::move(std::get<run_numbers>(chosen)));
  return answer(202, {{"id", bulk_store::id_of(made, in.seed)}});
}

reply list_bulk(state& in, const call& from) {
  if (!from.who.may("read", {"runs"})) return forbidden();
  if (from.where.value("page[after]") && from.where.value("page[before]")) return refuse(500, "Internal Server Error");
  auto wanted = read_page(from.where, bulk_prefix, in.seed);
  if (auto* refusal = std::get_if<reply>(&wanted)) return std::move(*refusal);
  const page found =
      take_page(from.who.where->bulk_actions, std::get<page_request>(wanted), [](std::uint64_t) { return fit::yes; });
  json rows = json::array();
  for (const std::uint64_t number : found.rows) rows.push_back(shape(in, in.bulks.at(number)));
  json pages = json::object();
  const auto mark = [&](std::uint64_t number) {
    return cursor(bulk_prefix, in.seed, number, in.bulks.at(number).created.time_since_epoch().count());
  };
  if (found.next && !found.rows.empty()) pages["next"] = mark(found.rows.back());
  if (found.previous && !found.rows.empty()) pages["previous"] = mark(found.rows.front());
  return answer(200, {{"data", std::move(rows)}, {"pagination", std::move(pages)}});
}

reply get_bulk(state& in, const call& from) {
  if (!from.who.may("read", {"runs"})) return forbidden();
  const bulk* found = in.bulks.find(from.arguments[0], in.seed, *from.who.where);
  return found == nullptr ? refuse(404, "Not found") : answer(200, shape(in, *found));
}

reply abort_bulk(state& in, const call& from) {
  if (!from.who.may("write", {"runs"})) return forbidden();
  bulk* found = in.bulks.find(from.arguments[0], in.seed, *from.who.where);
  if (found == nullptr) return refuse(404, "Not found");
  if (found->status != bulk_status::pending) return refuse(409, "Bulk action is already finished");
  in.bulks.abort(in, *found);
  return answer(200, {{"id", from.argument(0)}});
}

}  // namespace triggerd::sandbox::handlers
