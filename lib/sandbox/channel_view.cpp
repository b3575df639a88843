#include "sandbox/channel_view.hpp"

#include <charconv>

namespace triggerd::sandbox {

namespace {

constexpr std::size_t most_record = 1u << 20;
constexpr std::uint64_t usual_timeout = 60, longest_timeout = 600;  // seconds

std::optional<std::uint64_t> event_number(std::string_view digits) {
  std::uint64_t out = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), out);
  if (digits.empty() || read.ec != std::errc() || read.ptr != digits.data() + digits.size()) return std::nullopt;
  return out;
}

// "42", or "1795487000000-42" of the older form. What cannot be read is from the start.
std::optional<std::uint64_t> read_event_id(std::string_view id) { return event_number(id.substr(id.rfind('-') + 1)); }

json shown_record(const record& of) {
  json headers = json::array();
  for (const auto& [name, value] : of.headers) headers.push_back({name, value});
  return {{"seq_num", of.seq},
          {"timestamp", of.at.time_since_epoch().count()},
          {"body", of.body()},
          {"headers", std::move(headers)}};
}

std::string batch_event(const std::vector<const record*>& records) {
  if (records.empty()) return {};
  json shown = json::array();
  for (const record* one : records) shown.push_back(shown_record(*one));
  return "event: batch\nid: " + std::to_string(records.back()->seq) +
         "\ndata: " + dump_json({{"records", std::move(shown)}}) + "\n\n";
}

std::string single_events(const std::vector<const record*>& records) {
  std::string out;
  for (const record* one : records)
    out += "id: " + std::to_string(one->at.time_since_epoch().count()) + '-' + std::to_string(one->seq) +
           "\ndata: " + dump_json(one->data) + "\n\n";
  return out;
}

// The same request from where the reader stands now.
std::shared_ptr<const request> asked_on(const call& from, std::optional<std::uint64_t> seen, instant until) {
  auto out = std::make_shared<request>(from.asked);
  out->until = until;
  std::erase_if(out->headers, [](const auto& one) { return one.first == "last-event-id"; });
  if (seen) out->headers.emplace_back("last-event-id", std::to_string(*seen));
  return out;
}

}  // namespace

reply plain_text(int status, std::string_view words) {
  return {status, {{"content-type", "text/plain; charset=utf-8"}}, std::string(words)};
}

reply append_refused(int status, std::string_view words) { return answer(status, {{"ok", false}, {"error", words}}); }

std::optional<reply> bad_record(const call& from) {
  if (!first_header(from.asked.headers, "content-length") || from.asked.body.size() > most_record)
    return append_refused(413, "Request body too large");
  return std::nullopt;
}

reply stream_of(const state& in, const call& from, const channel& of, stream_version version,
                std::optional<bool> settled) {
  const auto header = [&](std::string_view name) { return first_header(from.asked.headers, name); };
  std::uint64_t timeout = usual_timeout;
  if (const auto given = header("timeout-seconds")) {
    timeout = event_number(*given).value_or(0);
    if (timeout < 1 || timeout > longest_timeout) return plain_text(400, "Timeout-Seconds must be between 1 and 600");
  }
  const bool first = !from.asked.until;
  const instant until = from.asked.until.value_or(in.now + seconds(timeout));
  auto seen = read_event_id(header("last-event-id").value_or(""));
  if (first && !header("last-event-id") && header("x-trigger-stream-start") == "latest") seen = of.last();
  const auto records = of.after(seen);
  if (!records.empty()) seen = records.back()->seq;

  reply out{200, {{"content-type", "text/event-stream"}, {"cache-control", "no-cache"}}, {}};
  out.headers.emplace_back("x-stream-version", version == stream_version::v2 ? "v2" : "v1");
  if (settled == true) out.headers.emplace_back("x-session-settled", "true");
  out.body = version == stream_version::v2 ? batch_event(records) : single_events(records);
  out.streams = true;
  const bool peeks = header("x-peek-settled") == "1" && settled == true;
  if (!peeks && in.now < until) out.again = asked_on(from, seen, until);
  return out;
}

reply records_of(const call& from, const channel& of) {
  std::optional<std::uint64_t> after;
  if (const auto given = from.where.value("afterEventId")) {
    after = event_number(*given);
    if (!after)
      return query_error({{"code", "invalid_string"},
                          {"validation", "regex"},
                          {"path", json::array({"afterEventId"})},
                          {"message", "Invalid"}});
  }
  json records = json::array();
  for (const record* one : of.after(after)) {
    json shown = {{"data", one->headers.empty() ? one->data : json("")}, {"id", one->part}, {"seqNum", one->seq}};
    for (const auto& [name, value] : one->headers) shown["headers"].push_back({name, value});
    records.push_back(std::move(shown));
  }
  return answer(200, {{"records", std::move(records)}});
}

}  // namespace triggerd::sandbox
