// Cancel, Pause, Resume, Resolve: what operators change about fires, jobs and targets.
#include "base/limits.hpp"
#include "base/text.hpp"
#include "commands/command.hpp"
#include "commands/refusals.hpp"
#include "instance.hpp"
#include "job/codes.hpp"
#include "target_pauses.hpp"

namespace triggerd::commands {

namespace {

std::string who(const control::call& asked) { return "uid " + std::to_string(asked.who().uid); }

task<> run_cancel(instance& here, control::call& asked) {
  subject of;
  of.fire = text_of(asked.parameters(), "fire");
  std::string id = of.fire;
  std::string by = who(asked);
  const auto state = co_await here.engine->cancel(std::move(id), std::move(by));
  if (!state) {
    error why = state.error();
    co_await refuse(here, asked, std::move(why), std::move(of));
    co_return;
  }
  json out = new_reply();
  out["fire"] = of.fire;
  out["state"] = store::name(*state);
  co_await asked.reply(std::move(out));
}

// A job's name, "job:" and one, or a selector of targets. An answer is given when it is neither, or could be both.
struct meant {
  std::string job;
  std::vector<std::string> targets;
};

// The job, if one is meant.
result<std::string> job_meant(const instance& here, const std::string& what) {
  static constexpr std::string_view sign = "job:";
  const bool signed_ = what.starts_with(sign);
  const std::string name = signed_ ? what.substr(sign.size()) : what;
  if (here.engine->find_job(name) == nullptr)
    return signed_ ? result<std::string>(fail(job::codes::unknown_job, "no job is named " + name)) : std::string();
  if (!signed_ && here.targets->find(name))
    return fail(job::codes::bad_selector, "a job and a target have this name; say job:" + name + " or name=" + name);
  return name;
}

task<std::optional<meant>> what_is_meant(instance& here, control::call& asked) {
  subject of;
  of.selector = text_of(asked.parameters(), "what");
  const auto job = job_meant(here, of.selector);
  if (!job) {
    of.job = of.selector.substr(of.selector.find(':') + 1);
    error why = job.error();
    co_await refuse(here, asked, std::move(why), std::move(of));
    co_return std::nullopt;
  }
  meant out;
  out.job = *job;
  if (!out.job.empty()) co_return out;
  const auto which = spec::selector::parse(of.selector);
  if (!which) {
    error why = which.error();
    co_await refuse(here, asked, std::move(why), std::move(of));
    co_return std::nullopt;
  }
  for (const auto& one : here.targets->select(*which)) out.targets.push_back(one->spec().name);
  if (!out.targets.empty()) co_return out;
  if (of.selector.find_first_of("*?= !,") == std::string::npos) {
    std::string name = of.selector;
    co_await refuse_target(here, asked, std::move(name));
    co_return std::nullopt;
  }
  json why = json::object();
  why["selector"] = of.selector;
  why["reason"] = "it picks no target, and no job is named like that";
  co_await asked.error("BadSelector", std::move(why));
  co_return std::nullopt;
}

json reply_of(const meant& what, std::optional<instant> until) {
  json out = new_reply();
  out["jobs"] = json::array();
  if (!what.job.empty()) out["jobs"].push_back(what.job);
  out["targets"] = what.targets;
  put(out, "until", until);
  return out;
}

task<> run_pause(instance& here, control::call& asked) {
  const auto how_long = number_of(asked.parameters(), "for_ms");
  const bool out_of_range = how_long && (*how_long < 1 || milliseconds(*how_long) > limits::longest_pause);
  if (out_of_range) {
    co_await refuse_parameter(asked, "for_ms");
    co_return;
  }
  const auto what = co_await what_is_meant(here, asked);
  if (!what) co_return;
  const instant now = here.clock.now();
  std::optional<instant> until;
  if (how_long) until = now + milliseconds(*how_long);
  const std::string by = who(asked);
  result<> done;
  if (what->job.empty()) {
    here.targets->pause(what->targets, by, until);
    target_pauses::remember(*here.ledger, what->targets, by, now, until);
    done = co_await here.ledger->commit();
  } else {
    std::string job = what->job;
    std::string whose = by;
    done = co_await here.engine->pause(std::move(job), std::move(whose), until);
  }
  if (!done) {
    error why = done.error();
    subject none;
    co_await refuse(here, asked, std::move(why), std::move(none));
    co_return;
  }
  json out = reply_of(*what, until);
  co_await asked.reply(std::move(out));
}

task<> run_resume(instance& here, control::call& asked) {
  const auto what = co_await what_is_meant(here, asked);
  if (!what) co_return;
  result<> done;
  if (what->job.empty()) {
    here.targets->resume(what->targets);
    for (const std::string& target : what->targets) target_pauses::forget(*here.ledger, target);
    done = co_await here.ledger->commit();
  } else {
    std::string job = what->job;
    done = co_await here.engine->resume(std::move(job));
  }
  if (!done) {
    error why = done.error();
    subject none;
    co_await refuse(here, asked, std::move(why), std::move(none));
    co_return;
  }
  json out = reply_of(*what, std::nullopt);
  co_await asked.reply(std::move(out));
}

std::uint64_t unknown_in(const job::fire_view& fire) {
  std::uint64_t all = 0;
  for (const auto& leg : fire.legs) all += leg.row.unknown;
  return all;
}

task<> run_resolve(instance& here, control::call& asked) {
  const json& p = asked.parameters();
  subject of;
  of.fire = text_of(p, "fire");
  job::resolution what;
  what.fire = of.fire;
  what.as = text_of(p, "as");
  what.target = text_of(p, "target");
  const auto action = number_of(p, "action");
  if (action && (*action < 0 || what.target.empty())) {
    co_await refuse_parameter(asked, "action");
    co_return;
  }
  if (action) what.action = static_cast<std::uint64_t>(*action);
  what.by = who(asked);
  const auto count = co_await here.engine->resolve(std::move(what));
  if (!count) {
    error why = count.error();
    co_await refuse(here, asked, std::move(why), std::move(of));
    co_return;
  }
  std::string id = of.fire;
  const auto now = co_await here.engine->find_fire(std::move(id));
  json out = new_reply();
  out["fire"] = now ? now->row.id : of.fire;
  out["resolved"] = *count;
  out["unknown"] = now ? unknown_in(*now) : 0;
  co_await asked.reply(std::move(out));
}

}  // namespace

const command cancel{"Cancel", control::role::operate, true, run_cancel};
const command pause{"Pause", control::role::operate, true, run_pause};
const command resume{"Resume", control::role::operate, true, run_resume};
const command resolve{"Resolve", control::role::operate, true, run_resolve};

}  // namespace triggerd::commands
