#include "sandbox/handlers.hpp"
#include "sandbox/page.hpp"
#include "sandbox/session_view.hpp"
#include "sandbox/spans.hpp"

#include <algorithm>
#include <charconv>

namespace triggerd::sandbox::handlers {

namespace {

constexpr std::string_view session_cursor = "session_";
constexpr std::size_t usual_sessions = 20;
constexpr std::size_t usual_messages = 50, most_messages = 200;

// Empty lists and absent dates fit everything.
struct session_filter {
  std::vector<std::string> types, tasks, tags, externals, statuses;
  std::optional<instant> from, to;

  static bool holds(const std::vector<std::string>& wanted, std::string_view value) {
    return wanted.empty() || std::find(wanted.begin(), wanted.end(), value) != wanted.end();
  }
  bool fits(const session& of, instant now) const {
    const bool tagged = tags.empty() || std::any_of(of.tags.begin(), of.tags.end(),
                                                    [&](const std::string& tag) { return holds(tags, tag); });
    return tagged && holds(types, of.type) && holds(tasks, of.task) && holds(externals, of.external) &&
           holds(statuses, of.status(now)) && (!from || of.created >= *from) && (!to || of.created <= *to);
  }
};

std::variant<session_filter, reply> read_session_filter(const state& in, const target& asked) {
  const auto list = [&](std::string_view name) {
    return listed(asked.value("filter[" + std::string(name) + ']').value_or(""));
  };
  session_filter out{list("type"), list("taskIdentifier"), list("tags"), list("externalId"), list("status"), {}, {}};
  for (const std::string& status : out.statuses)
    if (status != "ACTIVE" && status != "CLOSED" && status != "EXPIRED")
      return query_error({{"code", "custom"},
                          {"message", "Invalid status values: " + status},
                          {"path", json::array({"filter[status]"})}});
  if (const auto period = asked.value("filter[createdAt][period]"))
    if (const auto span = read_duration(*period)) out.from = in.now - *span;
  if (const auto at = asked.value("filter[createdAt][from]")) out.from = read_date(*at);
  if (const auto at = asked.value("filter[createdAt][to]")) out.to = read_date(*at);
  return out;
}

bool may_list(const call& from, const std::vector<std::string>& tasks) {
  if (from.who.may("read", {"sessions", "tasks"})) return true;
  return !tasks.empty() && std::all_of(tasks.begin(), tasks.end(), [&](const std::string& task) {
    return from.who.may("read", {"tasks:" + task});
  });
}

std::size_t number_or(std::optional<std::string_view> digits, std::size_t otherwise) {
  std::size_t out = otherwise;
  if (digits) std::from_chars(digits->data(), digits->data() + digits->size(), out);
  return out;
}

// What was said on the session's own channels, oldest first.
std::vector<std::pair<const record*, bool>> said(const session& of) {
  std::vector<std::pair<const record*, bool>> out;
  const channel_pair& own = of.channels.at("");
  for (const bool by_task : {false, true})
    for (const record& one : (by_task ? own.out : own.in).all())
      if (one.headers.empty()) out.emplace_back(&one, by_task);
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.first->at < b.first->at; });
  return out;
}

}  // namespace

reply list_sessions(state& in, const call& from) {
  auto filter = read_session_filter(in, from.where);
  if (auto* refusal = std::get_if<reply>(&filter)) return std::move(*refusal);
  const session_filter& by = std::get<session_filter>(filter);
  if (!may_list(from, by.tasks)) return forbidden();
  auto wanted = read_page(from.where, session_cursor, in.seed);
  if (auto* refusal = std::get_if<reply>(&wanted)) return std::move(*refusal);
  page_request& want = std::get<page_request>(wanted);
  if (!from.where.value("page[size]")) want.size = usual_sessions;
  if (from.where.value("page[after]") && from.where.value("page[before]"))
    return query_error({{"code", "custom"},
                        {"message", "Cannot specify both page[after] and page[before]"},
                        {"path", json::array({"page"})}});
  const page found = take_page(in.sessions.all(*from.who.where), want, [&](std::uint64_t number) {
    return by.fits(in.sessions.at(number), in.now) ? fit::yes : fit::no;
  });
  json rows = json::array();
  for (const std::uint64_t number : found.rows) rows.push_back(shown_session(in, in.sessions.at(number)));
  json pages = json::object();
  const auto mark = [&](std::uint64_t number) {
    return cursor(session_cursor, in.seed, number, in.sessions.at(number).created.time_since_epoch().count());
  };
  if (found.next && !found.rows.empty()) pages["next"] = mark(found.rows.back());
  if (found.previous && !found.rows.empty()) pages["previous"] = mark(found.rows.front());
  return answer(200, {{"data", std::move(rows)}, {"pagination", std::move(pages)}});
}

// The newest `limit` messages before the cursor, which counts messages from the first one kept.
reply session_transcript(state& in, const call& from) {
  auto found = open_session(in, from, "read");
  if (auto* refusal = std::get_if<reply>(&found)) return std::move(*refusal);
  const session& of = *std::get<session*>(found);
  const auto all = said(of);
  const std::size_t limit =
      std::clamp<std::size_t>(number_or(from.where.value("limit"), usual_messages), 1, most_messages);
  const std::size_t end = std::min(all.size(), number_or(from.where.value("before"), all.size()));
  const std::size_t start = end - std::min(end, limit);
  json messages = json::array();
  for (std::size_t i = start; i < end; ++i)
    messages.push_back(
        {{"id", all[i].first->part}, {"role", all[i].second ? "assistant" : "user"}, {"content", all[i].first->data}});
  json out = {{"messages", std::move(messages)}, {"cursors", json::object()}};
  const channel_pair& own = of.channels.at("");
  if (const auto last = own.out.last()) out["cursors"]["lastOutEventId"] = std::to_string(*last);
  if (const auto last = own.in.last()) out["cursors"]["lastInEventId"] = std::to_string(*last);
  if (start > 0) out["nextCursor"] = std::to_string(start);
  return answer(200, out);
}

}  // namespace triggerd::sandbox::handlers
