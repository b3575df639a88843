#include "sandbox/batch_store.hpp"

#include "sandbox/dice.hpp"
#include "sandbox/trigger.hpp"

#include <algorithm>
#include <utility>

namespace triggerd::sandbox {

namespace {

constexpr std::string_view batch_prefix = "batch_";

effect about(const state& in, const batch& one, effect_kind kind, std::size_t count) {
  effect e;
  e.at = in.now;
  e.kind = kind;
  e.where = one.where->where;
  e.batch = batch_store::id_of(one, in.seed);
  e.key = one.key;
  e.count = count;
  return e;
}

void plan(state& in, batch& one, instant at) { in.plans.add(at, subject_kind::batch, one.number, ++one.generation); }

// The server keeps neither payload nor tags of an item that it could not trigger.
run_order failed_item(const batch& of, const batch_item& item) {
  auto input = std::make_shared<run_input>();
  input->task = item.body.at("task").get<std::string>();
  input->has_payload = true;
  input->payload = "{}";
  input->payload_type = "application/json";
  input->region = "main";
  run_order order;
  order.where = of.where;
  order.input = std::move(input);
  order.tags = std::make_shared<const std::vector<std::string>>();
  order.batch = of.number;
  order.index = item.index;
  order.batched = true;
  return order;
}

}  // namespace

batch& batch_store::create(state& in, live_environment& where, std::size_t announced, const std::string& key) {
  batch& made = batches_.emplace_back();
  made.number = batches_.size();
  made.where = &where;
  made.created = made.updated = in.now;
  made.announced = announced;
  made.key = key;
  made.got.resize(announced);
  if (!key.empty()) where.batch_keys[key] = made.number;
  in.effects.append(about(in, made, effect_kind::batch_created, announced));
  return made;
}

bool batch_store::add(state& in, batch& to, batch_item item) {
  if (to.got[item.index]) return false;
  to.got[item.index] = true;
  ++to.accepted;
  to.updated = in.now;
  to.items.push_back(std::move(item));
  return true;
}

void batch_store::log_items(state& in, const batch& to, std::size_t accepted) {
  if (accepted > 0) in.effects.append(about(in, to, effect_kind::batch_items, accepted));
}

void batch_store::make_now(state& in, batch& one) {
  seal(in, one, milliseconds(0));
  ++one.generation;
  one.tried = true;
  trigger_items(in, one);
  give_up(in, one);
  end_processing(in, one);
}

void batch_store::seal(state& in, batch& one, milliseconds wait) {
  one.phase = batch_phase::processing;
  one.updated = in.now;
  std::sort(one.items.begin(), one.items.end(),
            [](const batch_item& a, const batch_item& b) { return a.index < b.index; });
  in.effects.append(about(in, one, effect_kind::batch_sealed, one.announced));
  plan(in, one, in.now + wait);
}

void batch_store::due(state& in, batch& one) {
  if (one.phase != batch_phase::processing) return;
  if (!std::exchange(one.tried, true)) trigger_items(in, one);
  else give_up(in, one);
  if (one.items.empty()) end_processing(in, one);
  else plan(in, one, in.now + in.config.pace.bad_item);
}

void batch_store::trigger_items(state& in, batch& one) {
  auto items = std::exchange(one.items, {});
  std::vector<batch_item> bad;
  for (batch_item& item : items) trigger_item(in, one, std::move(item), bad);
  one.items = std::move(bad);
}

void batch_store::trigger_item(state& in, batch& one, batch_item item, std::vector<batch_item>& bad) {
  if (item.oversize) {
    one.runs[item.index] = in.runs.create_failed(failed_item(one, item), "PAYLOAD_TOO_LARGE", in.now).number;
    return;
  }
  auto options = read_options(sandbox::find(item.body, "options"), "options");
  if (std::holds_alternative<complaint>(options)) {
    bad.push_back(std::move(item));
    return;
  }
  asked_run asked;
  asked.where = one.where;
  asked.task = item.body.at("task").get<std::string>();
  asked.payload = sandbox::find(item.body, "payload");
  asked.options = std::move(std::get<trigger_options>(options));
  asked.batch = one.number;
  asked.index = item.index;
  const std::string task = asked.task;
  auto made = make_run(in, std::move(asked));
  if (const auto* fresh = std::get_if<made_run>(&made)) return follow(in, one, item.index, fresh->number);
  const refused_run& refusal = std::get<refused_run>(made);
  if (refusal.code.empty()) {
    bad.push_back(std::move(item));
    return;
  }
  ++one.failed;
  const auto same = std::find_if(one.errors.begin(), one.errors.end(),
                                 [&](const batch_error& e) { return e.text == refusal.text && e.task == task; });
  if (same != one.errors.end()) ++same->count;
  else one.errors.push_back({item.index, task, refusal.text, refusal.code});
  effect e = about(in, one, effect_kind::batch_item_failed, 0);
  e.task = task;
  e.index = item.index;
  e.status = refusal.code;
  in.effects.append(std::move(e));
}

// The items that the server has tried long enough become runs that failed before they started.
void batch_store::give_up(state& in, batch& one) {
  for (const batch_item& item : std::exchange(one.items, {}))
    one.runs[item.index] = in.runs.create_failed(failed_item(one, item), "BATCH_ITEM_COULD_NOT_TRIGGER", in.now).number;
}

void batch_store::follow(state& in, batch& one, std::size_t index, std::uint64_t number) {
  one.runs[index] = number;
  run& made = in.runs.at(number);
  if (is_final(made.status)) return;
  made.awaited_by.push_back(one.number);
  ++one.unfinished;
}

void batch_store::end_processing(state& in, batch& one) {
  one.processed = one.updated = in.now;
  for (const auto& [index, number] : one.runs) one.shown.push_back(number);
  one.runs.clear();
  if (one.shown.empty() && one.failed > 0) one.phase = batch_phase::aborted;
  else one.phase = one.unfinished == 0 ? batch_phase::completed : batch_phase::running;
}

void batch_store::run_finished(std::uint64_t number, instant at) {
  batch& one = batches_[number - 1];
  if (one.unfinished > 0) --one.unfinished;
  if (one.phase != batch_phase::running || one.unfinished > 0) return;
  one.phase = batch_phase::completed;
  one.updated = at;
}

batch* batch_store::find(std::string_view id, std::uint64_t seed) {
  const auto number = number_in(batch_prefix, seed, id);
  if (!number || *number == 0 || *number > batches_.size()) return nullptr;
  return &batches_[*number - 1];
}

std::string batch_store::id_of(const batch& one, std::uint64_t seed) {
  return numbered_id(batch_prefix, seed, one.number);
}

std::string_view batch_store::status_of(const batch& one) {
  switch (one.phase) {
    case batch_phase::open: return "PENDING";
    case batch_phase::processing: return "PROCESSING";
    case batch_phase::running: return one.failed > 0 ? "PARTIAL_FAILED" : "PENDING";
    case batch_phase::completed: return "COMPLETED";
    case batch_phase::aborted: return "ABORTED";
  }
  return {};
}

}  // namespace triggerd::sandbox
