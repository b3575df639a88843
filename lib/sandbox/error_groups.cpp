#include "sandbox/error_groups.hpp"

#include "sandbox/dice.hpp"
#include "sandbox/state.hpp"

#include "base/digest.hpp"

#include <algorithm>

namespace triggerd::sandbox {

namespace {

constexpr std::size_t fingerprint_digits = 16;

// The code of "trigger.dev internal error (CODE)"; an error that a task threw has none.
std::string internal_code(const run& of) {
  const std::size_t open = of.error.find('(');
  if (of.status == run_status::failed || open == std::string::npos || !of.error.ends_with(')')) return {};
  return of.error.substr(open + 1, of.error.size() - open - 2);
}

std::string error_message(const run& of, const std::string& code) {
  if (code == "TASK_PROCESS_EXITED_WITH_NON_ZERO_CODE") return "Process exited with code 137";
  if (code == "MAX_DURATION_EXCEEDED") return "Run exceeded maximum compute time (maxDuration) of 300 seconds";
  return of.error;
}

bool is_failure(run_status status) {
  return status == run_status::failed || status == run_status::crashed || status == run_status::system_failure ||
         status == run_status::timed_out;
}

// What people decided holds until the error comes back.
error_decision as_it_stands(const error_decision& was, const error_group& group, instant now) {
  const bool came_back = was.status == error_status::resolved && group.last > *was.resolved;
  const bool over = was.status == error_status::ignored &&
                    ((was.ignored_until && *was.ignored_until <= now) ||
                     (was.total && group.count >= was.count_when_ignored + static_cast<std::size_t>(*was.total)));
  return came_back || over ? error_decision() : was;
}

}  // namespace

std::string_view name_of(error_status status) {
  constexpr std::string_view words[] = {"unresolved", "resolved", "ignored"};
  return words[static_cast<std::size_t>(status)];
}

const error_decision* error_decisions::find(const live_environment& where, const std::string& fingerprint) const {
  const auto at = decided_.find({&where, fingerprint});
  return at == decided_.end() ? nullptr : &at->second;
}

std::vector<error_group> error_groups(state& in, const live_environment& where, instant from, instant to) {
  std::map<std::string, error_group> found;
  for (const std::uint64_t number : where.runs.all) {
    const run& one = in.runs.at(number);
    if (!is_failure(one.status)) continue;
    const instant at = one.finished.value_or(one.updated);
    if (at < from || at > to) continue;
    const std::string code = internal_code(one);
    const std::string message = error_message(one, code);
    const std::string print = sha256_hex(one.input->task + '\n' + code + '\n' + message).substr(0, fingerprint_digits);
    error_group& group = found[print];
    if (group.count++ == 0) {
      group.fingerprint = print;
      group.task = one.input->task;
      group.type = code.empty() ? "Error" : code;
      group.message = message;
      group.first = group.last = at;
    }
    group.first = std::min(group.first, at);
    group.last = std::max(group.last, at);
    if (!one.version.empty()) group.versions.insert(one.version);
  }
  std::vector<error_group> out;
  for (auto& [print, group] : found) {
    if (const error_decision* decided = in.errors.find(where, print))
      group.decided = as_it_stands(*decided, group, in.now);
    out.push_back(std::move(group));
  }
  std::stable_sort(out.begin(), out.end(), [](const error_group& a, const error_group& b) {
    return std::pair(a.count, a.last) > std::pair(b.count, b.last);
  });
  return out;
}

}  // namespace triggerd::sandbox
