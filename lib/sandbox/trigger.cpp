#include "sandbox/trigger.hpp"

#include "sandbox/presigned.hpp"
#include "sandbox/spans.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace triggerd::sandbox {

namespace {

constexpr auto key_lifetime = std::chrono::days(30);
constexpr std::string_view development_ttl = "10m";
constexpr std::string_view caller_stored = "application/store";

std::string joined(std::string_view task, std::string_view key) {
  std::string out(task);
  out += '\0';
  out += key;
  return out;
}

std::optional<refused_run> check(state& in, const asked_run& asked) {
  const trigger_options& o = asked.options;
  if (in.runs.size() >= limits::sandbox_runs) return refused_run{503, "The sandbox holds as many runs as it can", {}};
  if (o.metadata && o.metadata->size() > limits::metadata)
    return refused_run{413, "Metadata exceeds maximum size of 262144 bytes", {}};
  if (o.tags.size() > limits::tags_per_run)
    return refused_run{
        422, "Runs can only have 10 tags, you're trying to set " + std::to_string(o.tags.size()) + ".", {}};
  if (o.region && std::find(in.config.regions.begin(), in.config.regions.end(), *o.region) == in.config.regions.end())
    return refused_run{422, "The region you specified doesn't exist (\"" + *o.region + "\").", {}};
  const bool nowhere = asked.payload == nullptr || *asked.payload == "";
  if (o.payload_type == std::string(caller_stored) && nowhere)
    return refused_run{400, "A stored payload needs a path", {}};
  return std::nullopt;
}

// What only a new run can break.
std::optional<refused_run> check_new(state& in, const asked_run& asked) {
  const trigger_options& o = asked.options;
  const environment& spec = *asked.where->spec;
  if (o.version && *o.version != asked.where->version &&
      in.deployments.with_version(*o.version, *asked.where) == nullptr)
    return refused_run{500, "Something went wrong", {}};
  if (o.version && asked.where->task(asked.task) == nullptr)
    return refused_run{422, "Task '" + asked.task + "' not found on locked version '" + *o.version + "'.", {}};
  if (spec.queue_limit > 0 && asked.where->queued >= spec.queue_limit)
    return refused_run{422,
                       "Cannot trigger " + asked.task +
                           " as the queue size limit for this environment has been reached. The maximum size is " +
                           std::to_string(spec.queue_limit),
                       "QUEUE_SIZE_LIMIT_EXCEEDED"};
  return std::nullopt;
}

std::optional<instant> start_after(const trigger_options& o, instant now) {
  if (!o.delay) return std::nullopt;
  if (const auto wait = read_duration(*o.delay)) return now + *wait;
  return text::parse_iso(*o.delay);  // the past, or nothing readable: at once
}

std::optional<made_run> held_by_key(state& in, const asked_run& asked) {
  const auto& keys = asked.where->runs.keys;
  const auto held = keys.find(joined(asked.task, *asked.options.key));
  if (held == keys.end() || held->second.expires <= in.now) return std::nullopt;
  const run& other = in.runs.at(held->second.run);
  if (frees_key(other.status)) return std::nullopt;
  effect e;
  e.at = in.now;
  e.kind = effect_kind::run_cached;
  e.where = asked.where->where;
  e.run = in.runs.id_of(other.number);
  e.task = asked.task;
  e.key = *asked.options.key;
  e.index = asked.index;
  if (asked.batch != 0) e.batch = batch_store::id_of(in.batches.at(asked.batch), in.seed);
  in.effects.append(std::move(e));
  return made_run{other.number, true};
}

std::optional<made_run> debounced(state& in, const asked_run& asked, instant until) {
  const auto held = asked.where->runs.debounced.find(joined(asked.task, *asked.options.debounce_key));
  if (held == asked.where->runs.debounced.end()) return std::nullopt;
  run& waiting = in.runs.at(held->second);
  if (waiting.status != run_status::delayed) return std::nullopt;
  in.runs.delay(waiting, until, in.now);
  return made_run{waiting.number, false};
}

std::shared_ptr<const run_input> input_of(const state& in, const asked_run& asked) {
  const trigger_options& o = asked.options;
  auto input =
      asked.replay_of != nullptr ? std::make_shared<run_input>(*asked.replay_of->input) : std::make_shared<run_input>();
  if (asked.replay_of == nullptr) input->region = in.config.regions.empty() ? "" : in.config.regions.front();
  input->task = asked.task;
  const bool new_payload = asked.replay_of == nullptr || asked.payload != nullptr;
  if (new_payload) read_payload(asked.payload, o.payload_type, asked.batch != 0, *input);
  const bool put_by_caller = input->payload_type == caller_stored;
  const std::string next = in.runs.id_of(in.runs.size() + 1);  // of the run that gets this input
  if (input->stored && new_payload) input->address = put_by_caller ? input->payload : next + "/payload.json";
  if (o.queue) input->queue = *o.queue;
  if (o.concurrency_key) input->concurrency_key = *o.concurrency_key;
  if (o.machine) input->machine = *o.machine;
  if (o.region) input->region = *o.region;
  if (o.metadata) input->metadata = *o.metadata;
  if (o.test) input->test = true;
  return input;
}

// The server moves a large payload to its object store.
bool keep_payload(state& in, const asked_run& asked, const std::shared_ptr<const run_input>& input) {
  if (!input->stored || input->payload_type == caller_stored) return true;
  const std::shared_ptr<const std::string> bytes(input, &input->payload);
  return in.objects.put(object_path(*asked.where, input->address), {bytes, input->payload_type});
}

}  // namespace

