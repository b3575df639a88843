#include "api/channel_records.hpp"

#include "api/codes.hpp"
#include "api/json_fields.hpp"
#include "api/rows.hpp"
#include "base/limits.hpp"

namespace triggerd::api {

namespace {

using nlohmann::json;

constexpr std::string_view control_header = "trigger-control";

// Pairs; what is none is left out.
std::vector<std::pair<std::string, std::string>> record_headers(const json& record) {
  std::vector<std::pair<std::string, std::string>> headers;
  const auto* list = array_member(record, "headers");
  if (list == nullptr) return headers;
  for (const auto& one : *list)
    if (one.is_array() && one.size() == 2 && one[0].is_string() && one[1].is_string())
      headers.emplace_back(one[0].get<std::string>(), one[1].get<std::string>());
  return headers;
}

// Commands of the storage (trimming and the like) are marked by an empty name; nobody wrote them.
bool is_storage_command(const channel_record& record) {
  return !record.headers.empty() && record.headers.front().first.empty();
}

result<std::uint64_t> sequence_of(const json& record, std::string_view name) {
  const auto seq = integer_member(record, name);
  if (!seq || *seq < 0) return missing_member(name);
  return static_cast<std::uint64_t>(*seq);
}

result<void> put_data(channel_record& record, const json& holder) {
  record.part = text_member(holder, "id").value_or(std::string());
  record.data = "null";
  return optional_values(holder, {{"data", &record.data}});
}

// All of a text as the data: what it holds, or itself when that is no JSON.
result<void> put_whole(channel_record& record, const json& parsed, const std::string& text) {
  auto data = parsed.is_discarded() ? json_text(json(text)) : value_text(parsed);
  if (!data) return data.error();
  record.data = std::move(*data);
  return {};
}

// {"data": ..., "id": part}; what somebody else wrote into the storage is kept as it is.
result<void> put_body(channel_record& record, const std::string& body) {
  const auto parsed = json::parse(body, nullptr, false);
  if (parsed.is_object() && parsed.contains("data")) return put_data(record, parsed);
  return put_whole(record, parsed, body);
}

// The cursor moves for every record, also for those that give nothing.
result<std::optional<channel_record>> batched_record(const json& one, seen_parts& parts, std::string& position) {
  const auto seq = sequence_of(one, "seq_num");
  if (!seq) return seq.error();
  position = std::to_string(*seq);
  channel_record record;
  record.position = position;
  record.seq = *seq;
  if (const auto at = integer_member(one, "timestamp")) record.at = instant(milliseconds(*at));
  record.headers = record_headers(one);
  if (is_storage_command(record)) return std::optional<channel_record>();
  record.control = record.header(control_header);
  if (record.is_control()) return std::optional(std::move(record));
  if (const auto put = put_body(record, text_member(one, "body").value_or(std::string())); !put) return put.error();
  if (!record.part.empty() && !parts.first_time(record.part)) return std::optional<channel_record>();
  return std::optional(std::move(record));
}

result<std::vector<channel_record>> batch_records(const sse_event& event, seen_parts& parts, std::string& position) {
  const auto batch = json::parse(event.data, nullptr, false);
  const auto* list = array_member(batch, "records");
  if (list == nullptr) return fail(codes::unreadable, "an event of the stream is no batch of records");
  std::vector<channel_record> records;
  for (const auto& one : *list) {
    auto record = batched_record(one, parts, position);
    if (!record) return record.error();
    if (*record) records.push_back(std::move(**record));
  }
  return records;
}

// Version 1 of the streams: one record per event, and no envelope.
result<std::vector<channel_record>> single_record(const sse_event& event, std::string& position) {
  channel_record record;
  const auto parsed = json::parse(event.data, nullptr, false);
  if (const auto put = put_whole(record, parsed, event.data); !put) return put.error();
  position = event.id;
  record.position = position;
  return std::vector{std::move(record)};
}

result<channel_record> drained_record(const json& one) {
  const auto seq = sequence_of(one, "seqNum");
  if (!seq) return seq.error();
  channel_record record;
  record.position = std::to_string(*seq);
  record.seq = *seq;
  record.headers = record_headers(one);
  record.control = record.header(control_header);
  if (record.is_control()) return record;
  if (const auto put = put_data(record, one); !put) return put.error();
  return record;
}

}  // namespace

std::string channel_record::header(std::string_view name) const {
  for (const auto& [known, value] : headers)
    if (known == name) return value;
  return {};
}

bool seen_parts::first_time(const std::string& part) {
  if (!known_.insert(part).second) return false;
  order_.push_back(part);
  if (order_.size() > limits::remembered_parts) {
    known_.erase(order_.front());
    order_.pop_front();
  }
  return true;
}

result<std::vector<channel_record>> channel_reader::take(const sse_event& event) {
  std::string position = position_;
  result<std::vector<channel_record>> records = std::vector<channel_record>();
  if (event.type == "batch") records = batch_records(event, parts_, position);
  else if (event.type == "message") records = single_record(event, position);
  if (records) position_ = std::move(position);
  return records;
}

result<std::vector<channel_record>> read_drained(const transport::response& reply) {
  const auto body = parse_body(reply);
  if (!body) return body.error();
  auto records = rows_member(*body, "records", drained_record);
  if (!records) return records.error();
  std::erase_if(*records, is_storage_command);
  return records;
}

}  // namespace triggerd::api
