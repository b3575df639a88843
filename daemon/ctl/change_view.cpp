#include "ctl/change_view.hpp"

#include "ctl/exit_codes.hpp"
#include "ctl/words.hpp"

namespace triggerd::ctl {

namespace {

std::string listed(const json& names) {
  std::string out;
  for (const json& name : names) out += (out.empty() ? "" : ", ") + safe(name);
  return out;
}

// "job a, b; target c"
std::string what_changed(const json& reply) {
  const std::string jobs = listed(array_in(reply, "jobs"));
  const std::string targets = listed(array_in(reply, "targets"));
  std::string out;
  if (!jobs.empty()) out += "job " + jobs;
  if (!targets.empty()) out += (out.empty() ? "" : "; ") + std::string("target ") + targets;
  return out;
}

std::string running(const json& reply, const screen& on) {
  std::string out = count(number_in(reply, "running"), "fire");
  if (const std::string deadline = text_in(reply, "deadline"); !deadline.empty())
    out += ", deadline " + when(deadline, on.now);
  return out;
}

}  // namespace

std::string show_reload(const json& reply, const screen& on) {
  const std::string verdict = text_in(reply, "verdict");
  std::string out = paint(verdict, tint_of(verdict), on);
  if (const std::string hash = text_in(reply, "hash"); !hash.empty()) out += ", configuration " + hash.substr(0, 12);
  if (verdict == "refused") out += ", nothing has changed";
  out += "\n";
  for (const json& complaint : array_in(reply, "complaints")) {
    const std::string where = text_in(complaint, "where");
    const bool warning = flag_in(complaint, "warning");
    out += (where.empty() ? "" : where + ": ") +
           paint(warning ? "warning" : "error", warning ? tint::careful : tint::bad, on) + ": " +
           text_in(complaint, "text") + "\n";
  }
  for (const json& field : array_in(reply, "fields")) out += "needs a restart: " + safe(field) + "\n";
  for (const json& change : array_in(reply, "changes")) out += safe(change) + "\n";
  return out;
}

int verdict_of_reload(const json& reply) {
  const std::string verdict = text_in(reply, "verdict");
  if (verdict == "applied" || verdict == "unchanged") return exit_code::done;
  return verdict == "refused" ? exit_code::configuration : exit_code::failed;
}

std::string show_pause(const json& reply, const screen& on) {
  const std::string changed = what_changed(reply);
  const std::string until = text_in(reply, "until");
  if (changed.empty()) return "nothing to pause\n";
  return "paused " + changed + (until.empty() ? ", until resumed\n" : ", ends " + when(until, on.now) + "\n");
}

std::string show_resume(const json& reply, const screen&) {
  const std::string changed = what_changed(reply);
  return changed.empty() ? "nothing was paused\n" : "resumed " + changed + "\n";
}

std::string show_cancel(const json& reply, const screen& on) {
  const std::string state = text_in(reply, "state");
  return "fire " + text_in(reply, "fire") + " is " + paint(state, tint_of(state), on) +
         (state == "running" ? "; what is on the wire is waited for\n" : "\n");
}

std::string show_resolve(const json& reply, const screen&) {
  return "fire " + text_in(reply, "fire") + ": " + count(number_in(reply, "resolved"), "action") + " resolved, " +
         count(number_in(reply, "unknown")) + " unknown left\n";
}

int verdict_of_resolve(const json& reply) {
  return number_in(reply, "unknown") > 0 ? exit_code::unknown : exit_code::done;
}

std::string show_drain(const json& reply, const screen& on) {
  return number_in(reply, "running") == 0 ? "drained: no fire runs, none will start\n"
                                          : "draining: " + running(reply, on) + "\n";
}

int verdict_of_drain(const json& reply) {
  return number_in(reply, "running") == 0 ? exit_code::done : exit_code::failed;
}

std::string show_stop(const json& reply, const screen& on) {
  return number_in(reply, "running") == 0 ? "stopping\n" : "stopping after " + running(reply, on) + "\n";
}

std::string show_log_level(const json& reply, const screen&) {
  return "log level " + text_in(reply, "level") + ", was " + text_in(reply, "previous") + "\n";
}

}  // namespace triggerd::ctl
