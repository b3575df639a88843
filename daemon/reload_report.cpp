#include "reload_report.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace triggerd {

namespace {

void add(std::vector<std::string>& lines, const std::string& what, const config::name_changes& changes) {
  for (const auto& name : changes.added) lines.push_back("+ " + what + ' ' + name);
  for (const auto& name : changes.changed) lines.push_back("~ " + what + ' ' + name);
  for (const auto& name : changes.removed) lines.push_back("- " + what + ' ' + name);
}

std::vector<std::string> lines_of(const config::difference& changes) {
  std::vector<std::string> lines;
  add(lines, "credential", changes.credentials);
  add(lines, "limit", changes.limits);
  add(lines, "target", changes.targets);
  add(lines, "job", changes.jobs);
  for (const auto& field : changes.process) lines.push_back("~ " + field);
  return lines;
}

std::string refusal(const std::vector<config::complaint>& complaints) {
  std::size_t errors = 0;
  std::string first;
  for (const auto& one : complaints) {
    if (one.how != config::severity::error) continue;
    if (++errors == 1) first = one.text();
  }
  return errors > 1 ? first + " (and " + std::to_string(errors - 1) + " more)" : first;
}

}  // namespace

std::string_view name(verdict v) {
  switch (v) {
    case verdict::applied: return "applied";
    case verdict::unchanged: return "unchanged";
    case verdict::refused: return "refused";
    case verdict::restart_required: break;
  }
  return "restart-required";
}

reload_report judge(const config::settings& in_force, const config::loaded& files, instant now) {
  reload_report out;
  out.at = now;
  out.hash = in_force.hash;
  out.complaints = files.complaints;
  if (!files.value) {
    out.is = verdict::refused;
    out.note = refusal(files.complaints);
    return out;
  }
  const config::difference changes = config::compare(in_force, *files.value);
  if (!changes.restart_required.empty()) {
    out.is = verdict::restart_required;
    out.fields = changes.restart_required;
    out.note = text::join(out.fields, ", ");
    return out;
  }
  out.changes = lines_of(changes);
  out.is = changes.any() ? verdict::applied : verdict::unchanged;
  out.note = changes.any() ? changes.describe() : "";
  out.hash = files.value->hash;
  return out;
}

void add_renewed_keys(reload_report& to, const std::vector<std::string>& credentials) {
  for (const std::string& name : credentials) {
    const std::string line = "~ credential " + name;
    if (std::find(to.changes.begin(), to.changes.end(), line) == to.changes.end())
      to.changes.push_back(line + ": new value");
  }
  if (credentials.empty() || to.is != verdict::unchanged) return;
  to.is = verdict::applied;
  to.note = "credentials with a new value: " + text::join(credentials, ", ");
}

}  // namespace triggerd
