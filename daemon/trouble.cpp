#include "trouble.hpp"

#include "base/limits.hpp"
#include "base/text.hpp"

namespace triggerd {

namespace {

void add_disk(const facts& now, std::vector<trouble>& out) {
  if (now.ledger.writable) return;
  out.push_back({"the ledger cannot be written: " + now.ledger.trouble, now.ledger.since,
                 "tried again every few seconds; nothing new is started until it can"});
}

void add_copy(const facts& now, std::vector<trouble>& out) {
  if (now.copied.empty()) return;
  out.push_back(
      {now.copied, std::nullopt,
       "settle the fires that are unknown, then triggerctl resume the jobs that replay; this line goes with the "
       "next start"});
}

void add_clock(const facts& now, std::vector<trouble>& out) {
  if (now.clock_held.empty()) return;
  out.push_back({now.clock_held, std::nullopt, "set the clock right, or wait until it has passed that instant"});
}

void add_reload(const facts& now, std::vector<trouble>& out) {
  if (!now.reload) return;
  if (now.reload->is == verdict::refused)
    out.push_back({"the last reload was refused: " + now.reload->note, now.reload->at, "mend the files and reload"});
  if (now.reload->is == verdict::restart_required)
    out.push_back({"the files ask for what only a new process can do: " + now.reload->note, now.reload->at,
                   "restart triggerd, or take the change back"});
}

void add_targets(const facts& now, target::target_state state, std::vector<trouble>& out) {
  for (const auto& one : now.targets) {
    if (!one.enabled || one.health.state != state || one.health.trouble.empty()) continue;
    out.push_back({"target " + one.name + " is " + std::string(target::name(state)) + ": " + one.health.trouble,
                   one.health.since, one.health.next});
  }
}

void add_unknown(const facts& now, std::vector<trouble>& out) {
  std::size_t told = 0;
  for (const store::fire_row& fire : now.unknown) {
    if (++told > limits::unknown_told) break;
    out.push_back({"fire " + fire.id + " of job " + fire.job + " left something unknown" +
                       (fire.note.empty() ? "" : ": " + fire.note),
                   fire.ended, "look at the server, then triggerctl resolve " + fire.id + " --as done|failed|retry"});
  }
  if (now.unknown.size() > limits::unknown_told)
    out.push_back({std::to_string(now.unknown.size() - limits::unknown_told) + " more fires left something unknown",
                   std::nullopt, "triggerctl fires --state unknown"});
}

void add_keys(const facts& now, std::vector<trouble>& out) {
  for (const auto& [name, one] : now.keys) {
    if (!one.trouble) continue;
    const std::string next = one.again ? "read again at " + text::iso(*one.again) : "mend it and reload";
    out.push_back(
        {"credential " + name + (one.value ? " keeps its old value: " : " has no value: ") + one.trouble->message,
         one.since, next});
  }
}

}  // namespace

std::vector<trouble> worst_first(const facts& now) {
  std::vector<trouble> out;
  add_disk(now, out);
  add_copy(now, out);
  add_clock(now, out);
  add_reload(now, out);
  add_targets(now, target::target_state::parked, out);
  add_targets(now, target::target_state::unproved, out);
  add_unknown(now, out);
  add_keys(now, out);
  return out;
}

}  // namespace triggerd
