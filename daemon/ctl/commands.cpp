#include "ctl/commands.hpp"

#include "ctl/call_view.hpp"
#include "ctl/change_view.hpp"
#include "ctl/events_view.hpp"
#include "ctl/exit_codes.hpp"
#include "ctl/fires_view.hpp"
#include "ctl/inventory_view.hpp"
#include "ctl/plan_view.hpp"
#include "ctl/server_requests.hpp"
#include "ctl/session_view.hpp"
#include "ctl/status_view.hpp"
#include "spec/units.hpp"

#include <algorithm>
#include <stdexcept>

namespace triggerd::ctl {

namespace {

// Puts what was said into the parameters; what was not said stays out.
void put(json& into, const char* name, const std::string& value) {
  if (!value.empty()) into[name] = value;
}

void put(json& into, const char* name, const std::optional<std::int64_t>& value) {
  if (value) into[name] = *value;
}

request plain(std::string method) {
  request out;
  out.method = std::move(method);
  return out;
}

result<request> ask_with_vars(const arguments& a, request out) {
  out.parameters["job"] = a.what;
  put(out.parameters, "on", a.on);
  if (!a.vars.empty()) {
    const auto vars = named_values(a.vars, "--var");
    if (!vars) return vars.error();
    out.parameters["vars"] = *vars;
  }
  return out;
}

result<request> ask_run(const arguments& a) {
  auto out = ask_with_vars(a, plain("Run"));
  if (!out) return out.error();
  if (!a.adopt.empty()) out->parameters["adopt"] = a.adopt;
  if (a.wait) out->how = streaming::progress;
  out->patient = a.wait;
  return out;
}

result<request> ask_plan(const arguments& a) {
  request out = plain("Plan");
  out.patient = true;  // reads at the pace of the server's limiter
  return ask_with_vars(a, std::move(out));
}

result<request> ask_pause(const arguments& a) {
  request out = plain("Pause");
  out.parameters["what"] = a.what;
  if (!a.for_how_long.empty()) {
    const auto how_long = spec::parse_duration(a.for_how_long);
    if (!how_long) return fail(codes::invalid_argument, "--for: " + how_long.error().message);
    if (how_long->count() == 0) return fail(codes::invalid_argument, "--for: must be longer than nothing");
    out.parameters["for_ms"] = how_long->count();
  }
  return out;
}

result<request> ask_resolve(const arguments& a) {
  if (a.action && a.target.empty())
    return fail(codes::invalid_argument, "--action needs --target: numbers count within one target");
  request out = plain("Resolve");
  out.parameters["fire"] = a.what;
  out.parameters["as"] = a.as;
  put(out.parameters, "target", a.target);
  put(out.parameters, "action", a.action);
  return out;
}

result<request> ask_fires(const arguments& a) {
  request out = plain("Fires");
  put(out.parameters, "job", a.what);
  put(out.parameters, "target", a.target);
  put(out.parameters, "state", a.state);
  put(out.parameters, "before", a.before);
  put(out.parameters, "limit", a.limit);
  return out;
}

result<request> ask_fire(const arguments& a) {
  request out = plain("Fire");
  out.parameters["id"] = a.what;
  put(out.parameters, "target", a.target);
  put(out.parameters, "from", a.from);
  put(out.parameters, "limit", a.limit);
  return out;
}

result<request> ask_next(const arguments& a) {
  request out = plain("Next");
  put(out.parameters, "job", a.what);
  put(out.parameters, "limit", a.limit);
  return out;
}

result<request> ask_events(const arguments& a) {
  request out = plain("Events");
  if (a.follow) out.how = streaming::lines;
  out.patient = a.follow;
  return out;
}

result<request> ask_reload(const arguments&) {
  request out = plain("Reload");
  out.patient = true;  // secrets may come from programs
  return out;
}

result<request> ask_drain(const arguments&) {
  request out = plain("Drain");
  out.how = streaming::progress;
  out.patient = true;
  return out;
}

// A command that says only what, or nothing.
auto ask_simply(const char* method, const char* parameter = nullptr) {
  return [method, parameter](const arguments& a) -> result<request> {
    request out = plain(method);
    if (parameter != nullptr) put(out.parameters, parameter, a.what);
    return out;
  };
}

int always_done(const json&) { return exit_code::done; }

std::string show_metrics(const json& reply, const screen&) {
  const auto found = reply.find("text");
  return found != reply.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

const std::vector<command>& commands() {
  static const std::vector<command> table{
      {"status", "What is wrong, since when, and what happens next", ask_simply("Status"), show_status, always_done},
      {"targets", "Targets with their state, budget and counters", ask_simply("Targets", "on"), show_targets,
       always_done, "targets"},
      {"jobs", "Jobs with their schedule and last fire", ask_simply("Jobs"), show_jobs, always_done, "jobs"},
      {"fires", "What was fired, newest first", ask_fires, show_fires, always_done, "fires"},
      {"fire", "One fire, target by target and action by action", ask_fire, show_fire, always_done},
      {"next", "What the schedules will fire", ask_next, show_next, always_done},
      {"events", "What happens", ask_events, show_events, always_done},
      {"metrics", "Counters as Prometheus text", ask_simply("Metrics"), show_metrics, always_done},
      {"run", "Fire a job now", ask_run, show_run, verdict_of_run},
      {"plan", "What a run would do, without doing it", ask_plan, show_plan, verdict_of_plan},
      {"cancel", "End a fire", ask_simply("Cancel", "fire"), show_cancel, always_done},
      {"pause", "Hold back a job, or all writes to targets", ask_pause, show_pause, always_done},
      {"resume", "End a pause", ask_simply("Resume", "what"), show_resume, always_done},
      {"resolve", "Settle what stayed unknown", ask_resolve, show_resolve, verdict_of_resolve},
      {"reload", "Read the files again", ask_reload, show_reload, verdict_of_reload},
      {"drain", "Start nothing new and wait for what runs", ask_drain, show_drain, verdict_of_drain},
      {"stop", "Drain, then end the daemon", ask_simply("Stop"), show_stop, always_done},
      {"log-level", "Change what is logged until the next reload", ask_simply("LogLevel", "level"), show_log_level,
       always_done},
      {"call", "Any endpoint of the API, with a target's credential", ask_call, show_call, always_done},
      {"session", "Show what is said in a session, or say something in it", ask_session, show_session, always_done},
      {"token", "A public access token for a target", ask_token, show_token, always_done},
  };
  return table;
}

std::string names_in(const json& reply, const char* list) {
  std::string out;
  for (const json& one : array_in(reply, list)) out += text_in(one, has(one, "name") ? "name" : "id") + '\n';
  return out;
}

const command& command_named(const std::string& name) {
  const auto& all = commands();
  const auto found = std::find_if(all.begin(), all.end(), [&](const command& c) { return c.name == name; });
  if (found == all.end()) throw std::logic_error("no command " + name);
  return *found;
}

}  // namespace triggerd::ctl
