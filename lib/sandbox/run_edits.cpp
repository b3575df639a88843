#include "sandbox/handlers.hpp"
#include "sandbox/replay_overrides.hpp"
#include "sandbox/run_view.hpp"
#include "sandbox/spans.hpp"
#include "sandbox/trigger.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <cmath>

namespace triggerd::sandbox::handlers {

namespace {

constexpr std::size_t metadata_body = 2u << 20;

run* own_run(state& in, const call& from) { return in.runs.find(from.arguments[0], *from.who.where); }

// "$.a.b" and "a" as the path of a JSON pointer.
json::json_pointer pointer_to(std::string_view key) {
  std::string out;
  if (key.starts_with("$.")) key.remove_prefix(2);
  else return json::json_pointer("/" + std::string(key));
  for (const std::string_view part : text::split(key, '.')) out += '/' + std::string(part);
  return json::json_pointer(out);
}

void apply(json& metadata, const json& operation) {
  const std::string type = operation.value("type", "");
  const json* value = find(operation, "value");
  if (type == "update" && value != nullptr) metadata = *value;
  const std::string key = operation.value("key", "");
  if (key.empty() || key.find('/') != std::string::npos || key.find('~') != std::string::npos) return;
  const auto at = pointer_to(key);
  const bool there = metadata.contains(at);
  if (type == "delete" && there && metadata.contains(at.parent_pointer()))
    metadata[at.parent_pointer()].erase(at.back());
  if (value == nullptr) return;
  if (type == "set") metadata[at] = *value;
  if (type == "increment" && value->is_number()) {
    const double sum = (there && metadata[at].is_number() ? metadata[at].get<double>() : 0.0) + value->get<double>();
    const bool whole = std::abs(sum) < 9e15 && sum == std::floor(sum);
    metadata[at] = whole ? json(static_cast<std::int64_t>(sum)) : json(sum);
  }
  if (type == "append") {
    if (!there) metadata[at] = json::array();
    else if (!metadata[at].is_array()) metadata[at] = json::array({metadata[at]});
    metadata[at].push_back(*value);
  }
  if (type == "remove" && there && metadata[at].is_array()) {
    json& list = metadata[at];
    list.erase(std::remove(list.begin(), list.end(), *value), list.end());
  }
}

std::optional<instant> new_start(const json& body, instant now) {
  const json* delay = find(body, "delay");
  if (delay == nullptr || !delay->is_string()) return std::nullopt;
  if (const auto wait = read_duration(delay->get_ref<const std::string&>())) return now + *wait;
  return text::parse_iso(delay->get_ref<const std::string&>());
}

}  // namespace

reply cancel_run(state& in, const call& from) {
  run* found = own_run(in, from);
  if (found == nullptr) return refuse(404, "Resource not found");
  if (!from.who.may("write", {"runs:" + from.argument(0), "tasks:" + found->input->task})) return forbidden();
  in.runs.cancel(*found, in.now);
  return answer(200, {{"id", from.argument(0)}});
}

reply replay_run(state& in, const call& from) {
  const run* found = own_run(in, from);
  if (found == nullptr) return refuse(404, "Resource not found");
  if (!from.who.may("write", {"runs:" + from.argument(0)})) return forbidden();
  if (in.runs.size() >= limits::sandbox_runs) return refuse(503, "The sandbox holds as many runs as it can");
  if (from.asked.body.empty()) return answer(200, {{"id", in.runs.id_of(sandbox::replay_run(in, *found, 0))}});
  const auto overrides = parse_json(from.asked.body);
  if (!overrides) return refuse(400, "Invalid JSON");
  auto made = replay_changed(in, *found, *overrides);
  if (auto* refusal = std::get_if<reply>(&made)) return std::move(*refusal);
  return answer(200, {{"id", std::get<std::string>(made)}});
}

reply reschedule_run(state& in, const call& from) {
  auto body = read_body_old(from);
  if (auto* refusal = std::get_if<reply>(&body)) return std::move(*refusal);
  run* found = own_run(in, from);
  if (found == nullptr) return refuse(404, "Run not found");
  const auto until = new_start(std::get<json>(body), in.now);
  if (!until) {
    const json* given = find(std::get<json>(body), "delay");
    return refuse(
        400, "Invalid delay: " + (given != nullptr && given->is_string() ? given->get<std::string>() : "undefined"));
  }
  if (found->status != run_status::delayed) return refuse(400, "Cannot reschedule a run that is not delayed");
  in.runs.delay(*found, *until, in.now);
  return answer(200, whole_run(in, *found, from.asked));
}

reply add_tags(state& in, const call& from) {
  auto body = read_body_old(from);
  if (auto* refusal = std::get_if<reply>(&body)) return std::move(*refusal);
  run* found = own_run(in, from);
  if (found == nullptr) return refuse(404, "Run not found");
  const json* given = find(std::get<json>(body), "tags");
  if (given == nullptr || (!given->is_string() && !given->is_array()))
    return invalid_body({{"code", "invalid_union"}, {"path", json::array({"tags"})}, {"message", "Invalid input"}});
  std::vector<std::string> tags = *found->tags;
  std::vector<std::string> fresh;
  for (const json& tag : given->is_array() ? *given : json::array({*given})) {
    if (!tag.is_string()) return invalid_body(required("string", &tag, "tags"));
    const std::string& word = tag.get_ref<const std::string&>();
    if (!word.empty() && std::find(tags.begin(), tags.end(), word) == tags.end()) {
      tags.push_back(word);
      fresh.push_back(word);
    }
  }
  if (tags.size() > limits::tags_per_run)
    return refuse(422, "Runs can only have 10 tags, you're trying to set " + std::to_string(tags.size()) +
                           ". These tags have not been set: '" + text::join(fresh, "', '") + "'.");
  std::sort(tags.begin(), tags.end());
  in.runs.add_tags(*found, std::move(tags), in.now);
  return answer(200, {{"message", "Successfully set " + std::to_string(fresh.size()) + " new tags."}});
}

reply put_metadata(state& in, const call& from) {
  auto body = read_body(from, metadata_body);
  if (auto* refusal = std::get_if<reply>(&body)) return std::move(*refusal);
  const json& asked = std::get<json>(body);
  const json* whole = find(asked, "metadata");
  if (whole != nullptr && !whole->is_object())
    return refuse_body("Expected object, received " + std::string(type_word(*whole)), "metadata");
  run* found = own_run(in, from);
  if (found == nullptr) return refuse(404, "Task Run not found");
  const std::string& before = found->metadata.empty() ? found->input->metadata : found->metadata;
  json metadata = parse_json(before).value_or(json::object());
  if (whole != nullptr) metadata = *whole;
  if (const json* operations = find(asked, "operations"); operations != nullptr && operations->is_array())
    for (const json& one : *operations) apply(metadata, one);
  found->metadata = dump_json(metadata);
  found->updated = in.now;
  return answer(200, {{"metadata", std::move(metadata)}});
}

reply reset_key(state& in, const call& from) {
  auto body = read_body(from, limits::trigger_body);
  if (auto* refusal = std::get_if<reply>(&body)) return std::move(*refusal);
  const json* task = find(std::get<json>(body), "taskIdentifier");
  if (task == nullptr) return refuse_body("Required", "taskIdentifier");
  if (!task->is_string()) return refuse_body("Expected string", "taskIdentifier");
  if (!from.who.may("write", {"runs"})) return forbidden();
  const std::string key = from.argument(0);
  std::string held = *task;
  held += '\0';
  held += key;
  if (from.who.where->runs.keys.erase(held) == 0)
    return refuse(404, "No runs found with idempotency key: " + key + " and task: " + task->get<std::string>());
  effect e;
  e.at = in.now;
  e.kind = effect_kind::key_reset;
  e.where = from.who.where->where;
  e.task = *task;
  e.key = key;
  in.effects.append(std::move(e));
  return answer(200, {{"id", key}});
}

}  // namespace triggerd::sandbox::handlers
