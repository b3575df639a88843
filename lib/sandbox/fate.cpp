#include "sandbox/fate.hpp"

#include "sandbox/dice.hpp"
#include "sandbox/json_text.hpp"

namespace triggerd::sandbox {

namespace {

run_status end_by(const outcome_shares& shares, double drawn) {
  const std::pair<double, run_status> parts[] = {{shares.fails, run_status::failed},
                                                 {shares.crashes, run_status::crashed},
                                                 {shares.times_out, run_status::timed_out},
                                                 {shares.system_failure, run_status::system_failure}};
  for (const auto& [share, end] : parts) {
    if (drawn < share) return end;
    drawn -= share;
  }
  return run_status::completed;
}

void obey(const run_input& input, fate& of) {
  const auto payload = parse_json(input.payload);
  if (!payload) return;
  const json* wrapped = find(*payload, "json");  // superjson
  const json* word = find(wrapped != nullptr ? *wrapped : *payload, "behaviour");
  if (word == nullptr || !word->is_string()) return;
  const std::string& wish = word->get_ref<const std::string&>();
  if (wish == "ok") of.end = run_status::completed;
  if (wish == "fail" || wish == "stringerror") of.end = run_status::failed;
  if (wish == "crash") of.end = run_status::crashed;
  if (wish == "maxduration") of.end = run_status::timed_out;
  of.holds = wish == "hold";
  of.silent = wish == "noout";
}

}  // namespace

fate fates::draw(std::string_view environment, const known_task* task, const run_input& input, std::string_view mark,
                 bool replay) {
  const std::uint64_t equal = mix(mix(mix(seed_, environment), input.task), mark) ^ (replay ? 1 : 0);
  dice draws(mix(equal, ++drawn_[equal]));
  fate out;
  out.late = draws.next() % 2 == 0;
  if (task == nullptr) {
    out.queued = milliseconds(draws.between(50, 400));  // until the server notices that nobody has the task
    return out;
  }
  out.queued = milliseconds(draws.between(task->queued_min.count(), task->queued_max.count()));
  out.runs = milliseconds(draws.between(task->runs_min.count(), task->runs_max.count()));
  out.end = end_by(replay && task->replayed ? *task->replayed : task->shares, draws.unit());
  if (task->obeys_payload && input.has_payload && !input.stored) obey(input, out);
  return out;
}

}  // namespace triggerd::sandbox
