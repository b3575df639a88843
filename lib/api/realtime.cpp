#include "api/realtime.hpp"

#include "api/address.hpp"
#include "api/codes.hpp"
#include "api/json_fields.hpp"
#include "api/superjson.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>

namespace triggerd::api {

namespace {

using nlohmann::json;

constexpr std::string_view electric_version = "1.0.0-beta.1";  // picks the names of the reply's headers

// What rows call a status, and what the rest of the API calls it.
constexpr std::pair<std::string_view, std::string_view> stored_statuses[] = {
    {"WAITING_FOR_DEPLOY", "PENDING_VERSION"}, {"PENDING", "QUEUED"},     {"RETRYING_AFTER_FAILURE", "EXECUTING"},
    {"WAITING_TO_RESUME", "WAITING"},          {"PAUSED", "WAITING"},     {"COMPLETED_SUCCESSFULLY", "COMPLETED"},
    {"COMPLETED_WITH_ERRORS", "FAILED"},       {"INTERRUPTED", "FAILED"},
};

std::string api_status(std::string stored) {
  for (const auto& [row, api] : stored_statuses)
    if (row == stored) return std::string(api);
  return stored;
}

std::string column(const json& row, std::string_view name) { return text_member(row, name).value_or(std::string()); }

// Timestamps have no zone; they are UTC.
std::optional<instant> instant_column(const json& row, std::string_view name) {
  const auto text = text_member(row, name);
  return text ? text::parse_iso(*text + 'Z') : std::nullopt;
}

std::optional<double> decimal_column(const json& row, std::string_view name) {
  const auto text = text_member(row, name);
  if (!text) return std::nullopt;
  double number = 0;
  const auto [end, failure] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (failure != std::errc() || end != text->data() + text->size()) return std::nullopt;
  return number;
}

// {"a","b c",plain}: quotes where needed, backslashes before quotes and backslashes.
std::vector<std::string> list_column(const json& row, std::string_view name) {
  std::vector<std::string> items;
  const auto text = text_member(row, name);
  if (!text || text->size() <= 2 || text->front() != '{' || text->back() != '}') return items;
  bool quoted = false;
  items.emplace_back();
  for (std::size_t i = 1; i + 1 < text->size(); ++i) {
    const char c = (*text)[i];
    if (c == '\\' && i + 2 < text->size()) items.back() += (*text)[++i];
    else if (c == '"') quoted = !quoted;
    else if (c == ',' && !quoted) items.emplace_back();
    else items.back() += c;
  }
  return items;
}

// Empty for null. What nests too deep to be written stands as the text it came in.
std::string value_or_text(const json& value, const std::string& text) {
  if (value.is_null()) return {};
  auto plain = value_text(value);
  return plain ? std::move(*plain) : json_text(json(text));
}

// A value that its type does not fit is kept as the text it is.
realtime_packet packet_columns(const json& row, std::string_view name, std::string_view type_name) {
  realtime_packet packet;
  const auto text = text_member(row, name);
  if (!text) return packet;
  packet.type = text_member(row, type_name).value_or("application/json");
  if (packet.type == "application/store") {
    packet.store = *text;
    return packet;
  }
  const auto value = read_packet(*text, packet.type);
  packet.value = value ? value_or_text(*value, *text) : json_text(json(*text));
  return packet;
}

std::string json_column(const json& row, std::string_view name) {
  const auto text = text_member(row, name);
  if (!text) return {};
  const auto parsed = json::parse(*text, nullptr, false);
  return parsed.is_discarded() ? json_text(json(*text)) : value_or_text(parsed, *text);
}

result<realtime_run> realtime_run_of(const json& row) {
  realtime_run run;
  const auto named = required_texts(row, {{"friendlyId", &run.id}, {"status", &run.status}});
  if (!named) return named.error();
  run.status = api_status(std::move(run.status));
  optional_texts(row, {{"id", &run.row_id},
                       {"taskIdentifier", &run.task},
                       {"ttl", &run.ttl},
                       {"idempotencyKey", &run.idempotency_key}});
  for (const auto& [name, into] : {std::pair("createdAt", &run.created), std::pair("updatedAt", &run.updated),
                                   std::pair("startedAt", &run.started), std::pair("delayUntil", &run.delayed_until),
                                   std::pair("queuedAt", &run.queued), std::pair("expiredAt", &run.expired),
                                   std::pair("completedAt", &run.completed)})
    *into = instant_column(row, name);
  run.number = integer_member(row, "number");
  run.usage_ms = integer_member(row, "usageDurationMs");
  run.cost_cents = decimal_column(row, "costInCents");
  run.base_cost_cents = decimal_column(row, "baseCostInCents");
  run.test = column(row, "isTest") == "t";
  run.payload = packet_columns(row, "payload", "payloadType");
  run.output = packet_columns(row, "output", "outputType");
  run.metadata = packet_columns(row, "metadata", "metadataType");
  run.tags = list_column(row, "runTags");
  run.streams = list_column(row, "realtimeStreams");
  run.error = json_column(row, "error");
  return run;
}

void add_filter(std::vector<std::pair<std::string, std::string>>& filters, std::string_view name, std::string value) {
  if (!value.empty()) filters.emplace_back(name, std::move(value));
}

}  // namespace

run_phase realtime_run::phase() const {
  run_view same;
  same.status = status;
  same.finished = completed;
  return same.phase();
}

bool realtime_run::ended() const {
  const auto now = phase();
  return completed || (now != run_phase::waiting_for_version && now != run_phase::going_on);
}

struct run_subscription::rows {
  struct row {
    json columns = json::object();
    bool changed = false;  // since it was published last
  };
  std::map<std::string, row> all;    // by the server's key
  std::vector<std::string> changed;  // in the order of their first change
};

run_subscription::run_subscription(run_subscription&&) noexcept = default;
run_subscription& run_subscription::operator=(run_subscription&&) noexcept = default;
run_subscription::~run_subscription() = default;

run_subscription::run_subscription(std::string_view endpoint, std::string part,
                                   std::vector<std::pair<std::string, std::string>> filters)
    : endpoint_(endpoint), part_(std::move(part)), filters_(std::move(filters)), rows_(std::make_unique<rows>()) {}

run_subscription run_subscription::of_run(std::string_view run, const std::vector<std::string>& skip_columns) {
  std::vector<std::pair<std::string, std::string>> filters;
  add_filter(filters, "skipColumns", text::join(skip_columns, ","));
  return {"realtime.run", std::string(run), std::move(filters)};
}

run_subscription run_subscription::of_batch(std::string_view batch, const std::vector<std::string>& skip_columns) {
  std::vector<std::pair<std::string, std::string>> filters;
  add_filter(filters, "skipColumns", text::join(skip_columns, ","));
  return {"realtime.batch", std::string(batch), std::move(filters)};
}

run_subscription run_subscription::with_tags(const std::vector<std::string>& tags, std::string_view created_at,
                                             const std::vector<std::string>& skip_columns) {
  std::vector<std::pair<std::string, std::string>> filters;
  add_filter(filters, "tags", text::join(tags, ","));
  add_filter(filters, "createdAt", std::string(created_at));
  add_filter(filters, "skipColumns", text::join(skip_columns, ","));
  return {"realtime.runs", {}, std::move(filters)};
}

// Parameters sorted by name, as the SDK sends them; the cursor of a live request is there also when it is empty.
call run_subscription::next_request() const {
  auto parameters = filters_;
  parameters.emplace_back("log", "full");
  parameters.emplace_back("offset", offset_);
  if (!handle_.empty()) parameters.emplace_back("handle", handle_);
  if (live_) {
    parameters.emplace_back("live", "true");
    parameters.emplace_back("cursor", cursor_);
  }
  std::sort(parameters.begin(), parameters.end());
  std::string text;
  for (const auto& [name, value] : parameters)
    text += (text.empty() ? '?' : '&') + text::form_encode(name) + '=' + text::form_encode(value);
  call what = part_.empty() ? make_call(endpoint_, {}, text) : make_call(endpoint_, {part_}, text);
  what.headers.emplace_back("x-trigger-electric-version", electric_version);
  return what;
}

void run_subscription::start_again(std::string handle) {
  offset_ = "-1";
  handle_ = std::move(handle);
  cursor_.clear();
  live_ = false;
  rows_ = std::make_unique<rows>();
}

result<std::vector<realtime_run>> run_subscription::take(const transport::response& reply) {
  if (reply.status == 409) {  // the shape is gone
    start_again(std::string(reply.head.first("electric-handle").value_or(std::string_view())));
    return std::vector<realtime_run>();
  }
  const bool empty = reply.status == 204;
  if (!empty && reply.status != 200) return fail(codes::unreadable, "the reply is none of a subscription");
  const auto handle = reply.head.first("electric-handle");
  const auto offset = reply.head.first("electric-offset");
  if (!empty && (!handle || !offset))
    return fail(codes::unreadable, "the reply does not say where the subscription is");
  if (handle) handle_ = *handle;
  if (offset) offset_ = *offset;
  if (const auto cursor = reply.head.first("electric-cursor")) cursor_ = *cursor;
  live_ = empty;
  if (!empty)
    if (const auto taken = take_messages(reply.body); !taken) return taken.error();
  return live_ ? publish() : std::vector<realtime_run>();
}

result<void> run_subscription::take_messages(const std::string& body) {
  const auto messages = json::parse(body, nullptr, false);
  if (!messages.is_array()) return fail(codes::unreadable, "the reply is not a list of changes");
  for (const auto& message : messages) {
    const auto* headers = object_member(message, "headers");
    if (headers == nullptr) return missing_member("headers");
    const auto control = column(*headers, "control");
    if (control == "must-refetch") {
      start_again({});
      return {};
    }
    if (!control.empty()) {
      if (control == "up-to-date") live_ = true;
      continue;
    }
    auto key = required_text(message, "key");
    if (!key) return key.error();
    if (column(*headers, "operation") == "delete") {
      rows_->all.erase(*key);
      std::erase(rows_->changed, *key);
      continue;
    }
    const auto* value = object_member(message, "value");
    if (value == nullptr) return missing_member("value");
    auto& row = rows_->all[*key];
    // An update may hold the changed columns alone. Columns are texts or null.
    for (const auto& [name, text] : value->items()) row.columns[name] = text.is_string() ? text : json();
    if (!std::exchange(row.changed, true)) rows_->changed.push_back(*key);
    if (rows_->all.size() > limits::subscribed_runs)
      return fail(triggerd::codes::limit, "the subscription has more than " + std::to_string(limits::subscribed_runs) +
                                              " runs; narrow its tags or look back less");
  }
  return {};
}

result<std::vector<realtime_run>> run_subscription::publish() {
  std::vector<realtime_run> runs;
  for (const auto& key : std::exchange(rows_->changed, {})) {
    auto& row = rows_->all.at(key);
    row.changed = false;
    auto run = realtime_run_of(row.columns);
    if (!run) return run.error();
    if (endpoint_ == "realtime.run") ended_ = ended_ || run->ended();
    runs.push_back(std::move(*run));
  }
  return runs;
}

}  // namespace triggerd::api
