#include "commands/refusals.hpp"

#include "api/codes.hpp"
#include "base/text.hpp"
#include "instance.hpp"
#include "job/codes.hpp"
#include "spec/codes.hpp"

namespace triggerd::commands {

namespace {

void put_nearest(json& into, const std::string& word, const std::vector<std::string>& known) {
  const std::vector<std::string_view> names(known.begin(), known.end());
  if (const auto near = text::nearest(word, names)) into["nearest"] = *near;
}

// The state that stands in the way, in the interface's words.
std::string state_of(const instance& here, const std::string& job) {
  const job::engine_state state = here.engine->state();
  if (state != job::engine_state::running && state != job::engine_state::clock_held)
    return std::string(job::name(state));
  for (const auto& view : here.engine->jobs()) {
    if (view.spec->name != job) continue;
    if (!view.spec->enabled) return "disabled";
    if (view.paused) return "paused";
  }
  return std::string(job::name(state));
}

std::string in_the_way(const instance& here, const std::string& job) {
  for (const auto& fire : here.engine->at_work())
    if (fire.row.job == job) return fire.row.id;
  return {};
}

// The engine names a variable first: "region is required; ...".
json bad_variable(const std::string& message, const subject& of) {
  json out = json::object();
  out["name"] = message.substr(0, message.find(' '));
  out["reason"] = message;
  if (!message.starts_with("the job declares no variable ")) return out;
  out["name"] = message.substr(std::string("the job declares no variable ").size());
  for (const auto& [name, value] : of.vars)
    if (message.ends_with(' ' + name)) out["name"] = name;
  return out;
}

std::string without(std::string text, const std::string& beginning) {
  return text.starts_with(beginning) ? text.substr(beginning.size()) : text;
}

}  // namespace

refusal refusal_of(const instance& here, const error& why, const subject& of) {
  refusal out;
  out.parameters = json::object();
  json& p = out.parameters;
  if (why.code == job::codes::unknown_job) {
    out.name = "UnknownJob";
    p["job"] = of.job;
    put_nearest(p, of.job, here.engine->job_names());
  } else if (why.code == job::codes::unknown_fire) {
    out.name = "UnknownFire";
    p["fire"] = of.fire;
    p["reason"] = without(why.message, "fire " + text::printable(of.fire, 64) + ": ");
  } else if (why.code == job::codes::bad_selector || why.code == spec::codes::selector) {
    out.name = "BadSelector";
    p["selector"] = of.selector;
    p["reason"] = why.message;
  } else if (why.code == job::codes::bad_variable) {
    out.name = "BadVariable";
    p = bad_variable(why.message, of);
  } else if (why.code == job::codes::overlap) {
    out.name = "Overlap";
    p["job"] = of.job;
    p["fire"] = in_the_way(here, of.job);
  } else if (why.code == job::codes::not_now) {
    out.name = "NotNow";
    p["state"] = state_of(here, of.job);
    p["reason"] = why.message;
  } else if (why.code == api::codes::bad_argument) {
    out.name = "BadArgument";
    p["reason"] = here.log->clean(why.message);
  } else {
    out.name = "Failed";
    p["code"] = std::string(why.code.name);
    p["message"] = here.log->clean(why.message);
    put(p, "peer", here.log->clean(why.peer));
  }
  return out;
}

task<> refuse(instance& here, control::call& asked, error why, subject of) {
  refusal out = refusal_of(here, why, of);
  return asked.error(std::move(out.name), std::move(out.parameters));
}

task<> refuse_target(instance& here, control::call& asked, std::string target) {
  std::vector<std::string> known;
  for (const auto& one : here.targets->all()) known.push_back(one->spec().name);
  json why = json::object();
  why["target"] = target;
  put_nearest(why, target, known);
  return asked.error("UnknownTarget", std::move(why));
}

task<> refuse_endpoint(control::call& asked, std::string endpoint) {
  std::vector<std::string> known;
  for (const auto& one : spec::endpoints()) known.emplace_back(one.id);
  json why = json::object();
  why["endpoint"] = endpoint;
  put_nearest(why, endpoint, known);
  return asked.error("UnknownEndpoint", std::move(why));
}

task<> refuse_argument(control::call& asked, std::string reason) {
  json why = json::object();
  why["reason"] = std::move(reason);
  return asked.error("BadArgument", std::move(why));
}

task<> refuse_parameter(control::call& asked, std::string name) {
  json why = json::object();
  why["parameter"] = std::move(name);
  return asked.error("org.varlink.service.InvalidParameter", std::move(why));
}

}  // namespace triggerd::commands
