#include "config/diff.hpp"

#include <memory>

namespace triggerd::config {

namespace {

template <class T>
const T& value_of(const T& one) {
  return one;
}
template <class T>
const T& value_of(const std::shared_ptr<const T>& one) {
  return *one;
}

template <class T>
bool same(const T& a, const T& b) {
  return a == b;
}
template <class T>
bool same(const std::shared_ptr<const T>& a, const std::shared_ptr<const T>& b) {
  return a == b || *a == *b;
}

// Both are sorted by name.
template <class T>
name_changes compare_named(const std::vector<T>& before, const std::vector<T>& after) {
  name_changes out;
  auto old = before.begin();
  for (const T& one : after) {
    const std::string& name = value_of(one).name;
    for (; old != before.end() && value_of(*old).name < name; ++old) out.removed.push_back(value_of(*old).name);
    if (old == before.end() || value_of(*old).name != name) out.added.push_back(name);
    else if (!same(*old++, one)) out.changed.push_back(name);
  }
  for (; old != before.end(); ++old) out.removed.push_back(value_of(*old).name);
  return out;
}

bool identical(const spec::target_spec& a, const spec::target_spec& b) { return a == b; }
// Where it stands changes nothing, and is told to people.
bool identical(const spec::job_spec& a, const spec::job_spec& b) { return a == b && a.origin == b.origin; }

template <class T>
void share_named(const std::vector<std::shared_ptr<const T>>& before, std::vector<std::shared_ptr<const T>>& after) {
  auto old = before.begin();
  for (auto& one : after) {
    while (old != before.end() && (*old)->name < one->name) ++old;
    if (old == before.end()) return;
    if (identical(**old, *one)) one = *old;
  }
}

void append(std::string& out, std::string_view title, const name_changes& changes) {
  if (!changes.any()) return;
  if (!out.empty()) out += "; ";
  out += std::string(title) + ':';
  for (const auto& name : changes.added) out += " +" + name;
  for (const auto& name : changes.changed) out += " ~" + name;
  for (const auto& name : changes.removed) out += " -" + name;
}

void append(std::string& out, std::string_view title, const std::vector<std::string>& names) {
  if (names.empty()) return;
  if (!out.empty()) out += "; ";
  out += std::string(title) + ':';
  for (const auto& name : names) out += ' ' + name;
}

}  // namespace

bool difference::any() const {
  return credentials.any() || limits.any() || targets.any() || jobs.any() || !process.empty() ||
         !restart_required.empty();
}

std::string difference::describe() const {
  std::string out;
  append(out, "credentials", credentials);
  append(out, "limits", limits);
  append(out, "targets", targets);
  append(out, "jobs", jobs);
  append(out, "process", process);
  append(out, "needs a restart", restart_required);
  return out.empty() ? "nothing changed" : out;
}

difference compare(const settings& before, const settings& after) {
  difference out;
  out.credentials = compare_named(before.credentials, after.credentials);
  out.limits = compare_named(before.limits, after.limits);
  out.targets = compare_named(before.targets, after.targets);
  out.jobs = compare_named(before.jobs, after.jobs);
  const auto& a = before.daemon;
  const auto& b = after.daemon;
  const auto note = [](std::vector<std::string>& list, bool same, const char* name) {
    if (!same) list.emplace_back(name);
  };
  // Files that are open and sockets that are bound belong to the process.
  note(out.restart_required, a.state_dir == b.state_dir, "daemon.state_dir");
  note(out.restart_required, a.runtime_dir == b.runtime_dir, "daemon.runtime_dir");
  note(out.restart_required, a.watchdog == b.watchdog, "daemon.watchdog");
  note(out.restart_required, a.socket_path == b.socket_path, "socket.path");
  note(out.restart_required, a.log_format == b.log_format, "log.format");
  note(out.restart_required, a.http_listen == b.http_listen, "http.listen");
  note(out.process, a.timezone == b.timezone, "daemon.timezone");
  note(out.process, a.drain_timeout == b.drain_timeout, "daemon.drain_timeout");
  note(out.process, a.clock_jump_tolerance == b.clock_jump_tolerance, "daemon.clock_jump_tolerance");
  note(out.process, a.allow == b.allow, "socket.allow");
  note(out.process, a.log_level == b.log_level, "log.level");
  note(out.process, a.redact == b.redact, "log.redact");
  note(out.process, a.keep == b.keep, "history.keep");
  note(out.process, a.keep_per_job == b.keep_per_job, "history.keep_per_job");
  note(out.process, a.keep_results == b.keep_results, "history.results");
  return out;
}

void share_equal(const settings& before, settings& after) {
  share_named(before.targets, after.targets);
  share_named(before.jobs, after.jobs);
}

}  // namespace triggerd::config
