#include "sandbox/handlers.hpp"
#include "sandbox/page.hpp"
#include "sandbox/run_access.hpp"
#include "sandbox/run_filter.hpp"
#include "sandbox/run_view.hpp"

#include <algorithm>

namespace triggerd::sandbox::handlers {

namespace {

constexpr std::string_view cursor_prefix = "run_";

reply listing(state& in, const live_environment& where, const target& asked) {
  auto filter = read_run_filter(in, asked);
  if (auto* refusal = std::get_if<reply>(&filter)) return std::move(*refusal);
  auto wanted = read_page(asked, cursor_prefix, in.seed);
  if (auto* refusal = std::get_if<reply>(&wanted)) return std::move(*refusal);
  const run_filter& by = std::get<run_filter>(filter);
  const instant horizon = in.list_horizon();
  run_numbers scratch;
  const page found =
      take_page(by.candidates(where, scratch), std::get<page_request>(wanted), [&](std::uint64_t number) {
        const run& one = in.runs.at(number);
        if (by.from && one.created < *by.from) return fit::none_older;
        return by.fits(one, horizon) ? fit::yes : fit::no;
      });
  json rows = json::array();
  for (const std::uint64_t number : found.rows) rows.push_back(run_row(in, in.runs.at(number), horizon));
  json pages = json::object();
  const auto mark = [&](std::uint64_t number) {
    return cursor(cursor_prefix, in.seed, number, in.runs.at(number).created.time_since_epoch().count());
  };
  if (found.next && !found.rows.empty()) pages["next"] = mark(found.rows.back());
  if (found.previous && !found.rows.empty()) pages["previous"] = mark(found.rows.front());
  return answer(200, {{"data", std::move(rows)}, {"pagination", std::move(pages)}});
}

}  // namespace

reply get_run(state& in, const call& from) {
  auto found = readable_run(in, from);
  if (auto* refusal = std::get_if<reply>(&found)) return std::move(*refusal);
  return answer(200, whole_run(in, *std::get<run*>(found), from.asked));
}

reply list_runs(state& in, const call& from) {
  const auto tasks = listed(from.where.value("filter[taskIdentifier]").value_or(""));
  const bool each_task = !tasks.empty() && std::all_of(tasks.begin(), tasks.end(), [&](const std::string& task) {
    return from.who.may("read", {"tasks:" + task});
  });
  if (!each_task && !from.who.may("read", {"runs", "tasks"})) return forbidden();
  return listing(in, *from.who.where, from.where);
}

reply list_project_runs(state& in, const call& from) {
  live_project* project = visible_project(in, from, from.arguments[0]);
  if (project == nullptr) return refuse(404, "Project not found");
  // Stored slugs only, one of them only; anything else breaks the server's own query.
  for (const std::string& slug : listed(from.where.value("filter[env]").value_or("")))
    for (const live_environment* home : project->environments)
      if (home->slug == slug) return listing(in, *home, from.where);
  return refuse(500, "Internal Server Error");
}

reply run_result(state&, const call&) { return refuse(404, "Run either doesn't exist or is not finished"); }

reply get_metadata(state& in, const call& from) {
  const run* found = in.runs.find(from.arguments[0], *from.who.where);
  if (found == nullptr) return refuse(404, "Run not found");
  const std::string& text = found->metadata.empty() ? found->input->metadata : found->metadata;
  return answer(200, {{"metadata", text.empty() ? json(nullptr) : json(text)}, {"metadataType", "application/json"}});
}

}  // namespace triggerd::sandbox::handlers
