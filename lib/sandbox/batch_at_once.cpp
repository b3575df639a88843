#include "sandbox/handlers.hpp"

namespace triggerd::sandbox::handlers {

namespace {

constexpr std::size_t at_once_body = 1'000'000;
constexpr std::size_t task_batch_items = 100;

bool may_trigger(const call& from, const json& items) {
  if (from.who.full) return true;
  for (const json& item : items)
    if (!from.who.may("batchTrigger", {"tasks:" + item.value("task", "")})) return false;
  return true;
}

// Checked and taken over, not yet made into runs. `task` fills in for items that need not name theirs.
std::variant<batch*, reply> take(state& in, const call& from, std::size_t most_body, std::size_t most_items,
                                 const std::string& task) {
  auto body = read_body(from, most_body);
  if (auto* refusal = std::get_if<reply>(&body)) return std::move(*refusal);
  json* items = nullptr;
  if (json& asked = std::get<json>(body); asked.is_object() && asked.contains("items")) items = &asked["items"];
  if (items == nullptr || !items->is_array()) return refuse_body("Required", "items");
  for (std::size_t i = 0; i < items->size(); ++i) {
    json& item = (*items)[i];
    if (!item.is_object()) return refuse_body("Expected object", "items[" + std::to_string(i) + ']');
    if (!task.empty()) item["task"] = task;
    if (!item.contains("task")) return refuse_body("Required", "items[" + std::to_string(i) + "].task");
    if (!item["task"].is_string()) return refuse_body("Expected string", "items[" + std::to_string(i) + "].task");
  }
  if (items->empty() || !may_trigger(from, *items)) return forbidden();  // observed, with a root key too
  if (items->size() > most_items)
    return refuse(400, "Batch size of " + std::to_string(items->size()) +
                           " is too large. Maximum allowed batch size is " + std::to_string(most_items) + ".");
  if (!spend_token(in, from.who))
    return refuse(422, "Cannot batch trigger with a one-time use token as it has already been used.");
  batch& made = in.batches.create(in, *from.who.where, items->size(), "");
  for (std::size_t i = 0; i < items->size(); ++i) in.batches.add(in, made, {i, std::move((*items)[i]), false});
  in.batches.log_items(in, made, made.accepted);
  return &made;
}

}  // namespace

reply trigger_batch_v2(state& in, const call& from) {
  auto taken = take(in, from, at_once_body, limits::batch_items_v2, "");
  if (auto* refusal = std::get_if<reply>(&taken)) return std::move(*refusal);
  batch& made = *std::get<batch*>(taken);
  in.batches.seal(in, made, in.config.pace.batch_processing);
  const std::string id = batch_store::id_of(made, in.seed);
  reply out = answer(202, {{"id", id}, {"isCached", false}, {"runCount", made.announced}});
  add_token(in, from.who, out, json::array({"read:batch:" + id}), false);
  return out;
}

reply trigger_batch_v1(state& in, const call& from) {
  auto taken = take(in, from, at_once_body, limits::batch_items_v2, "");
  if (auto* refusal = std::get_if<reply>(&taken)) return std::move(*refusal);
  batch& made = *std::get<batch*>(taken);
  in.batches.make_now(in, made);
  json runs = json::array();
  for (const std::uint64_t number : made.shown) {
    const run& one = in.runs.at(number);
    runs.push_back(
        {{"id", in.runs.id_of(number)}, {"taskIdentifier", one.input->task}, {"isCached", one.batch != made.number}});
  }
  const std::string id = batch_store::id_of(made, in.seed);
  reply out = answer(202, {{"id", id}, {"isCached", false}, {"runs", std::move(runs)}});
  add_token(in, from.who, out, json::array({"read:batch:" + id}), false);
  return out;
}

reply trigger_task_batch(state& in, const call& from) {
  auto taken = take(in, from, limits::trigger_body, task_batch_items, from.argument(0));
  if (auto* refusal = std::get_if<reply>(&taken)) return std::move(*refusal);
  batch& made = *std::get<batch*>(taken);
  in.batches.make_now(in, made);
  json runs = json::array();
  for (const std::uint64_t number : made.shown) runs.push_back(in.runs.id_of(number));
  const std::string id = batch_store::id_of(made, in.seed);
  reply out = answer(200, {{"batchId", id}, {"runs", std::move(runs)}});
  add_token(in, from.who, out, json::array({"read:batch:" + id}), false);
  return out;
}

}  // namespace triggerd::sandbox::handlers
