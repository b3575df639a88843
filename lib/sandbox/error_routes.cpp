#include "sandbox/handlers.hpp"
#include "sandbox/page.hpp"
#include "sandbox/spans.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace triggerd::sandbox::handlers {

namespace {

constexpr auto usual_error_period = std::chrono::days(1);
constexpr std::size_t error_body = 1u << 20;
constexpr std::size_t reason_length = 1'000;

json date_or_null(const std::optional<instant>& at) { return at ? json(text::iso(*at)) : json(nullptr); }
json text_or_null(const std::string& text) { return text.empty() ? json(nullptr) : json(text); }

json error_row(const error_group& one) {
  return {{"id", one.id()},
          {"fingerprint", one.fingerprint},
          {"taskIdentifier", one.task},
          {"errorType", one.type},
          {"errorMessage", one.message},
          {"status", name_of(one.decided.status)},
          {"count", one.count},
          {"firstSeen", text::iso(one.first)},
          {"lastSeen", text::iso(one.last)},
          {"resolvedAt", date_or_null(one.decided.resolved)},
          {"ignoredUntil", date_or_null(one.decided.ignored_until)}};
}

json whole_error(const error_group& one) {
  const error_decision& decided = one.decided;
  json out = error_row(one);
  out["affectedVersions"] = one.versions;
  out["resolvedInVersion"] = text_or_null(decided.resolved_in);
  out["resolvedBy"] = nullptr;
  out["ignoredAt"] = date_or_null(decided.ignored);
  out["ignoredReason"] = text_or_null(decided.reason);
  out["ignoredByUserId"] = nullptr;
  out["ignoredUntilOccurrenceRate"] = decided.rate ? json(*decided.rate) : json(nullptr);
  out["ignoredUntilTotalOccurrences"] = decided.total ? json(*decided.total) : json(nullptr);
  return out;
}

reply no_error_group() {
  reply out = refuse(404, "Not found");
  should_retry(out, false);
  return out;
}

std::optional<error_group> find_error(state& in, const call& from) {
  for (error_group& one : error_groups(in, *from.who.where, instant::min(), in.now))
    if (one.id() == from.arguments[0]) return std::move(one);
  return std::nullopt;
}

bool may_write_error(const call& from) { return from.who.may("write", {"errors:" + from.argument(0)}); }

struct error_filter {
  std::vector<std::string> tasks, statuses, versions;
  std::string search;
  instant from{}, to{};

  bool fits(const error_group& one) const {
    const auto has = [](const std::vector<std::string>& list, std::string_view word) {
      return list.empty() || std::find(list.begin(), list.end(), word) != list.end();
    };
    const bool seen_in = versions.empty() || std::any_of(versions.begin(), versions.end(), [&](const auto& version) {
                           return one.versions.contains(version);
                         });
    return seen_in && has(tasks, one.task) && has(statuses, name_of(one.decided.status)) &&
           one.message.find(search) != std::string::npos;
  }
};

std::variant<error_filter, reply> read_error_filter(const state& in, const target& from) {
  error_filter out;
  out.tasks = listed(from.value("filter[taskIdentifier]").value_or(""));
  out.versions = listed(from.value("filter[version]").value_or(""));
  out.statuses = listed(from.value("filter[status]").value_or(""));
  out.search = from.value("filter[search]").value_or("");
  std::vector<std::string> unknown;
  for (const std::string& word : out.statuses)
    if (word != "unresolved" && word != "resolved" && word != "ignored") unknown.push_back(word);
  if (!unknown.empty())
    return query_error({{"code", "custom"},
                        {"message", "Invalid status values: " + text::join(unknown, ", ") +
                                        ". Allowed: unresolved, resolved, ignored."},
                        {"path", json::array({"filter[status]"})}});
  const auto period = read_span(from.value("filter[period]").value_or(""));
  out.from = in.now - period.value_or(usual_error_period);
  out.to = in.now;
  if (const auto at = read_date(from.value("filter[from]").value_or(""))) out.from = *at;
  if (const auto at = read_date(from.value("filter[to]").value_or(""))) out.to = *at;
  return out;
}

// A number above zero, or the complaint; absent is neither.
std::optional<reply> read_threshold(const json& body, const char* name, bool whole, std::optional<double>& into) {
  const json* given = find(body, name);
  if (given == nullptr) return std::nullopt;
  if (!given->is_number()) return refuse_body("Expected number, received " + std::string(type_word(*given)), name);
  if (whole && !given->is_number_integer()) return refuse_body("Expected integer, received float", name);
  if (*given <= 0) return refuse_body("Number must be greater than 0", name);
  into = given->get<double>();
  return std::nullopt;
}

std::variant<error_decision, reply> read_ignore(const json& body, instant now) {
  std::optional<double> duration, rate, total;
  auto trouble = read_threshold(body, "duration", true, duration);
  if (!trouble) trouble = read_threshold(body, "occurrenceRate", false, rate);
  if (!trouble) trouble = read_threshold(body, "totalOccurrences", true, total);
  const json* reason = find(body, "reason");
  if (!trouble && reason != nullptr && !reason->is_string())
    trouble = refuse_body("Expected string, received " + std::string(type_word(*reason)), "reason");
  if (!trouble && reason != nullptr && reason->get_ref<const std::string&>().size() > reason_length)
    trouble = refuse_body("String must contain at most 1000 character(s)", "reason");
  if (trouble) return std::move(*trouble);
  constexpr double longest = 1e12;  // ms; keeps the sum inside the clock
  error_decision out;
  out.status = error_status::ignored;
  out.ignored = now;
  if (duration) out.ignored_until = now + milliseconds(static_cast<std::int64_t>(std::min(*duration, longest)));
  out.rate = rate;
  if (total) out.total = static_cast<std::int64_t>(std::min(*total, longest));
  if (reason != nullptr) out.reason = *reason;
  return out;
}

reply decide_error(state& in, const call& from, const error_group& about, error_decision decision) {
  decision.count_when_ignored = about.count;
  in.errors.at(*from.who.where, about.fingerprint) = std::move(decision);
  return answer(200, whole_error(*find_error(in, from)));
}

}  // namespace

