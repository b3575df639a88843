#include "bench/origin/runs.hpp"

#include "bench/origin/credential.hpp"
#include "bench/origin/date_text.hpp"
#include "bench/origin/json_texts.hpp"
#include "bench/origin/query.hpp"

#include <algorithm>
#include <charconv>

namespace origin {
namespace {

constexpr std::uint64_t most_items = 1000;
constexpr std::uint64_t page_size = 25;
constexpr std::int64_t age_of_runs_ms = 3'600'000;

// As long as the real one; its holder sends it on, and nobody reads it here.
const std::string public_token = "eyJhbGciOiJIUzI1NiJ9." + std::string(296, 'e') + '.' + std::string(43, 'E');

// The number in an identifier: the digits behind its prefix and one letter.
std::uint64_t number_of(std::string_view id) {
  std::uint64_t out = 0;
  id.remove_prefix(std::min(id.size(), id.find('_') + 2));
  std::from_chars(id.data(), id.data() + id.size(), out);
  return out;
}

void add_public_token(reply& to, std::string_view scopes) {
  to.headers.emplace_back("access-control-expose-headers", "x-trigger-jwt,x-trigger-jwt-claims");
  to.headers.emplace_back("x-trigger-jwt", public_token);
  std::string claims = "{\"sub\":\"" + id_text("", 1) + "\",\"pub\":true,\"scopes\":[";
  to.headers.emplace_back("x-trigger-jwt-claims", claims.append(scopes).append("]}"));
}

void add_run(std::string& to, std::string_view id, std::string_view status, std::int64_t created_ms) {
  const bool good = status == "COMPLETED";
  const bool failed = !good && status != "EXPIRED" && status != "TIMED_OUT";
  const std::string created = iso_text(created_ms);
  to.append("{\"id\":\"").append(id).append("\",\"status\":\"").append(status);
  to.append("\",\"taskIdentifier\":\"bench\",\"version\":\"20261124.1\",\"createdAt\":\"").append(created);
  to.append("\",\"updatedAt\":\"").append(created).append("\",\"startedAt\":\"").append(created);
  to.append("\",\"finishedAt\":\"").append(created);
  to.append("\",\"isTest\":false,\"tags\":[],\"costInCents\":0,\"baseCostInCents\":0,\"durationMs\":123,\"depth\":0,");
  to.append("\"taskKind\":\"STANDARD\",\"region\":\"bench\",\"env\":{\"id\":\"").append(id_text("", 1));
  to.append("\",\"name\":\"prod\"},\"isQueued\":false,\"isExecuting\":false,\"isCompleted\":");
  to.append(good || failed ? "true" : "false").append(",\"isFailed\":").append(failed ? "true" : "false");
  to.append(",\"isSuccess\":").append(good ? "true" : "false").append(",\"isCancelled\":");
  to.append(status == "CANCELED" ? "true" : "false").append(",\"isWaiting\":false}");
}

}  // namespace

reply runs::triggered(std::uint64_t run, bool cached) const {
  const std::string id = id_text("run_", run);
  reply out;
  add_public_token(out, "\"read:runs:" + id + "\",\"write:inputStreams:" + id + '"');
  out.body.append("{\"id\":\"").append(id).append("\",\"isCached\":").append(cached ? "true}" : "false}");
  return out;
}

runs::range runs::take(std::uint64_t count) {
  const range out{next_, count};
  next_ += count;
  return out;
}

reply runs::create_batch(const request& asked) {
  const std::uint64_t count = number_in(asked.body, "\"runCount\":");
  if (count == 0) return refuse(400, "Validation error: Required at \\\"runCount\\\"");
  if (count > most_items)
    return refuse(400, "Batch runCount of " + std::to_string(count) + " exceeds maximum allowed of 1000.");
  batches_.push_back({take(count), 0, unix_ms()});
  const std::string id = id_text("batch_", batches_.size() - 1);
  reply out;
  out.status = 202;
  add_public_token(out, "\"read:batch:" + id + '"');
  out.body = "{\"id\":\"" + id + "\",\"runCount\":" + std::to_string(count) + ",\"isCached\":false}";
  return out;
}

reply runs::take_items(const request& asked) {
  const std::uint64_t number = number_of(asked.where.id);
  if (number >= batches_.size()) return refuse(422, "Batch " + std::string(asked.where.id) + " not found");
  batch& into = batches_[number];
  const std::uint64_t before = into.held;
  into.held = std::max(before, std::min(asked.items, into.made.count));  // a repeated stream begins anew
  const bool sealed = into.held == into.made.count;
  const std::uint64_t accepted = into.held - before;
  reply out;
  out.body = "{\"id\":\"" + std::string(asked.where.id) + "\",\"itemsAccepted\":" + std::to_string(accepted) +
             ",\"itemsDeduplicated\":" + std::to_string(asked.items - accepted) +
             ",\"sealed\":" + (sealed ? "true" : "false");
  const std::string count = std::to_string(into.made.count);
  if (!sealed) out.body += ",\"enqueuedCount\":" + std::to_string(into.held) + ",\"expectedCount\":" + count;
  out.body += ",\"runCount\":" + count + '}';
  return out;
}

reply runs::show_batch(const request& asked) const {
  const std::uint64_t number = number_of(asked.where.id);
  if (number >= batches_.size()) return refuse(404, "Not found");
  const batch& one = batches_[number];
  const bool sealed = one.held == one.made.count;
  const std::string created = iso_text(one.created_ms);
  reply out;
  out.body.append("{\"id\":\"")
      .append(asked.where.id)
      .append(sealed ? "\",\"status\":\"COMPLETED" : "\",\"status\":\"PENDING");
  out.body.append("\",\"createdAt\":\"").append(created).append("\",\"updatedAt\":\"").append(created);
  out.body.append("\",\"runCount\":").append(std::to_string(one.made.count)).append(",\"runs\":[");
  for (std::uint64_t i = 0; sealed && i < one.made.count; ++i)
    out.body.append(i > 0 ? ",\"" : "\"").append(id_text("run_", one.made.first + i)).append("\"");
  out.body += "],\"processing\":{";
  if (sealed) out.body.append("\"completedAt\":\"").append(created).append("\",");
  out.body += "\"errors\":[]}";
  if (sealed) out.body.append(",\"processingCompletedAt\":\"").append(created).append("\"");
  out.body += '}';
  return out;
}

// Those of one batch or one bulk action, those that carry a tag (nobody's), or those that were there before.
runs::range runs::listed(std::string_view query) const {
  if (!query_value(query, "filter[tag]").empty()) return {};
  if (const std::string id = query_value(query, "filter[batch]"); !id.empty())
    return number_of(id) < batches_.size() ? batches_[number_of(id)].made : range{};
  if (const std::string id = query_value(query, "filter[bulkAction]"); !id.empty())
    return number_of(id) < bulks_.size() ? bulks_[number_of(id)].made : range{};
  return past_;
}

// Newest first; a cursor is the last run of the page before. Each run has the status that is asked for.
reply runs::list(const request& asked) const {
  const std::string_view query = asked.where.query;
  const range all = listed(query);
  const std::string after = query_value(query, "page[after]");
  const std::string size = query_value(query, "page[size]");
  const std::string asked_status = query_value(query, "filter[status]");
  const std::string status = asked_status.empty() ? "COMPLETED" : asked_status.substr(0, asked_status.find(','));
  const std::uint64_t wanted = size.empty() ? page_size : std::max<std::uint64_t>(1, std::stoull(size));
  std::uint64_t at = after.empty() ? all.first + all.count : std::min(all.first + all.count, number_of(after));
  const std::int64_t created = unix_ms() - age_of_runs_ms;
  reply out;
  out.body = "{\"data\":[";
  for (std::uint64_t i = 0; i < wanted && at > all.first; ++i) {
    if (i > 0) out.body += ',';
    add_run(out.body, id_text("run_", --at), status, created);
  }
  out.body += "],\"pagination\":{";
  if (at > all.first) out.body.append("\"next\":\"").append(id_text("run_", at)).append("\"");
  out.body += "}}";
  return out;
}

reply runs::show(const request& asked) const {
  reply out;
  add_run(out.body, asked.where.id, "COMPLETED", unix_ms() - age_of_runs_ms);
  out.body.pop_back();
  out.body +=
      ",\"triggerFunction\":\"trigger\",\"payload\":{},\"output\":{},\"attemptCount\":1,\"attempts\":[],"
      "\"relatedRuns\":{\"children\":[]}}";
  return out;
}

reply runs::replay() {
  reply out;
  out.body = "{\"id\":\"" + id_text("run_", next()) + "\"}";
  return out;
}

reply runs::create_bulk(const request& asked) {
  const std::string_view all = asked.body;
  const std::size_t from = std::min(all.size(), all.find("\"runIds\""));
  const std::string_view ids = all.substr(from, std::min(all.size(), all.find(']', from)) - from);
  const auto count = static_cast<std::uint64_t>(std::count(ids.begin(), ids.end(), '"')) / 2 - (ids.empty() ? 0 : 1);
  bulk made;
  made.name = text_in(all, "\"name\":\"");
  made.replays = text_in(all, "\"action\":\"") == "replay";
  made.made = made.replays ? take(count) : range{0, count};
  made.created_ms = unix_ms();
  bulks_.push_back(std::move(made));
  reply out;
  out.status = 202;
  out.body = "{\"id\":\"" + id_text("bulk_", bulks_.size() - 1) + "\"}";
  return out;
}

std::string runs::shape(std::size_t bulk_number) const {
  const bulk& one = bulks_[bulk_number];
  const std::string count = std::to_string(one.made.count);
  const std::string at = iso_text(one.created_ms);
  return "{\"id\":\"" + id_text("bulk_", bulk_number) + "\",\"name\":\"" + one.name + "\",\"type\":\"" +
         (one.replays ? "REPLAY" : "CANCEL") + "\",\"status\":\"COMPLETED\",\"counts\":{\"total\":" + count +
         ",\"success\":" + count + ",\"failure\":0},\"createdAt\":\"" + at + "\",\"completedAt\":\"" + at + "\"}";
}

reply runs::list_bulks() const {
  reply out;
  out.body = "{\"data\":[";
  const std::size_t shown = std::min<std::size_t>(bulks_.size(), page_size);
  for (std::size_t i = 0; i < shown; ++i) out.body.append(i > 0 ? "," : "").append(shape(bulks_.size() - 1 - i));
  out.body += "],\"pagination\":{}}";
  return out;
}

reply runs::show_bulk(const request& asked) const {
  const std::uint64_t number = number_of(asked.where.id);
  if (number >= bulks_.size()) return refuse(404, "Not found");
  reply out;
  out.body = shape(number);
  return out;
}

}  // namespace origin
