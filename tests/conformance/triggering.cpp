// Triggering, one run or a batch.
#include "client/triggering.hpp"
#include "api/batch_requests.hpp"

#include "conformance/calls.hpp"
#include "conformance/options.hpp"

#include <optional>
#include <vector>

namespace triggerd::conformance {

namespace {

api::key_context key_context_of(const caller& from) {
  const auto& around = from.by.config().around;
  if (!around) return {};
  return {.run = around->run, .attempt = static_cast<std::uint32_t>(around->attempt)};
}

verdict refused() { return {}; }

// Refusals of ours are a verdict: nothing is sent.
reply trigger_one(const caller& from, const json& args) {
  const auto payload = payload_of(argument(args, 1));
  if (!payload) co_return payload.error();
  auto options = run_options_of(argument(args, 2), from.deployment, key_context_of(from));
  if (!options) co_return options.error();
  if (!*options) co_return refused();
  const auto got = co_await client::trigger(from.by, args.at(0).get<std::string>(), *payload, std::move(**options));
  verdict out = verdict_of(got);
  if (got) out.value = {{"id", got->id}};
  co_return out;
}

// The words of an item's key go only where the SDK sends them.
result<std::vector<client::batch_item>> items_of(const caller& from, const json& list, const std::string& task) {
  std::vector<client::batch_item> items;
  for (const auto& one : list) {
    auto payload = payload_of(member_of(one, "payload"));
    if (!payload) return payload.error();
    auto options = run_options_of(member_of(one, "options"), from.deployment, key_context_of(from));
    if (!options) return options.error();
    if (!*options) return std::vector<client::batch_item>();
    std::string id = task;
    if (id.empty()) id = one.contains("id") ? one["id"].get<std::string>() : one.at("task").at("id").get<std::string>();
    items.push_back({.task = std::move(id), .payload = std::move(*payload), .options = std::move(**options)});
  }
  return items;
}

reply send_batch(const caller& from, const json& list, const std::string& task, const json& written) {
  auto items = items_of(from, list, task);
  if (!items) co_return items.error();
  const auto whole = run_options_of(written, {}, key_context_of(from));
  if (!whole) co_return whole.error();
  if (!*whole) co_return refused();
  client::batch_options options;
  options.key = (*whole)->key;
  options.key_ttl = (*whole)->key_ttl;
  const auto got = co_await client::trigger_batch(from.by, std::move(*items), std::move(options));
  verdict out = verdict_of(got);
  if (got) out.value = {{"batchId", got->id}, {"runCount", got->run_count}};
  co_return out;
}

reply trigger_batch_of_one_task(const caller& from, const json& args) {
  const auto task = args.at(0).get<std::string>();
  co_return co_await send_batch(from, args.at(1), task, argument(args, 2));
}

reply trigger_batch(const caller& from, const json& args) {
  const std::string several;
  co_return co_await send_batch(from, args.at(0), several, argument(args, 1));
}

reply retrieve_batch(const caller& from, const json& args) { return send(from, api::retrieve_batch(id_at(args, 0))); }

// The form of older servers, with items as they stand.
reply request_batch(const caller& from, const json& args) {
  api::batch_request what;
  for (const auto& one : args.at(0).at("items")) what.items.push_back(one.dump());
  return send(from, api::request_batch(what));
}

constexpr std::array<known_call, 7> triggers{{
    {"batch.retrieve", retrieve_batch},
    {"retrieveBatch", retrieve_batch},
    {"batchTriggerV3", request_batch},
    {"tasks.trigger", trigger_one},
    {"tasks.batchTrigger", trigger_batch_of_one_task},
    {"batch.trigger", trigger_batch},
    {"batch.triggerByTask", trigger_batch},
}};

}  // namespace

std::span<const known_call> trigger_calls() { return triggers; }

}  // namespace triggerd::conformance
