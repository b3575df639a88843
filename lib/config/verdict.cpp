#include "config/verdict.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace triggerd::config {

namespace {

std::size_t count(const loaded& files, severity how) {
  return static_cast<std::size_t>(
      std::count_if(files.complaints.begin(), files.complaints.end(), [&](const auto& c) { return c.how == how; }));
}

std::string counted(std::size_t count, const std::string& what) {
  return std::to_string(count) + ' ' + what + (count == 1 ? "" : "s");
}

}  // namespace

bool may_be_used(const loaded& files, bool deny_warnings) {
  return files.value && !(deny_warnings && count(files, severity::warning) > 0);
}

std::string report_text(const loaded& files, const std::string& path, bool deny_warnings) {
  std::string out;
  for (const auto& complaint : files.complaints) out += complaint.text() + '\n';
  const auto counts =
      counted(count(files, severity::error), "error") + ", " + counted(count(files, severity::warning), "warning");
  if (!may_be_used(files, deny_warnings)) return out + path + ": refused: " + counts + '\n';
  return out + path + ": good: " + counted(files.value->files.size(), "file") + ", " +
         counted(files.value->targets.size(), "target") + ", " + counted(files.value->jobs.size(), "job") + ", " +
         counted(count(files, severity::warning), "warning") + '\n';
}

std::string report_json(const loaded& files, const std::string& path, bool deny_warnings) {
  nlohmann::ordered_json out = {{"schema_version", 1}};
  out["ok"] = may_be_used(files, deny_warnings);
  out["file"] = path;
  out["errors"] = count(files, severity::error);
  out["warnings"] = count(files, severity::warning);
  if (files.value) {
    out["hash"] = files.value->hash;
    out["targets"] = files.value->targets.size();
    out["jobs"] = files.value->jobs.size();
  }
  out["complaints"] = nlohmann::ordered_json::array();
  for (const auto& c : files.complaints)
    out["complaints"].push_back({{"severity", name(c.how)},
                                 {"file", c.where.file.text()},
                                 {"line", c.where.line},
                                 {"column", c.where.column},
                                 {"code", c.code.name},
                                 {"message", c.message}});
  return out.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + '\n';
}

}  // namespace triggerd::config
