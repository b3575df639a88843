#include "sandbox/handlers.hpp"

#include "base/text.hpp"

namespace triggerd::sandbox::handlers {

namespace {

constexpr std::size_t create_body = 131'072;

bool may_batch(const call& from, const json& asked) {
  if (from.who.may("batchTrigger", {"batch", "tasks"})) return true;
  const json* tasks = find(asked, "taskIdentifiers");
  if (tasks == nullptr || !tasks->is_array() || tasks->empty()) return false;
  for (const json& task : *tasks)
    if (!task.is_string() || !from.who.may("batchTrigger", {"tasks:" + task.get<std::string>()})) return false;
  return true;
}

// Every task that a line names; lines that name none are refused for that later.
bool may_add_items(const call& from) {
  if (from.who.full) return true;
  for (const std::string_view line : text::split(from.asked.body, '\n')) {
    const auto item = parse_json(line);
    const json* task = item ? find(*item, "task") : nullptr;
    if (task == nullptr || !task->is_string()) continue;
    if (!from.who.may("batchTrigger", {"tasks:" + task->get<std::string>()})) return false;
  }
  return true;
}

// The batch limiter's 429 carries every x-ratelimit-* header a second time, and its reset in seconds.
reply batch_limit_reached(const allowance& left, instant now) {
  const auto reset = std::chrono::floor<seconds>(left.reset);
  reply out = refuse(429, "Batch rate limit exceeded. Limit resets at " + text::iso(left.reset));
  out.headers.emplace_back("x-ratelimit-limit", std::to_string(left.limit));
  out.headers.emplace_back("x-ratelimit-remaining", std::to_string(left.remaining));
  out.headers.emplace_back("x-ratelimit-reset", std::to_string(reset.time_since_epoch().count()));
  const auto wait = std::chrono::ceil<seconds>(left.reset - now);
  out.headers.emplace_back("retry-after", std::to_string(std::max<std::int64_t>(1, wait.count())));
  return out;
}

// Why a line is no item.
struct bad_line {
  int status;
  std::string text;
};

std::variant<batch_item, bad_line> read_item(std::string_view line, std::size_t number, std::size_t expected) {
  auto body = parse_json(line);
  if (!body) return bad_line{400, "Invalid JSON at line " + std::to_string(number) + ": Unexpected end of JSON input"};
  const json* index = find(*body, "index");
  const json* task = find(*body, "task");
  const auto invalid = [&](const json& issue) {
    return bad_line{422, "Invalid item at index " + std::to_string(expected) + ": " + json::array({issue}).dump(2)};
  };
  if (!body->is_object()) return invalid(required("object", &*body, ""));
  if (index == nullptr || !index->is_number_integer() || *index < 0) return invalid(required("number", index, "index"));
  if (task == nullptr || !task->is_string()) return invalid(required("string", task, "task"));
  batch_item out;
  out.index = index->get<std::size_t>();
  out.oversize = line.size() > limits::batch_line;
  if (out.oversize) body->erase("payload");
  out.body = std::move(*body);
  return out;
}

json shape(const state& in, const batch& one) {
  json out = {{"id", batch_store::id_of(one, in.seed)},
              {"status", batch_store::status_of(one)},
              {"createdAt", text::iso(one.created)},
              {"updatedAt", text::iso(one.updated)},
              {"runCount", one.announced}};
  if (!one.key.empty()) out["idempotencyKey"] = one.key;
  json runs = json::array();
  for (const std::uint64_t number : one.shown) runs.push_back(in.runs.id_of(number));
  out["runs"] = std::move(runs);
  if (one.processed) out["processingCompletedAt"] = text::iso(*one.processed);
  return out;
}

json processing(const batch& one) {
  json errors = json::array();
  for (const batch_error& e : one.errors) {
    const std::string words =
        e.text + " (" + std::to_string(e.count) + " items in this batch failed with the same error)";
    errors.push_back({{"index", e.index}, {"taskIdentifier", e.task}, {"error", words}, {"errorCode", e.code}});
  }
  json out = {{"errors", std::move(errors)}};
  if (one.processed) out["completedAt"] = text::iso(*one.processed);
  return out;
}

std::variant<batch*, reply> readable(state& in, const call& from) {
  batch* one = in.batches.find(from.arguments[0], in.seed);
  if (one == nullptr || one->where != from.who.where) {
    reply out = refuse(404, "Not found");
    should_retry(out, true);
    return out;
  }
  if (!from.who.may("read", {"batch:" + from.argument(0), "runs"})) return forbidden();
  return one;
}

}  // namespace

reply create_batch(state& in, const call& from) {
  auto body = read_body(from, create_body);
  if (auto* refusal = std::get_if<reply>(&body)) return std::move(*refusal);
  const json& asked = std::get<json>(body);
  if (!asked.is_object()) return refuse_body("Expected object, received " + std::string(type_word(asked)));
  const json* count = find(asked, "runCount");
  if (count == nullptr) return refuse_body("Required", "runCount");
  if (!count->is_number())
    return refuse_body("Expected number, received " + std::string(type_word(*count)), "runCount");
  if (!count->is_number_integer()) return refuse_body("Expected integer, received float", "runCount");
  if (*count < 1) return refuse_body("Number must be greater than or equal to 1", "runCount");
  if (!may_batch(from, asked)) return forbidden();
  const auto announced = count->get<std::size_t>();
  if (announced > limits::batch_items)
    return refuse(400, "Batch runCount of " + std::to_string(announced) + " exceeds maximum allowed of 1000.");
  const json* key = find(asked, "idempotencyKey");
  const std::string held = key != nullptr && key->is_string() ? key->get<std::string>() : std::string();
  if (!held.empty() && from.who.where->batch_keys.contains(held))
    return refuse(422, "Cannot create batch as it has already been created with the same idempotency key.");
  if (!spend_token(in, from.who))
    return refuse(422, "Cannot batch trigger with a one-time use token as it has already been used.");
  const auto left = in.meters.batch(from.who.where->root().where->id, static_cast<std::int64_t>(announced), in.now);
  if (!left.allowed) return batch_limit_reached(left, in.now);

  const batch& made = in.batches.create(in, *from.who.where, announced, held);
  const std::string id = batch_store::id_of(made, in.seed);
  json out = {{"id", id}, {"runCount", announced}, {"isCached", false}};
  if (!held.empty()) out["idempotencyKey"] = held;
  reply done = answer(202, out);
  add_token(in, from.who, done, json::array({"read:batch:" + id}), false);
  return done;
}

reply add_batch_items(state& in, const call& from) {
  const std::string_view type = first_header(from.asked.headers, "content-type").value_or("");
  if (!type.starts_with("application/x-ndjson") && !type.starts_with("application/ndjson"))
    return refuse(415, "Content-Type must be application/x-ndjson or application/ndjson");
  const std::string id = from.argument(0);
  batch* one = in.batches.find(id, in.seed);
  if (one == nullptr || one->where != from.who.where) return refuse(422, "Batch " + id + " not found");
  if (one->phase == batch_phase::aborted) return refuse(422, "Batch " + id + " was aborted");
  if (!may_add_items(from)) return forbidden();
  json out = {{"id", id}, {"itemsAccepted", 0}, {"itemsDeduplicated", 0}, {"runCount", one->announced}};
  if (one->phase != batch_phase::open) {
    out["sealed"] = true;
    return answer(200, out);
  }

  std::size_t accepted = 0, repeated = 0, line_number = 0, expected = 0;
  std::optional<bad_line> trouble;
  for (const std::string_view line : text::split(from.asked.body, '\n')) {
    ++line_number;
    if (text::trim(line).empty()) continue;
    auto item = read_item(line, line_number, expected);
    if (auto* bad = std::get_if<bad_line>(&item)) {
      trouble = std::move(*bad);
      break;
    }
    auto& good = std::get<batch_item>(item);
    if (good.index >= one->announced) {
      trouble = bad_line{422, "Item index " + std::to_string(good.index) + " exceeds batch runCount " +
                                  std::to_string(one->announced)};
      break;
    }
    expected = good.index + 1;
    if (in.batches.add(in, *one, std::move(good))) ++accepted;
    else ++repeated;
  }
  in.batches.log_items(in, *one, accepted);
  if (trouble) return refuse(trouble->status, trouble->text);
  out["itemsAccepted"] = accepted;
  out["itemsDeduplicated"] = repeated;
  out["sealed"] = one->accepted == one->announced;
  if (one->accepted == one->announced) {
    in.batches.seal(in, *one, in.config.pace.batch_processing);
  } else {
    out["enqueuedCount"] = one->accepted;
    out["expectedCount"] = one->announced;
  }
  return answer(200, out);
}

reply get_batch(state& in, const call& from) {
  auto found = readable(in, from);
  if (auto* refusal = std::get_if<reply>(&found)) return std::move(*refusal);
  const batch& one = *std::get<batch*>(found);
  json out = shape(in, one);
  out["processing"] = processing(one);
  return answer(200, out);
}

reply get_batch_v1(state& in, const call& from) {
  auto found = readable(in, from);
  if (auto* refusal = std::get_if<reply>(&found)) return std::move(*refusal);
  const batch& one = *std::get<batch*>(found);
  json out = shape(in, one);
  out["successfulRunCount"] = one.shown.size();  // items triggered, not runs that succeeded
  out["failedRunCount"] = one.failed;
  return answer(200, out);
}

reply batch_results(state& in, const call& from) {
  auto found = readable(in, from);
  if (auto* refusal = std::get_if<reply>(&found)) return std::move(*refusal);
  return answer(200, {{"id", from.argument(0)}, {"items", json::array()}});
}

}  // namespace triggerd::sandbox::handlers
