#include "conformance/conversation.hpp"

#include "api/bulk_actions.hpp"
#include "api/envvars.hpp"
#include "api/runs.hpp"
#include "conformance/options.hpp"
#include "conformance/triggering.hpp"

#include <array>

namespace triggerd::conformance {

namespace {

using reply = task<result<verdict>>;

std::string id_of(const json& value) { return (value.is_object() ? value.at("id") : value).get<std::string>(); }

// --- runs ---

reply retrieve_run(const caller& from, const json& args, bool) {
  auto what = api::retrieve_run(id_of(args.at(0)));
  const auto got = co_await from.by.send(std::move(what));
  co_return verdict_of(got);
}

reply poll_run(const caller& from, const json& args, bool) {
  for (;;) {
    auto what = api::retrieve_run(id_of(args.at(0)));
    const auto got = co_await from.by.send(std::move(what));
    if (!got || got->ended()) co_return verdict_of(got);
  }
}

reply cancel_run(const caller& from, const json& args, bool) {
  auto what = api::cancel_run(id_of(args.at(0)));
  const auto got = co_await from.by.send(std::move(what));
  co_return verdict_of(got);
}

reply replay_run(const caller& from, const json& args, bool) {
  if (!is_request_options(argument(args, 1)))
    co_return no_counterpart("a replay cannot be changed: older servers would ignore that and say nothing");
  auto what = api::replay_run(id_of(args.at(0)));
  const auto got = co_await from.by.send(std::move(what));
  co_return verdict_of(got);
}

reply list_runs(const caller& from, const json& args, bool iterate) {
  const bool by_project = argument(args, 0).is_string();
  const json& written = argument(args, by_project ? 1 : 0);
  auto filter = run_filter_of(written);
  if (!filter) co_return filter.error();
  api::run_filter which = std::move(*filter);
  const std::string env = environments_of(written);
  for (;;) {
    auto what = by_project ? api::list_project_runs(args.at(0).get<std::string>(), env, which) : api::list_runs(which);
    const auto got = co_await from.by.send(std::move(what));
    if (!got || !iterate || got->next.empty()) co_return verdict_of(got);
    which.after = got->next;
  }
}

// --- bulk actions ---

reply create_bulk(const caller& from, const json& written, api::bulk_kind kind) {
  for (const auto& one : written.items())
    if (one.key() != "runIds" && one.key() != "name")
      co_return no_counterpart("a bulk action names its runs; it takes no \"" + one.key() + '"');
  auto runs = texts(written.at("runIds"));
  if (!runs) co_return runs.error();
  const std::string name = written.value("name", std::string());
  auto what = api::create_bulk_action(kind, *runs, name);
  const auto got = co_await from.by.send(std::move(what));
  co_return verdict_of(got);
}

reply bulk_cancel(const caller& from, const json& args, bool) {
  return create_bulk(from, args.at(0), api::bulk_kind::cancel);
}
reply bulk_replay(const caller& from, const json& args, bool) {
  return create_bulk(from, args.at(0), api::bulk_kind::replay);
}

reply retrieve_bulk(const caller& from, const json& args, bool) {
  auto what = api::retrieve_bulk_action(id_of(args.at(0)));
  const auto got = co_await from.by.send(std::move(what));
  co_return verdict_of(got);
}

reply poll_bulk(const caller& from, const json& args, bool) {
  for (;;) {
    auto what = api::retrieve_bulk_action(id_of(args.at(0)));
    const auto got = co_await from.by.send(std::move(what));
    if (!got || got->ended()) co_return verdict_of(got);
  }
}

reply list_bulk(const caller& from, const json& args, bool) {
  const json& written = args.at(0);
  auto what = api::list_bulk_actions(written.at("limit").get<std::size_t>(), written.value("after", std::string()));
  const auto got = co_await from.by.send(std::move(what));
  co_return verdict_of(got);
}

// --- variables ---

struct place {
  std::string project, slug, name;
};

result<place> place_of(const json& args, std::size_t parts) {
  const auto given =
      texts(json(args.begin(), args.begin() + static_cast<std::ptrdiff_t>(std::min(parts, args.size()))));
  if (!given) return given.error();
  if (given->size() < parts) return no_counterpart("a call without a slug cannot be written");
  return place{(*given)[0], (*given)[1], parts > 2 ? (*given)[2] : std::string()};
}

reply list_variables(const caller& from, const json& args, bool) {
  const auto at = place_of(args, 2);
  if (!at) co_return at.error();
  auto what = api::list_variables(at->project, at->slug);
  const auto got = co_await from.by.send(std::move(what));
  co_return verdict_of(got);
}

reply retrieve_variable(const caller& from, const json& args, bool) {
  const auto at = place_of(args, 3);
  if (!at) co_return at.error();
  auto what = api::retrieve_variable(at->project, at->slug, at->name);
  const auto got = co_await from.by.send(std::move(what));
  co_return verdict_of(got);
}

std::optional<bool> secret_flag(const json& of) {
  return of.contains("isSecret") ? std::optional(of["isSecret"].get<bool>()) : std::nullopt;
}

reply create_variable(const caller& from, const json& args, bool) {
  const auto at = place_of(args, 2);
  if (!at) co_return at.error();
  const json& one = args.at(2);
  auto what = api::create_variable(at->project, at->slug, one.at("name").get<std::string>(),
                                   one.at("value").get<std::string>(), secret_flag(one));
  const auto got = co_await from.by.send(std::move(what));
  co_return verdict_of(got);
}

reply update_variable(const caller& from, const json& args, bool) {
  const auto at = place_of(args, 3);
  if (!at) co_return at.error();
  auto what = api::update_variable(at->project, at->slug, at->name, args.at(3).at("value").get<std::string>());
  const auto got = co_await from.by.send(std::move(what));
  co_return verdict_of(got);
}

reply delete_variable(const caller& from, const json& args, bool) {
  const auto at = place_of(args, 3);
  if (!at) co_return at.error();
  auto what = api::delete_variable(at->project, at->slug, at->name);
  const auto got = co_await from.by.send(std::move(what));
  co_return verdict_of(got);
}

reply import_variables(const caller& from, const json& args, bool) {
  const auto at = place_of(args, 2);
  if (!at) co_return at.error();
  api::variable_import wanted;
  wanted.override_existing = false;
  for (const auto& one : args.at(2).items()) {
    if (one.key() == "variables") one.value().get_to(wanted.values);
    else if (one.key() == "override") wanted.override_existing = one.value().get<bool>();
    else if (one.key() == "isSecret") wanted.secret = one.value().get<bool>();
    else co_return no_counterpart("an import writes one environment; it takes no \"" + one.key() + '"');
  }
  auto body = std::make_shared<const std::string>(api::import_body(wanted));
  auto what = api::import_variables(at->project, at->slug, std::move(body), wanted.override_existing);
  const auto got = co_await from.by.send(std::move(what));
  co_return verdict_of(got);
}

struct known_call {
  std::string_view name;
  reply (*run)(const caller& from, const json& args, bool iterate);
};
constexpr std::array<known_call, 21> known{{
    {"tasks.trigger", trigger_one},
    {"tasks.batchTrigger", trigger_batch_of_one_task},
    {"batch.trigger", trigger_batch},
    {"batch.retrieve", retrieve_batch},
    {"runs.retrieve", retrieve_run},
    {"runs.poll", poll_run},
    {"runs.cancel", cancel_run},
    {"runs.replay", replay_run},
    {"runs.list", list_runs},
    {"runs.bulk.cancel", bulk_cancel},
    {"runs.bulk.replay", bulk_replay},
    {"runs.bulk.retrieve", retrieve_bulk},
    {"runs.bulk.poll", poll_bulk},
    {"runs.bulk.list", list_bulk},
    {"envvars.list", list_variables},
    {"envvars.retrieve", retrieve_variable},
    {"envvars.create", create_variable},
    {"envvars.update", update_variable},
    {"updateEnvVar", update_variable},
    {"envvars.del", delete_variable},
    {"envvars.upload", import_variables},
}};

}  // namespace

task<result<verdict>> converse(const caller& from, std::string_view call, const json& args, bool iterate) {
  for (const auto& one : known)
    if (one.name == call) co_return co_await one.run(from, args, iterate);
  co_return no_counterpart("there is no operation for " + std::string(call));
}

}  // namespace triggerd::conformance