reply list_errors(state& in, const call& from) {
  if (!from.who.may("read", {"errors"})) return forbidden();
  auto filter = read_error_filter(in, from.where);
  if (auto* refusal = std::get_if<reply>(&filter)) return std::move(*refusal);
  auto wanted = read_page(from.where, "error_", in.seed);
  if (auto* refusal = std::get_if<reply>(&wanted)) return std::move(*refusal);
  const auto& by = std::get<error_filter>(filter);
  auto all = error_groups(in, *from.who.where, by.from, by.to);
  std::erase_if(all, [&](const error_group& one) { return !by.fits(one); });
  const auto after = std::find_if(all.begin(), all.end(),
                                  [&](const error_group& one) { return one.id() == from.where.value("page[after]"); });
  auto at = after == all.end() ? all.begin() : after + 1;
  json rows = json::array(), pages = json::object();
  for (; at != all.end() && rows.size() < std::get<page_request>(wanted).size; ++at) rows.push_back(error_row(*at));
  if (at != all.end()) pages["next"] = rows.back().at("id");
  return answer(200, {{"data", std::move(rows)}, {"pagination", std::move(pages)}});
}

reply get_error(state& in, const call& from) {
  const auto found = find_error(in, from);
  if (!found) return no_error_group();
  if (!from.who.may("read", {"errors:" + from.argument(0)})) return forbidden();
  return answer(200, whole_error(*found));
}

reply resolve_error(state& in, const call& from) {
  auto body = read_body(from, error_body);
  if (auto* refusal = std::get_if<reply>(&body)) return std::move(*refusal);
  const json* version = find(std::get<json>(body), "resolvedInVersion");
  if (version != nullptr && !version->is_string())
    return refuse_body("Expected string, received " + std::string(type_word(*version)), "resolvedInVersion");
  const auto found = find_error(in, from);
  if (!found) return no_error_group();
  if (!may_write_error(from)) return forbidden();
  error_decision decision;
  decision.status = error_status::resolved;
  decision.resolved = in.now;
  if (version != nullptr) decision.resolved_in = *version;
  return decide_error(in, from, *found, std::move(decision));
}

reply ignore_error(state& in, const call& from) {
  auto body = read_body(from, error_body);
  if (auto* refusal = std::get_if<reply>(&body)) return std::move(*refusal);
  auto decision = read_ignore(std::get<json>(body), in.now);
  if (auto* refusal = std::get_if<reply>(&decision)) return std::move(*refusal);
  const auto found = find_error(in, from);
  if (!found) return no_error_group();
  if (!may_write_error(from)) return forbidden();
  return decide_error(in, from, *found, std::move(std::get<error_decision>(decision)));
}

reply unresolve_error(state& in, const call& from) {
  const auto found = find_error(in, from);
  if (!found) return no_error_group();
  if (!may_write_error(from)) return forbidden();
  return decide_error(in, from, *found, {});
}

}  // namespace triggerd::sandbox::handlers
