// What is known of one run and changed in it, bulk actions, and the keys that make a run one.
#include "api/bulk_actions.hpp"
#include "api/idempotency_keys.hpp"
#include "api/run_details.hpp"
#include "api/run_results.hpp"
#include "api/run_traces.hpp"
#include "client/waiting.hpp"
#include "client/whole_run.hpp"
#include "conformance/calls.hpp"
#include "conformance/options.hpp"

namespace triggerd::conformance {

namespace {

reply retrieve_run(const caller& from, const json& args) {
  const auto got = co_await client::retrieve_whole_run(from.by, id_at(args, 0));
  co_return verdict_of(got);
}

reply replay_run(const caller& from, const json& args) {
  const json& written = argument(args, 1);
  if (is_undefined(written) || written.empty()) co_return co_await send(from, api::replay_run(id_at(args, 0)));
  json rest = written;
  api::replay_overrides changes;
  if (rest.contains("payload")) {
    auto payload = superjson_of(rest["payload"]);
    if (!payload) co_return payload.error();
    changes.payload = payload->value.dump();
    if (!payload->types.is_null()) changes.payload_meta = json{{"values", payload->types}}.dump();
    rest.erase("payload");
  }
  // A replay's key is sent as it stands.
  if (rest.contains("idempotencyKey")) {
    changes.options.key.text = rest["idempotencyKey"].get<std::string>();
    rest.erase("idempotencyKey");
  }
  const auto key = changes.options.key;
  auto options = run_options_of(rest, {}, {});
  if (!options) co_return options.error();
  if (!*options) co_return verdict{};
  changes.options = std::move(**options);
  changes.options.key = key;
  co_return co_await send(from, api::replay_run(id_at(args, 0), changes));
}

reply reschedule_run(const caller& from, const json& args) {
  const auto delay = moment_of(args.at(1).at("delay"));
  if (!delay) co_return verdict{};
  co_return co_await send(from, api::reschedule_run(id_at(args, 0), *delay));
}

reply add_tags(const caller& from, const json& args) {
  const auto tags = texts(args.at(1).at("tags"));
  if (!tags) co_return tags.error();
  co_return co_await send(from, api::add_tags(id_at(args, 0), *tags));
}

reply retrieve_metadata(const caller& from, const json& args) {
  return send(from, api::retrieve_metadata(id_at(args, 0)));
}

std::vector<api::metadata_operation> operations_of(const json& written, const char* name) {
  using form = api::metadata_operation::form;
  constexpr std::array<std::pair<std::string_view, form>, 6> forms{{{"set", form::set},
                                                                    {"append", form::append},
                                                                    {"remove", form::remove},
                                                                    {"increment", form::increment},
                                                                    {"delete", form::erase},
                                                                    {"update", form::update}}};
  std::vector<api::metadata_operation> out;
  for (const auto& one : listed(member_of(written, name))) {
    api::metadata_operation next;
    for (const auto& [word, form] : forms)
      if (one.at("type") == word) next.what = form;
    next.key = text_member(one, "key");
    if (one.contains("value")) next.value = one["value"].dump();
    out.push_back(std::move(next));
  }
  return out;
}

reply change_metadata(const caller& from, const json& args) {
  const json& written = args.at(1);
  api::metadata_change what;
  if (written.contains("metadata")) what.replace = written["metadata"].dump();
  what.operations = operations_of(written, "operations");
  what.of_parent = operations_of(written, "parentOperations");
  what.of_root = operations_of(written, "rootOperations");
  return send(from, api::change_metadata(id_at(args, 0), what));
}

// The SDK makes "no result" of a 404.
reply run_result(const caller& from, const json& args) {
  const auto got = co_await from.by.send(api::retrieve_run_result(id_at(args, 0)));
  if (!got && api::has_no_result(got.error())) co_return success();
  co_return verdict_of(got);
}

reply batch_results(const caller& from, const json& args) {
  return send(from, api::retrieve_batch_results(id_at(args, 0)));
}
reply run_events(const caller& from, const json& args) { return send(from, api::retrieve_run_events(id_at(args, 0))); }
reply run_trace(const caller& from, const json& args) { return send(from, api::retrieve_run_trace(id_at(args, 0))); }
reply run_trace_page(const caller& from, const json& args) {
  const json& page = argument(args, 1);
  return send(from, api::list_run_spans(id_at(args, 0), page.value("limit", 0u), text_member(page, "after")));
}
reply run_span(const caller& from, const json& args) {
  return send(from, api::retrieve_run_span(id_at(args, 0), id_at(args, 1)));
}

constexpr std::array<known_call, 15> details{{
    {"runs.retrieve", retrieve_run},
    {"retrieveRun", retrieve_run},
    {"runs.replay", replay_run},
    {"replayRun", replay_run},
    {"runs.reschedule", reschedule_run},
    {"rescheduleRun", reschedule_run},
    {"addTags", add_tags},
    {"getRunMetadata", retrieve_metadata},
    {"updateRunMetadata", change_metadata},
    {"getRunResult", run_result},
    {"getBatchResults", batch_results},
    {"listRunEvents", run_events},
    {"retrieveRunTrace", run_trace},
    {"retrieveRunTracePage", run_trace_page},
    {"retrieveSpan", run_span},
}};

// --- bulk actions ---

reply create_bulk(const caller& from, const json& written, api::bulk_kind kind) {
  api::bulk_request what;
  what.kind = kind;
  what.name = text_member(written, "name");
  what.target_region = text_member(written, "targetRegion");
  if (written.contains("runIds")) {
    auto runs = texts(written["runIds"]);
    if (!runs) co_return runs.error();
    what.runs = std::move(*runs);
  }
  if (written.contains("filter")) {
    auto filter = run_filter_of(written["filter"]);
    if (!filter) co_return filter.error();
    what.which = std::move(*filter);
  }
  co_return co_await send(from, api::create_bulk_action(what));
}

reply bulk_cancel(const caller& from, const json& args) {
  return create_bulk(from, args.at(0), api::bulk_kind::cancel);
}
reply bulk_replay(const caller& from, const json& args) {
  return create_bulk(from, args.at(0), api::bulk_kind::replay);
}
reply bulk_retrieve(const caller& from, const json& args) {
  return send(from, api::retrieve_bulk_action(id_at(args, 0)));
}
reply bulk_abort(const caller& from, const json& args) { return send(from, api::abort_bulk_action(id_at(args, 0))); }
reply bulk_poll(const caller& from, const json& args) {
  const auto interval = milliseconds(argument(args, 1).value("pollIntervalMs", 1'000));
  const auto got = co_await client::wait_for_bulk_action(from.by, id_at(args, 0), interval);
  co_return verdict_of(got);
}
reply bulk_list(const caller& from, const json& args) {
  const json& page = argument(args, 0);
  return send(from, api::list_bulk_actions(page.value("limit", std::size_t{0}), text_member(page, "after")));
}

constexpr std::array<known_call, 6> bulk{{
    {"runs.bulk.cancel", bulk_cancel},
    {"runs.bulk.replay", bulk_replay},
    {"runs.bulk.retrieve", bulk_retrieve},
    {"runs.bulk.abort", bulk_abort},
    {"runs.bulk.poll", bulk_poll},
    {"runs.bulk.list", bulk_list},
}};

// --- idempotency keys ---

// The SDK refuses to guess the run that a key of scope run or attempt was made in.
reply reset_key(const caller& from, const json& args) {
  const json& how = argument(args, 2);
  const auto words = text_member(how, "scope");
  const api::key_scope scope = words == "global"    ? api::key_scope::global
                               : words == "attempt" ? api::key_scope::attempt
                                                    : api::key_scope::run;
  const api::key_context made_in{.run = text_member(how, "parentRunId"),
                                 .attempt = how.is_object() ? how.value("attemptNumber", 0u) : 0u};
  const auto plain_key = plain(args.at(1));
  if (!plain_key) co_return plain_key.error();
  const bool sent_raw = plain_key->is_string() && plain_key->get<std::string>().size() == 64;
  if (!sent_raw && scope != api::key_scope::global && made_in.run.empty()) co_return verdict{};
  const auto key = key_of(*plain_key, scope, made_in);
  if (!key) co_return verdict{};
  co_return co_await send(from, api::reset_idempotency_key(args.at(0).get<std::string>(), key->text));
}

constexpr std::array<known_call, 2> keys{{
    {"idempotencyKeys.reset", reset_key},
    {"resetIdempotencyKey", reset_key},
}};

}  // namespace

std::span<const known_call> run_detail_calls() { return details; }
std::span<const known_call> bulk_calls() { return bulk; }
std::span<const known_call> key_calls() { return keys; }

}  // namespace triggerd::conformance
