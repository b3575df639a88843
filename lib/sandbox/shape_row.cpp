#include "sandbox/shape_row.hpp"

#include "base/text.hpp"
#include "sandbox/run_packet.hpp"

#include <algorithm>
#include <array>

namespace triggerd::sandbox {

namespace {

// clang-format off
// A table reads best with a row on a line.
constexpr std::array<std::pair<std::string_view, std::string_view>, 26> columns = {{
    {"id", "text"},
    {"taskIdentifier", "text"},
    {"createdAt", "timestamp"},
    {"updatedAt", "timestamp"},
    {"startedAt", "timestamp"},
    {"delayUntil", "timestamp"},
    {"queuedAt", "timestamp"},
    {"expiredAt", "timestamp"},
    {"completedAt", "timestamp"},
    {"friendlyId", "text"},
    {"number", "int4"},
    {"isTest", "bool"},
    {"status", "text"},
    {"usageDurationMs", "int4"},
    {"costInCents", "float8"},
    {"baseCostInCents", "float8"},
    {"ttl", "text"},
    {"payload", "text"},
    {"payloadType", "text"},
    {"metadata", "text"},
    {"metadataType", "text"},
    {"output", "text"},
    {"outputType", "text"},
    {"runTags", "text[]"},
    {"error", "jsonb"},
    {"realtimeStreams", "text[]"},
}};
// clang-format on

constexpr std::array<std::string_view, 5> kept_columns = {"id", "taskIdentifier", "friendlyId", "status", "createdAt"};

// As the database names them (contract API.md 13.2).
std::string_view stored_name(run_status status) {
  if (status == run_status::queued) return "PENDING";
  if (status == run_status::completed) return "COMPLETED_SUCCESSFULLY";
  if (status == run_status::failed) return "COMPLETED_WITH_ERRORS";
  return name_of(status);
}

// Without a zone.
json stamp(const std::optional<instant>& at) {
  if (!at) return nullptr;
  std::string out = text::iso(*at);
  out.pop_back();
  return out;
}

json text_array(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) {
    out += out.empty() ? "{\"" : ",\"";
    for (const char c : word) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    out += '"';
  }
  return out.empty() ? "{}" : out + '}';
}

std::optional<instant> queued_at(const run& of) {
  for (const transition& one : of.history)
    if (one.to == run_status::queued) return one.at;
  return std::nullopt;
}

json error_column(const run& of) {
  if (of.error.empty()) return nullptr;
  if (of.status != run_status::failed)
    return dump_json({{"type", "INTERNAL_ERROR"}, {"code", "TASK_RUN_FAILED"}, {"message", of.error}});
  return dump_json({{"type", "BUILT_IN_ERROR"},
                    {"name", "Error"},
                    {"message", of.error},
                    {"stackTrace", "Error: " + of.error + "\n    at run (file:///app/src/trigger/task.ts:10:11)"}});
}

void add_packet_columns(json& to, const std::string& name, const packet& what) {
  const bool away = !what.address.empty();
  to[name] = !what.value ? json(nullptr) : json(away ? what.address : what.text);
  to[name + "Type"] = away ? "application/store" : what.type;
}

}  // namespace

const std::string& shape_schema() {
  static const std::string out = [] {
    nlohmann::ordered_json all;
    for (const auto& [name, type] : columns) {
      const bool list = type.ends_with("[]");
      all[std::string(name)]["type"] = list ? type.substr(0, type.size() - 2) : type;
      if (list) all[std::string(name)]["dims"] = 1;
    }
    return all.dump();
  }();
  return out;
}

json shape_row(const state& in, const run& of, const std::vector<std::string>& skipped_columns) {
  const run_look as = look(of, in.now);
  const std::string id = in.runs.id_of(of.number);
  const bool ran = as.started && as.finished;
  const auto took = ran ? std::chrono::round<milliseconds>(*as.finished - *as.started) : milliseconds(0);
  const std::string& metadata = of.metadata.empty() ? of.input->metadata : of.metadata;
  const bool expired = as.status == run_status::expired;
  json out = {{"id", id.substr(id.find('_') + 1)},
              {"taskIdentifier", of.input->task},
              {"createdAt", stamp(of.created)},
              {"updatedAt", stamp(as.updated)},
              {"startedAt", stamp(as.started)},
              {"delayUntil", stamp(of.delayed_until)},
              {"queuedAt", stamp(queued_at(of))},
              {"expiredAt", stamp(expired ? as.finished : std::nullopt)},
              {"completedAt", stamp(as.finished)},
              {"friendlyId", id},
              {"number", "0"},
              {"isTest", of.input->test ? "t" : "f"},
              {"status", stored_name(as.status)},
              {"usageDurationMs", std::to_string(took.count())},
              {"costInCents", "0"},
              {"baseCostInCents", "0"},
              {"ttl", of.ttl.empty() ? json(nullptr) : json(of.ttl)},
              {"metadata", metadata.empty() ? json(nullptr) : json(metadata)},
              {"metadataType", "application/json"},
              {"runTags", of.tags->empty() ? json(nullptr) : text_array(*of.tags)},
              {"error", error_column(of)},
              {"realtimeStreams", text_array(in.streams.keys(of.number))}};
  add_packet_columns(out, "payload", payload_of(in, of));
  add_packet_columns(out, "output", output_of(in, of));
  for (const std::string& column : skipped_columns)
    if (std::find(kept_columns.begin(), kept_columns.end(), column) == kept_columns.end()) out.erase(column);
  return out;
}

std::string shape_key(const state& in, const run& of) {
  const std::string id = in.runs.id_of(of.number);
  return "\"public\".\"TaskRun\"/\"" + id.substr(id.find('_') + 1) + '"';
}

instant shape_change(const run& of, instant now) {
  const run_look as = look(of, now);
  return as.finished ? std::max(as.updated, *as.finished) : as.updated;
}

}  // namespace triggerd::sandbox
