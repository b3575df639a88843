#include "sandbox/handlers.hpp"
#include "sandbox/spans.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace triggerd::sandbox::handlers {

namespace {

constexpr auto longest_report_period = std::chrono::days(90);
constexpr double tolerable_failures = 0.01, bad_failures = 0.1;  // shares of what ended

struct health {
  std::size_t triggered = 0, done = 0, failed = 0;

  double failure_share() const { return done == 0 ? 0 : static_cast<double>(failed) / static_cast<double>(done); }
  std::string_view severity() const {
    const double share = failure_share();
    return share >= bad_failures ? "crit" : share >= tolerable_failures ? "warn" : "ok";
  }
};

health health_since(state& in, const live_environment& where, instant from) {
  health out;
  const auto& all = where.runs.all;
  for (auto at = all.rbegin(); at != all.rend() && in.runs.at(*at).created >= from; ++at) {
    const run_status status = in.runs.at(*at).status;
    ++out.triggered;
    if (is_final(status)) ++out.done;
    if (status > run_status::canceled) ++out.failed;
  }
  return out;
}

json health_model(const state& in, const live_environment& where, const health& found, milliseconds period,
                  std::string_view shown_period) {
  const std::string_view severity = found.severity();
  const std::string_view reason = severity == "ok" ? "healthy" : "failure_rate";
  const json failures = {{"id", "failure_rate"},
                         {"value", found.failure_share()},
                         {"unit", "ratio"},
                         {"aggregation", "ratio"},
                         {"severity", severity}};
  const json throughput = {{"id", "throughput"},
                           {"value", found.done},
                           {"unit", "count"},
                           {"aggregation", "count"},
                           {"breakdown", {{"done", found.done}, {"triggered", found.triggered}}},
                           {"severity", "ok"}};
  const json finding = {{"type", "execution"},
                        {"severity", severity},
                        {"reason", reason},
                        {"metricIds", json::array({"failure_rate", "throughput"})}};
  return {{"title", "health"},
          {"scope", where.slug},
          {"period", "last " + std::string(shown_period)},
          {"generatedAt", text::iso(in.now)},
          {"windowMinutes", std::chrono::floor<std::chrono::minutes>(period).count()},
          {"summary",
           {{"severity", severity},
            {"statements", json::array({json({{"findingType", "execution"}, {"severity", severity}})})}}},
          {"findings", json::array({finding})},
          {"metrics", json::array({failures, throughput})},
          {"facts", {{"failedRuns", found.failed}}},
          {"links", json::array()},
          {"footer", json::array()}};
}

std::string health_prose(const live_environment& where, const health& found, std::string_view shown_period) {
  return "# health: " + where.slug + ", last " + std::string(shown_period) +
         "\n\nexecution: " + std::string(found.severity()) + "\n\n- triggered: " + std::to_string(found.triggered) +
         "\n- done: " + std::to_string(found.done) + "\n- failed: " + std::to_string(found.failed) + '\n';
}

// "30m", "1h", "7d", "2w".
std::optional<milliseconds> report_period(std::string_view text) {
  const bool one_unit = text.size() >= 2 && text.front() != '0' &&
                        text.find_first_not_of("0123456789") == text.size() - 1 && text.back() != 's';
  const auto span = one_unit ? read_duration(text) : std::nullopt;
  if (!span || *span > longest_report_period) return std::nullopt;
  return span;
}

}  // namespace

reply get_report(state& in, const call& from) {
  const std::string_view format = from.where.value("format").value_or("markdown");
  if (format != "markdown" && format != "json" && format != "ansi")
    return query_error({{"received", format},
                        {"code", "invalid_enum_value"},
                        {"options", {"markdown", "json", "ansi"}},
                        {"path", json::array({"format"})},
                        {"message", "Invalid enum value. Expected 'markdown' | 'json' | 'ansi', received '" +
                                        std::string(format) + '\''}});
  const std::string_view shown = from.where.value("period").value_or("1h");
  const auto period = report_period(shown);
  if (!period)
    return query_error({{"code", "custom"},
                        {"message", "period must be a shorthand like '30m', '1h' or '7d'"},
                        {"path", json::array({"period"})}});
  if (!from.who.may("read", {"query:runs"})) return forbidden();
  if (from.arguments[0] != "health")
    return refuse(404, "Unknown report \"" + from.argument(0) + "\". Available: health.");
  const live_environment& where = *from.who.where;
  const health found = health_since(in, where, in.now - *period);
  if (format == "json") return answer(200, health_model(in, where, found, *period, shown));
  const std::string type = format == "ansi" ? "text/plain" : "text/markdown";
  return {200, {{"content-type", type + "; charset=utf-8"}}, health_prose(where, found, shown)};
}

}  // namespace triggerd::sandbox::handlers
