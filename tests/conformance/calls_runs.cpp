// Runs: retrieve, poll, cancel, list; and bulk actions.
#include "api/bulk_actions.hpp"
#include "api/runs.hpp"
#include "client/pages.hpp"
#include "client/waiting.hpp"
#include "conformance/calls.hpp"
#include "conformance/options.hpp"

namespace triggerd::conformance {

namespace {

milliseconds interval_of(const json& options) {
  if (!options.is_object() || !options.contains("pollIntervalMs")) return client::usual_interval;
  return milliseconds(options["pollIntervalMs"].get<std::int64_t>());
}

reply poll_run(const caller& from, const json& args) {
  const auto got = co_await client::wait_for_run(from.by, id_at(args, 0), interval_of(argument(args, 1)));
  co_return verdict_of(got);
}

reply cancel_run(const caller& from, const json& args) { return send(from, api::cancel_run(id_at(args, 0))); }

// A list that is iterated follows its pages.
reply list_runs(const caller& from, const json& args) {
  const bool by_project = argument(args, 0).is_string();
  const json& written = argument(args, by_project ? 1 : 0);
  auto filter = run_filter_of(written);
  if (!filter) co_return filter.error();
  const std::string env = environments_of(written);
  const std::string project = by_project ? args.at(0).get<std::string>() : std::string();
  client::pages<api::run_page> list(from.by, [&](std::string_view cursor) {
    api::run_filter which = *filter;
    if (!cursor.empty()) which.after = cursor;
    return by_project ? api::list_project_runs(project, env, which) : api::list_runs(which);
  });
  for (;;) {
    const auto page = co_await list.next();
    if (!page) co_return success();
    if (!*page || !from.iterates) co_return verdict_of(*page);
  }
}

constexpr std::array<known_call, 4> runs{{
    {"runs.poll", poll_run},
    {"runs.cancel", cancel_run},
    {"cancelRun", cancel_run},
    {"runs.list", list_runs},
}};

}  // namespace

std::span<const known_call> run_calls() { return runs; }

}  // namespace triggerd::conformance
