#include "client/triggering.hpp"

#include "api/codes.hpp"
#include "api/public_token.hpp"
#include "api/tasks.hpp"
#include "base/digest.hpp"
#include "base/limits.hpp"
#include "client/packets.hpp"

#include <nlohmann/json.hpp>

namespace triggerd::client {

namespace {

using nlohmann::json;

// What a task passes on to what it triggers. A version that the caller names stands.
void take_context(api::run_options& options, const std::optional<context>& around) {
  if (!around) return;
  if (options.parent_run.empty()) options.parent_run = around->run;
  if (options.version.empty()) options.version = around->version;
  if (around->test && !options.test) options.test = true;
}

// --- one run ---

result<started_run> read_started_run(const transport::response& reply) {
  auto run = api::read_triggered(reply);
  if (!run) return run.error();
  return started_run{.id = std::move(run->run), .cached = run->cached, .token = api::public_token_of(reply)};
}

// --- batches ---

result<started_batch> read_started_batch(const transport::response& reply) {
  auto batch = api::read_created_batch(reply);
  if (!batch) return batch.error();
  return started_batch{.id = std::move(batch->id),
                       .run_count = batch->run_count,
                       .cached = batch->cached,
                       .token = api::public_token_of(reply)};
}

// Of a batch's key, as the caller wrote it, and the item's place (contract API.md 11.6; the recordings win over its
// text).
void derive_key(api::run_options& item, const batch_options& batch, std::size_t index,
                const std::optional<context>& around) {
  if (item.key || !batch.key) return;
  std::string words = batch.key.words.empty() ? batch.key.text : batch.key.words;
  words += '-' + std::to_string(index);
  if (around && !around->run.empty()) words += '-' + around->run;
  item.key.text = sha256_hex(words);
  if (!item.key_ttl) item.key_ttl = batch.key_ttl;
}

result<std::shared_ptr<const std::string>> lines_of(std::vector<batch_item>& items, const batch_options& options,
                                                    const std::optional<context>& around) {
  std::string lines;
  for (std::size_t i = 0; i < items.size(); ++i) {
    take_context(items[i].options, around);
    items[i].options.parent_run.clear();  // the batch names it
    derive_key(items[i].options, options, i, around);
    const auto wire = api::wire_options(items[i].options);
    if (!wire) return fail(wire.error().code, "item " + std::to_string(i) + ": " + wire.error().message);
    lines += api::batch_line(i, items[i].task, items[i].payload, *wire);
  }
  return std::make_shared<const std::string>(std::move(lines));
}

result<api::operation<api::created_batch>> creation_of(const std::vector<batch_item>& items,
                                                       const batch_options& options,
                                                       const std::optional<context>& around) {
  api::batch_draft draft;
  draft.run_count = items.size();
  for (const auto& one : items) draft.tasks.push_back(one.task);
  draft.key = options.key;
  if (!options.words_of_key) draft.key.words.clear();
  if (around) draft.parent_run = around->run;
  return api::create_batch(draft);
}

api::failure unsealed(const started_batch& batch, const api::streamed_items& last) {
  std::string why = batch.id + " was not sealed: the server has " + std::to_string(last.enqueued.value_or(0)) + " of " +
                    std::to_string(batch.run_count) + " items, and starts none of them";
  return api::refused_here(fail(api::codes::unsealed, std::move(why)));
}

// The whole stream again and again: the server counts what it has and drops it.
task<api::answer<started_batch>> stream(retrying_client by, started_batch batch,
                                        std::shared_ptr<const std::string> lines) {
  const retry_policy policy = for_batch_items(by.config().retry);
  const watching how{.stop = by.stop()};
  for (int attempt = 1;; ++attempt) {
    auto what = api::stream_items(batch.id, lines);
    const api::call call = what.what;
    exchange done = co_await by.once().perform(call, how);
    const auto sent = client::finish(what, std::move(done));
    if (sent && sent->sealed) co_return batch;
    std::optional<milliseconds> wait;
    if (!sent && sent.error().what.code != api::codes::unreadable)
      wait = next_attempt(policy, call, attempt, sent.error(), by.random());
    else if (attempt < policy.attempts) wait = backoff(policy, attempt, by.random());
    if (!wait && sent) co_return unsealed(batch, *sent);
    if (!wait) co_return sent.error();
    const bool whole = co_await by.wait(*wait);
    if (!whole) co_return api::refused_here(fail(codes::cancelled, batch.id + " was stopped before it was sealed"));
  }
}

}  // namespace

task<api::answer<started_run>> trigger(retrying_client by, std::string task_id, api::packed_payload payload,
                                       api::run_options options) {
  take_context(options, by.config().around);
  const bool keyed = static_cast<bool>(options.key);
  const bool locked = !options.version.empty();
  auto wire = api::wire_options(options);
  if (!wire) co_return api::refused_here(wire.error());
  auto moved = co_await offload(by, std::move(payload));
  if (!moved) co_return moved.error();
  auto body = std::make_shared<const std::string>(api::trigger_body(*moved, *wire));
  auto what = api::trigger(task_id, std::move(body), keyed, locked);
  if (!what) co_return api::refused_here(what.error());
  api::operation<started_run> call{std::move(what->what), read_started_run};
  auto got = co_await by.send(std::move(call));
  co_return got;
}

task<api::answer<started_batch>> trigger_batch(retrying_client by, std::vector<batch_item> items,
                                               batch_options options) {
  const auto around = by.config().around;
  for (auto& one : items) {
    auto moved = co_await offload(by, std::move(one.payload));
    if (!moved) co_return moved.error();
    one.payload = std::move(*moved);
  }
  auto lines = lines_of(items, options, around);
  if (!lines) co_return api::refused_here(lines.error());
  auto creation = creation_of(items, options, around);
  if (!creation) co_return api::refused_here(creation.error());
  api::operation<started_batch> create{std::move(creation->what), read_started_batch};
  auto created = co_await by.send(std::move(create));
  if (!created) co_return created.error();
  started_batch batch = std::move(*created);
  if (batch.cached) co_return batch;
  auto sealed = co_await stream(by, std::move(batch), std::move(*lines));
  co_return sealed;
}

// Not coroutines: what they make is theirs alone.
task<api::answer<started_run>> trigger(retrying_client by, std::string task_id, api::packed_payload payload) {
  return trigger(std::move(by), std::move(task_id), std::move(payload), api::run_options());
}

task<api::answer<started_batch>> trigger_batch(retrying_client by, std::vector<batch_item> items) {
  return trigger_batch(std::move(by), std::move(items), batch_options());
}

}  // namespace triggerd::client
