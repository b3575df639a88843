#include "sandbox/run_store.hpp"

#include "sandbox/dice.hpp"
#include "sandbox/spans.hpp"

#include <algorithm>
#include <utility>

namespace triggerd::sandbox {

namespace {

constexpr std::string_view run_prefix = "run_";

std::string_view error_of(run_status end) {
  switch (end) {
    case run_status::failed: return "boom";
    case run_status::crashed: return "trigger.dev internal error (TASK_PROCESS_EXITED_WITH_NON_ZERO_CODE)";
    case run_status::timed_out: return "trigger.dev internal error (MAX_DURATION_EXCEEDED)";
    case run_status::system_failure: return "trigger.dev internal error (TASK_RUN_STALLED_EXECUTING)";
    case run_status::canceled: return "Canceled by user";
    default: return {};
  }
}

void insert_sorted(run_numbers& into, std::uint64_t number) {
  const auto at = std::lower_bound(into.begin(), into.end(), number);
  if (at == into.end() || *at != number) into.insert(at, number);
}

}  // namespace

run& run_store::add(const run_order& order, instant now) {
  run& made = runs_.emplace_back();
  made.number = runs_.size();
  made.where = order.where;
  made.input = order.input;
  made.waits_in = &order.where->queues[order.input->queue.empty() ? "task/" + order.input->task : order.input->queue];
  made.tags = order.tags;
  made.created = made.updated = now;
  made.ttl = order.ttl;
  made.key = order.key;
  made.shown_key = order.shown_key;
  made.batch = order.batch;
  made.bulk = order.bulk;
  made.batched = order.batched;
  made.history.reserve(4);
  const std::string_view mark = order.key.empty() ? std::string_view(order.input->payload) : order.key;
  made.destiny = fates_.draw(order.where->where->id, order.where->task(order.input->task), *order.input, mark,
                             order.replay_of != nullptr);
  index(made);
  return made;
}

void run_store::index(run& of) {
  run_index& in = of.where->runs;
  in.all.push_back(of.number);
  in.by_task[of.input->task].push_back(of.number);
  for (const std::string& tag : *of.tags) in.by_tag[tag].push_back(of.number);
  if (of.batch != 0) in.by_batch[of.batch].push_back(of.number);
  if (of.bulk != 0) in.by_bulk[of.bulk].push_back(of.number);
}

run& run_store::create(const run_order& order, instant now) {
  run& made = add(order, now);
  effect e = about(made, order.replay_of != nullptr ? effect_kind::replay_created : effect_kind::run_created, now);
  e.index = order.index;
  if (order.replay_of != nullptr) e.original = id_of(order.replay_of->number);
  effects_.append(std::move(e));
  if (order.delayed_until && *order.delayed_until > now) {
    made.delayed_until = order.delayed_until;
    move(made, run_status::delayed, now);
    plan(made, *made.delayed_until);
  } else {
    enqueue(made, now);
  }
  return made;
}

run& run_store::create_failed(const run_order& order, std::string_view code, instant now) {
  run& made = add(order, now);
  made.error = "trigger.dev internal error (" + std::string(code) + ")";
  made.finished = now;
  move(made, run_status::system_failure, now);
  effect e = about(made, effect_kind::batch_item_failed, now);
  e.index = order.index;
  e.status = code;
  effects_.append(std::move(e));
  return made;
}

run& run_store::create_past(const run_order& order, instant created, run_status end) {
  run& made = add(order, created);
  move(made, run_status::queued, created);
  made.where->queued -= 1;
  made.waits_in->queued -= 1;
  made.started = created + made.destiny.queued;
  made.version = made.where->version;
  made.finished = *made.started + made.destiny.runs;
  made.history.push_back({*made.started, run_status::executing});
  made.history.push_back({*made.finished, end});
  made.status = end;
  made.updated = *made.finished;
  made.error = error_of(end);
  return made;
}

void run_store::move(run& of, run_status to, instant at) {
  const auto count = [&](run_status status, std::size_t by) {
    if (status == run_status::queued) of.where->queued += by, of.waits_in->queued += by;
    if (status == run_status::executing) of.waits_in->running += by;
  };
  if (!of.history.empty()) count(of.status, static_cast<std::size_t>(-1));
  count(to, 1);
  of.status = to;
  of.updated = at;
  of.history.push_back({at, to});
}

void run_store::plan(run& of, instant at) { plans_.add(at, subject_kind::run, of.number, ++of.generation); }

void run_store::enqueue(run& of, instant at) {
  move(of, run_status::queued, at);
  const auto lifetime = read_duration(of.ttl);
  if (lifetime) of.expires = at + *lifetime;
  const instant begins = at + of.destiny.queued;
  plan(of, of.expires ? std::min(begins, *of.expires) : begins);
}

void run_store::due(run& of, instant at) {
  switch (of.status) {
    case run_status::delayed: enqueue(of, at); break;
    case run_status::queued: start(of, at); break;
    case run_status::executing: finish(of, of.destiny.end, at); break;
    default: break;
  }
}

void run_store::start(run& of, instant at) {
  if (of.expires && at >= *of.expires) {
    finish(of, run_status::expired, at);
  } else if (of.where->paused || of.waits_in->paused || of.waits_in->full()) {
    of.waits_in->held.push_back(of.number);
    if (of.expires) plan(of, *of.expires);
  } else if (of.where->task(of.input->task) == nullptr ||
             (!of.input->queue.empty() && !of.where->knows_queue(of.input->queue))) {
    move(of, run_status::pending_version, at);
  } else {
    of.started = at;
    of.version = of.where->version;
    move(of, run_status::executing, at);
    if (!of.destiny.holds) plan(of, at + of.destiny.runs);
  }
}

void run_store::finish(run& of, run_status end, instant at) {
  of.finished = at;
  of.error = error_of(end);
  if (end == run_status::expired) of.error = "Run expired because the TTL (" + of.ttl + ") was reached";
  move(of, end, at);
  effects_.append(about(of, effect_kind::run_finished, at));
  let_next_start(*of.waits_in, at);
  if (tell_)
    for (const std::uint64_t batch : of.awaited_by) tell_(batch, at);
}

void run_store::cancel(run& of, instant now) {
  if (is_final(of.status)) return;
  ++of.generation;  // what was planned is off
  const bool ran = of.status == run_status::executing;
  if (ran) of.finished = now + pace_.cancel_settle;
  else if (!of.destiny.late) of.finished = now;
  of.error = error_of(run_status::canceled);
  move(of, run_status::canceled, now);
  effects_.append(about(of, effect_kind::run_cancelled, now));
  if (ran) let_next_start(*of.waits_in, now);
  if (tell_)
    for (const std::uint64_t batch : of.awaited_by) tell_(batch, now);
}

void run_store::delay(run& of, instant until, instant now) {
  of.delayed_until = until;
  of.updated = now;
  plan(of, until);
}

void run_store::resume(live_environment& in, instant now) {
  for (auto& [name, one] : in.queues) release(one, now);
}

void run_store::release(queue& in, instant now) {
  const auto waiting = std::exchange(in.held, {});
  for (const std::uint64_t number : waiting) {
    run& one = at(number);
    if (one.status == run_status::queued) plan(one, now + one.destiny.queued);
  }
}

// A place became free in a queue that has a limit.
void run_store::let_next_start(queue& in, instant now) {
  while (in.limit && !in.held.empty()) {
    run& one = at(in.held.front());
    in.held.pop_front();
    if (one.status != run_status::queued) continue;
    plan(one, now);
    return;
  }
}

void run_store::add_tags(run& of, std::vector<std::string> tags, instant now) {
  for (const std::string& tag : tags) insert_sorted(of.where->runs.by_tag[tag], of.number);
  of.tags = std::make_shared<const std::vector<std::string>>(std::move(tags));
  of.updated = now;
}

run* run_store::find(std::string_view id) {
  const auto number = number_in(run_prefix, seed_, id);
  if (!number || *number == 0 || *number > runs_.size()) return nullptr;
  return &at(*number);
}

run* run_store::find(std::string_view id, const live_environment& in) {
  run* found = find(id);
  return found != nullptr && found->where == &in ? found : nullptr;
}

std::string run_store::id_of(std::uint64_t number) const { return numbered_id(run_prefix, seed_, number); }

effect run_store::about(const run& of, effect_kind kind, instant at) const {
  effect e;
  e.at = at;
  e.kind = kind;
  e.where = of.where->where;
  e.run = id_of(of.number);
  e.task = of.input->task;
  e.key = of.key;
  e.tags = of.tags;
  if (is_final(of.status)) e.status = name_of(of.status);
  if (of.batch != 0) e.batch = numbered_id("batch_", seed_, of.batch);
  if (of.bulk != 0) e.bulk = numbered_id("bulk_", seed_, of.bulk);
  return e;
}

}  // namespace triggerd::sandbox
