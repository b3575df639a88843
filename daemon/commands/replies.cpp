#include "commands/replies.hpp"

#include "base/text.hpp"
#include "commands/interface.hpp"

#include <algorithm>
#include <cmath>

namespace triggerd::commands {

namespace {

json pause_state(const std::string& by, instant since, const std::optional<instant>& until) {
  json out = json::object();
  out["by"] = by;
  out["since"] = text::iso(since);
  put(out, "until", until);
  return out;
}

json show_leg(const job::fire_runner::leg_now& what) {
  const store::leg_row& leg = what.row;
  json out = json::object();
  out["target"] = leg.target;
  out["state"] = store::name(leg.state);
  out["attempt"] = leg.attempt;
  out["planned"] = leg.planned;
  out["actions"] = leg.actions;
  out["done"] = leg.done;
  out["failed"] = leg.failed;
  out["unknown"] = leg.unknown;
  out["items"] = leg.items;
  out["rejected"] = leg.rejected;
  out["requests"] = leg.requests;
  out["retries"] = leg.retries;
  put(out, "note", leg.note);
  put(out, "started", leg.started);
  put(out, "ended", leg.ended);
  if (const auto p50 = quantile_ms(what.reply_times, 0.5)) out["p50_ms"] = *p50;
  if (const auto p99 = quantile_ms(what.reply_times, 0.99)) out["p99_ms"] = *p99;
  return out;
}

}  // namespace

json new_reply() {
  json out = json::object();
  out["schema_version"] = schema_version;
  return out;
}

void put(json& into, const char* name, const std::string& text) {
  if (!text.empty()) into[name] = text;
}

void put(json& into, const char* name, const std::optional<instant>& at) {
  if (at) into[name] = text::iso(*at);
}

std::string text_of(const json& parameters, const char* name) {
  const auto found = parameters.find(name);
  return found != parameters.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<std::int64_t> number_of(const json& parameters, const char* name) {
  const auto found = parameters.find(name);
  if (found == parameters.end() || !found->is_number_integer()) return std::nullopt;
  return found->get<std::int64_t>();
}

std::optional<std::size_t> limit_of(const json& parameters, std::size_t otherwise, std::size_t most) {
  const auto asked = number_of(parameters, "limit");
  if (!asked) return otherwise;
  if (*asked < 1 || *asked > static_cast<std::int64_t>(most)) return std::nullopt;
  return static_cast<std::size_t>(*asked);
}

std::map<std::string, std::string> texts_of(const json& parameters, const char* name) {
  std::map<std::string, std::string> out;
  const auto found = parameters.find(name);
  if (found == parameters.end() || !found->is_object()) return out;
  for (const auto& [key, value] : found->items())
    if (value.is_string()) out[key] = value.get<std::string>();
  return out;
}

std::vector<std::string> selector_of(const json& parameters, const char* name) {
  std::vector<std::string> out;
  const std::string written = text_of(parameters, name);
  for (const auto entry : text::split(written, ' '))
    if (!entry.empty()) out.emplace_back(entry);
  return out;
}

std::optional<double> quantile_ms(std::vector<std::chrono::microseconds> times, double q) {
  if (times.empty()) return std::nullopt;
  const auto rank = static_cast<std::size_t>(std::ceil(q * static_cast<double>(times.size())));
  const auto place = times.begin() + static_cast<std::ptrdiff_t>(std::clamp<std::size_t>(rank, 1, times.size()) - 1);
  std::nth_element(times.begin(), place, times.end());
  return static_cast<double>(place->count()) / 1'000;
}

json show(const trouble& what) {
  json out = json::object();
  out["what"] = what.what;
  put(out, "since", what.since);
  put(out, "next", what.next);
  return out;
}

json show(const store::ledger_health& what) {
  json out = json::object();
  out["writable"] = what.writable;
  out["commits"] = what.commits;
  out["queued"] = what.queued;
  out["last_commit_us"] = what.last_commit_us;
  put(out, "trouble", what.trouble);
  return out;
}

json show(const target::target& what) {
  const spec::target_spec& spec = what.spec();
  const target::health_view health = what.health();
  const target::totals_view totals = what.totals();
  json out = json::object();
  out["name"] = spec.name;
  out["project"] = spec.project;
  out["environment"] = spec::slug(spec.env);
  put(out, "branch", spec.branch);
  out["state"] = target::name(health.state);
  out["since"] = text::iso(health.since);
  put(out, "trouble", health.trouble);
  put(out, "next", health.next);
  out["enabled"] = spec.enabled;
  if (const auto pause = what.paused()) out["paused"] = pause_state(pause->by, pause->since, pause->until);
  out["in_flight"] = what.in_flight();
  if (const auto budget = what.budget()) {
    out["budget"] = {{"limit", budget->limit}, {"remaining", budget->remaining}};
    put(out["budget"], "reset", budget->reset);
  }
  put(out, "identity", what.identity());
  out["requests"] = totals.requests;
  out["retries"] = totals.retries;
  out["failures"] = totals.failures;
  if (totals.p50_ms > 0) out["p50_ms"] = totals.p50_ms;
  if (totals.p99_ms > 0) out["p99_ms"] = totals.p99_ms;
  if (!spec.labels.empty()) out["labels"] = spec.labels;
  return out;
}

json show(const job::job_view& what) {
  json out = json::object();
  out["name"] = what.spec->name;
  out["kind"] = spec::name(what.spec->kind());
  put(out, "description", what.spec->description);
  out["enabled"] = what.spec->enabled;
  if (what.paused) out["paused"] = pause_state(what.paused->by, what.paused->since, what.paused->until);
  out["targets"] = what.targets;
  put(out, "schedule", in_words(what.spec->schedule));
  put(out, "next", what.next);
  out["running"] = what.running;
  return out;
}

json show(const job::fire_view& what) {
  json out = json::object();
  out["id"] = what.row.id;
  out["job"] = what.row.job;
  out["kind"] = what.row.kind;
  out["cause"] = what.row.cause;
  put(out, "by", what.row.by);
  out["due"] = text::iso(what.row.due);
  out["created"] = text::iso(what.row.created);
  put(out, "ended", what.row.ended);
  out["state"] = store::name(what.row.state);
  put(out, "note", what.row.note);
  out["legs"] = json::array();
  for (const auto& leg : what.legs) out["legs"].push_back(show_leg(leg));
  return out;
}

json show(const store::action_row& what) {
  json out = json::object();
  out["target"] = what.target;
  out["number"] = what.number;
  out["attempt"] = what.attempt;
  out["kind"] = what.kind;
  out["subject"] = what.subject;
  out["state"] = store::name(what.state);
  out["tries"] = what.tries;
  out["items"] = what.items;
  put(out, "run", what.run);
  put(out, "code", what.code);
  put(out, "note", what.note);
  out["intended"] = text::iso(what.intended);
  put(out, "settled", what.settled);
  return out;
}

json show(const job::event& what) {
  json out = json::object();
  out["seq"] = what.seq;
  out["at"] = text::iso(what.at);
  out["kind"] = what.kind;
  put(out, "job", what.job);
  put(out, "fire", what.fire);
  put(out, "target", what.target);
  put(out, "state", what.state);
  out["level"] = job::name(what.level);
  out["text"] = what.text;
  return out;
}

json show(const job::next_fire& what) {
  json out = json::object();
  out["job"] = what.job;
  out["at"] = text::iso(what.at);
  return out;
}

json show(const job::planned_leg& what) {
  json out = json::object();
  out["target"] = what.target;
  out["changes"] = what.trouble ? 0 : what.changes;
  out["requests"] = what.requests;
  if (what.trouble) out["trouble"] = what.trouble->describe();
  out["notes"] = what.notes;
  out["lines"] = json::array();
  for (const auto& line : what.lines) {
    json one = json::object();
    one["op"] = line.op;
    one["what"] = line.what;
    put(one, "detail", line.detail);
    out["lines"].push_back(std::move(one));
  }
  const std::uint64_t shown = static_cast<std::uint64_t>(
      std::count_if(what.lines.begin(), what.lines.end(), [](const auto& line) { return line.op != "keep"; }));
  if (!what.trouble && !what.lines.empty() && what.changes > shown)
    out["notes"].push_back(std::to_string(what.changes - shown) + " more changes are not listed");
  return out;
}

json show(const config::complaint& what) {
  json out = json::object();
  out["where"] = what.where.line > 0 ? what.where.text() : what.where.file.text();
  out["text"] = what.message + " [" + std::string(what.code.name) + ']';
  out["warning"] = what.how != config::severity::error;
  return out;
}

json show_last_reload(const reload_report& what) {
  json out = json::object();
  out["verdict"] = triggerd::name(what.is);
  out["at"] = text::iso(what.at);
  out["hash"] = what.hash;
  put(out, "note", what.note);
  return out;
}

std::string in_words(const spec::schedule_spec& what) {
  if (!what.cron.empty()) return what.cron + ' ' + (what.timezone.empty() ? "UTC" : what.timezone);
  if (what.every) return "every " + text::show(*what.every);
  if (what.on_start) return "at every start";
  if (what.at.empty()) return {};
  return "at " + text::iso(what.at.front()) +
         (what.at.size() > 1 ? " and " + std::to_string(what.at.size() - 1) + " more" : "");
}

}  // namespace triggerd::commands
