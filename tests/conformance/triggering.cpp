#include "conformance/triggering.hpp"

#include "api/batches.hpp"
#include "api/tasks.hpp"
#include "conformance/options.hpp"

#include <optional>
#include <vector>

namespace triggerd::conformance {

namespace {

constexpr std::size_t moved_from = 131'072;  // the SDK uploads payloads of this size first

// A payload in our form; unset: none.
result<std::optional<json>> payload_of(const json& written) {
  if (is_undefined(written)) return std::optional<json>();
  auto value = plain(written);
  if (!value) return value.error();
  if (value->is_string() && value->get_ref<const std::string&>().size() >= moved_from)
    return no_counterpart("a large payload travels in the request; nothing is uploaded before");
  return std::optional<json>(std::move(*value));
}

const json* pointer(const std::optional<json>& payload) { return payload ? &*payload : nullptr; }

struct item {
  std::string task;
  json payload;  // as recorded
  json options;
};

// Options of ours that the API refuses are a verdict: nothing is sent.
result<json> wire_options(const trigger_words& words) {
  return api::trigger_options(words.written, {}, words.key, words.key_ttl);
}

// Without a key of its own an item gets one of the batch's key, as the caller wrote it, and its index.
void derive_key(trigger_words& words, const trigger_words& batch, std::size_t index) {
  if (batch.key.empty() || !words.key.empty()) return;
  words.key = api::hashed_key(batch.key + '-' + std::to_string(index));
  words.key_ttl = batch.key_ttl;
}

struct lines {
  std::string text;
  bool refused = false;
};

result<lines> lines_of(const caller& from, const std::vector<item>& items, const trigger_words& batch) {
  lines out;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto payload = payload_of(items[i].payload);
    if (!payload) return payload.error();
    auto words = trigger_words_of(items[i].options, from.deployment);
    if (!words) return words.error();
    derive_key(*words, batch, i);
    const auto options = wire_options(*words);
    if (options) out.text += api::batch_line(i, items[i].task, pointer(*payload), *options);
    else out.refused = true;
  }
  return out;
}

task<result<verdict>> send_batch(const caller& from, std::vector<item> items, const json& written) {
  const auto batch = trigger_words_of(written, {});
  if (!batch) co_return batch.error();
  if (items.empty()) co_return no_counterpart("an empty batch is never sent: the server would refuse it");
  auto chunk = lines_of(from, items, *batch);
  if (!chunk) co_return chunk.error();
  if (chunk->refused) co_return verdict{};
  std::vector<std::string> tasks;
  for (const auto& one : items) tasks.push_back(one.task);
  const std::string key = batch->key.empty() ? std::string() : api::hashed_key(batch->key);
  auto create = api::create_batch(items.size(), tasks, key);
  const auto created = co_await from.by.send(std::move(create));
  if (!created || created->cached) co_return verdict_of(created);
  auto stream = api::stream_items(created->id, std::make_shared<const std::string>(std::move(chunk->text)));
  const auto streamed = co_await from.by.send(std::move(stream));
  co_return verdict_of(streamed);
}

}  // namespace

task<result<verdict>> trigger_one(const caller& from, const json& args, bool) {
  const auto payload = payload_of(argument(args, 1));
  if (!payload) co_return payload.error();
  const auto words = trigger_words_of(argument(args, 2), from.deployment);
  if (!words) co_return words.error();
  const auto options = wire_options(*words);
  if (!options) co_return verdict{};
  auto body = std::make_shared<const std::string>(api::trigger_body(pointer(*payload), *options));
  auto what = api::trigger(args.at(0).get<std::string>(), std::move(body), !words->key.empty(), false);
  if (!what) co_return verdict{};
  api::operation<api::triggered> trigger = std::move(*what);
  const auto got = co_await from.by.send(std::move(trigger));
  co_return verdict_of(got);
}

task<result<verdict>> trigger_batch_of_one_task(const caller& from, const json& args, bool) {
  std::vector<item> items;
  for (const auto& one : args.at(1))
    items.push_back({args.at(0).get<std::string>(), member_of(one, "payload"), member_of(one, "options")});
  return send_batch(from, std::move(items), argument(args, 2));
}

task<result<verdict>> trigger_batch(const caller& from, const json& args, bool) {
  std::vector<item> items;
  for (const auto& one : args.at(0))
    items.push_back({one.at("id").get<std::string>(), member_of(one, "payload"), member_of(one, "options")});
  return send_batch(from, std::move(items), argument(args, 1));
}

task<result<verdict>> retrieve_batch(const caller& from, const json& args, bool) {
  auto what = api::retrieve_batch(args.at(0).get<std::string>());
  const auto got = co_await from.by.send(std::move(what));
  co_return verdict_of(got);
}

}  // namespace triggerd::conformance
