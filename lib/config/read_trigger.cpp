#include "base/text.hpp"
#include "config/placeholders.hpp"
#include "config/read_job.hpp"
#include "spec/units.hpp"

#include <nlohmann/json.hpp>

namespace triggerd::config {

namespace {

using nlohmann::json;

// The server runs at once, silently, on a delay it cannot read: only one unit, whole seconds, is beyond doubt.
void normalise(json& table, std::string_view name) {
  const auto found = table.find(name);
  if (found == table.end() || !found->is_string()) return;
  const auto& text = found->get_ref<const std::string&>();
  if (holds_placeholder(text)) return;
  if (const auto duration = spec::parse_duration(text)) {
    *found = spec::server_duration(*duration);
  } else if (const auto at = text.empty() ? std::nullopt : text::parse_iso(text)) {
    *found = text::iso(*at);
  }
}

}  // namespace

std::string read_options(const node* table) {
  json out = table && table->is(node::kind::table) ? to_json(*table) : json::object();
  for (const auto name : {"delay", "ttl", "max_duration"}) normalise(out, name);
  if (const auto debounce = out.find("debounce"); debounce != out.end() && debounce->is_object())
    for (const auto name : {"delay", "max_delay"}) normalise(*debounce, name);
  return out.dump();
}

std::optional<spec::exec_spec> read_exec(const view& table) {
  if (!table.at("exec")) return std::nullopt;
  spec::exec_spec out;
  table.read("exec", out.argv);
  table.read("timeout", out.timeout);
  table.read_size("max_size", out.max_size);
  return out;
}

spec::trigger_spec read_trigger(const view& job) {
  spec::trigger_spec out;
  job.read("task", out.task);
  if (const node* payload = job.at("payload")) out.payload = to_json(*payload).dump();
  const view from = job.table("payload_from");
  from.read("file", out.payload_file);
  out.payload_exec = read_exec(from);
  out.options = read_options(job.at("options"));
  return out;
}

}  // namespace triggerd::config
