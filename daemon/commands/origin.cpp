#include "commands/origin.hpp"

#include "base/text.hpp"
#include "config/load.hpp"

#include <charconv>

namespace triggerd::commands {

namespace {

std::string program_of(const spec::exec_spec& from) {
  return "exec " + (from.argv.empty() ? std::string() : from.argv.front());
}

std::string source_of(const spec::trigger_spec& what) {
  if (what.payload_exec) return program_of(*what.payload_exec);
  return what.payload_file.empty() ? "payload in the job" : what.payload_file;
}

std::string source_of(const spec::batch_spec& what) {
  if (what.exec) return program_of(*what.exec);
  return what.file.empty() ? "items in the job" : what.file;
}

std::string source_of(const spec::replay_spec& what) {
  return "runs from " + what.select.from + " to " + what.select.to;
}

std::string source_of(const spec::variable_source& what) {
  if (what.exec) return program_of(*what.exec);
  return what.file.empty() ? "values in the job" : what.file;
}

std::string source_of(const spec::env_sync_spec& what) {
  std::vector<std::string> out;
  for (const auto& one : what.sources) out.push_back(source_of(one));
  return text::join(out, ", ");
}

}  // namespace

std::string source_in(const std::string& stored_job) {
  const auto job = config::decode_job(stored_job);
  if (!job) return {};
  return std::visit([](const auto& what) { return source_of(what); }, job->what);
}

std::optional<tagged_place> place_in_tag(std::string_view tag) {
  const auto parts = text::split(tag, ':');
  if (parts.size() != 4 || parts[0] != "td" || parts[1].empty()) return std::nullopt;
  tagged_place out;
  out.fire = parts[1];
  const char* end = parts[3].data() + parts[3].size();
  const auto read = std::from_chars(parts[3].data(), end, out.number);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return out;
}

}  // namespace triggerd::commands