std::variant<made_run, refused_run> make_run(state& in, asked_run asked) {
  trigger_options& o = asked.options;
  if (auto refusal = check(in, asked)) return *refusal;
  if (o.key && o.key->empty()) {
    // The server stores the empty key but never finds it again: the second insert breaks its own unique index.
    if (asked.where->runs.keys.contains(joined(asked.task, "")))
      return refused_run{422, "Failed to trigger " + asked.task + " after 2 attempts.", {}};
  } else if (o.key) {
    if (auto held = held_by_key(in, asked)) return *held;
  }
  std::optional<instant> delayed_until = start_after(o, in.now);
  if (o.debounce_key) {
    const auto wait = read_duration(o.debounce_delay.value_or(""));
    if (!wait) return refused_run{422, "Invalid debounce delay", {}};
    delayed_until = in.now + *wait;
    if (auto waiting = debounced(in, asked, *delayed_until)) return *waiting;
  }
  if (auto refusal = check_new(in, asked)) return *refusal;

  run_order order;
  order.where = asked.where;
  order.input = input_of(in, asked);
  if (!keep_payload(in, asked, order.input)) return refused_run{503, "The sandbox holds as many objects as it can", {}};
  order.tags = std::make_shared<const std::vector<std::string>>(std::move(o.tags));
  order.key = o.key.value_or("");
  order.shown_key = o.shown_key.value_or(order.key);
  const bool development = asked.where->spec->type == environment_type::development;
  order.ttl = o.ttl.value_or(development ? std::string(development_ttl) : std::string());
  order.delayed_until = delayed_until;
  order.batch = asked.batch;
  order.index = asked.index;
  order.batched = asked.batch != 0;
  order.replay_of = asked.replay_of;
  const run& made = in.runs.create(order, in.now);
  if (o.key) {
    const auto lifetime = read_key_lifetime(o.key_ttl.value_or(""));
    asked.where->runs.keys[joined(asked.task, *o.key)] = {made.number, in.now + lifetime.value_or(key_lifetime)};
  }
  if (o.debounce_key) asked.where->runs.debounced[joined(asked.task, *o.debounce_key)] = made.number;
  return made_run{made.number, false};
}

std::uint64_t replay_run(state& in, const run& original, std::uint64_t bulk, const std::string& region) {
  run_order order;
  order.where = original.where;
  order.input = original.input;
  if (!region.empty()) {
    auto moved = std::make_shared<run_input>(*original.input);
    moved->region = region;
    order.input = std::move(moved);
  }
  order.tags = original.tags;
  order.bulk = bulk;
  order.replay_of = &original;
  if (original.where->spec->type == environment_type::development) order.ttl = development_ttl;
  return in.runs.create(order, in.now).number;
}

}  // namespace triggerd::sandbox
