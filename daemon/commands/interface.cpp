#include "commands/interface.hpp"

#include "commands/interface_types.hpp"

namespace triggerd::commands {

namespace {

using control::error_type;
using control::field;
using control::method;

const field version{"schema_version", "int"};

std::vector<method> read_methods() {
  return {
      {"Status",
       "The daemon at a glance. Role: read.",
       {},
       {version,
        {"version", "string"},
        {"pid", "int"},
        {"started", "string"},
        {"now", "string"},
        {"state", "string",
         "starting, running, draining, stopping, clock-held (the clock went back) or disk (the ledger cannot be "
         "written)."},
        {"trouble", "[]Trouble", "The worst first."},
        {"targets", "TargetCounts"},
        {"fires", "FireCounts"},
        {"next", "?NextFire"},
        {"reload", "?ReloadVerdict"},
        {"ledger", "LedgerHealth"},
        {"memory_bytes", "int"}}},
      {"Targets",
       "Every target, or those a selector picks. Role: read.",
       {{"on", "?string", "A selector."}},
       {version, {"targets", "[]TargetStatus", "By name."}}},
      {"Jobs", "Every job, by name. Role: read.", {}, {version, {"jobs", "[]JobStatus"}}},
      {"Fires",
       "Fires from the ledger, newest first. Role: read.",
       {{"job", "?string"},
        {"target", "?string"},
        {"state", "?string"},
        {"before", "?string", "A fire's id: only older ones."},
        {"limit", "?int", "1 to 500; 50 unless said."}},
       {version, {"fires", "[]FireSummary"}, {"next_before", "?string", "For the next page; absent on the last."}}},
      {"Fire",
       "One fire with its actions. Role: read.",
       {{"id", "string", "Or a beginning of at least four characters that only one recent fire has."},
        {"target", "?string", "Its actions only."},
        {"from", "?int", "Skips so many actions."},
        {"limit", "?int", "1 to 1000 actions; 100 unless said."}},
       {version,
        {"fire", "FireSummary"},
        {"actions", "[]ActionSummary"},
        {"next_from", "?int", "For the next page; absent on the last."}}},
      {"Next",
       "What the schedules will fire. Role: read.",
       {{"job", "?string"}, {"limit", "?int", "1 to 500; 20 unless said."}},
       {version, {"fires", "[]NextFire", "The nearest first."}}},
      {"Plan",
       "What a run would do, computed without doing it. Role: read.",
       {{"job", "string"}, {"on", "?string", "A selector within the job's targets."}, {"vars", "?[string]string"}},
       {version, {"job", "string"}, {"changes", "int", "Of all targets."}, {"legs", "[]PlanLeg"}}},
      {"Events",
       "First a reply with the snapshot and the recent events, then one reply for each change. Role: read.",
       {},
       {version,
        {"snapshot", "?[]FireSummary", "Unfinished fires; in the first reply only."},
        {"events", "[]Event"},
        {"missed", "?int", "Replies this reader was too slow for and lost just before this one."}},
       true},
      {"Explain",
       "What made a fire, run, batch or bulk action. A run that the ledger does not know is looked up at the server of "
       "a target, within its budget. Role: read.",
       {{"what", "string", "A fire's id, or that of a run, batch or bulk action."},
        {"target", "?string",
         "Where to look for a run; the targets that take work, one of each identity, unless said."}},
       {version,
        {"known", "bool", "Whether it is ours."},
        {"fire", "?FireSummary"},
        {"action", "?ActionSummary", "What it came of."},
        {"origin", "?string", "file:line:column of the job, in the files in force."},
        {"source", "?string", "Where its payload, items or values came from: a file or a program, as the job says it."},
        {"notes", "[]string", "How it was found, or where it was looked for."}}},
      {"Metrics", "Prometheus text. Role: read.", {}, {version, {"text", "string"}}},
  };
}

std::vector<method> session_methods() {
  return {
      {"SessionTail",
       "The records of a channel of a session on a target. With 'more' in several replies, and with follow every new "
       "one until the caller hangs up; without 'more' as many as fit one reply. Role: operate.",
       {{"target", "string"},
        {"session", "string", "Its id, or its external id."},
        {"side", "?(in, out)", "out unless said."},
        {"from", "?int", "Only records from this number on."},
        {"follow", "?bool"}},
       {version, {"records", "[]SessionRecord"}, {"next_from", "?int", "There are more."}, {"missed", "?int"}},
       true},
      {"SessionAppend",
       "Appends one record. Repeating it is harmless for the server's five minutes, so it is repeated as the target's "
       "retry policy says. Role: operate.",
       {{"target", "string"},
        {"session", "string", "Its id, or its external id."},
        {"side", "?(in, out)", "in unless said; out takes a root key."},
        {"record", "string", "As it is sent: JSON, or a text."}},
       {version, {"seq", "?int"}}},
  };
}

std::vector<method> operate_methods() {
  return {
      {"Run",
       "Fires a job now. With 'more' a reply follows each time something moved, at most a few per second, and "
       "every few seconds when nothing does; the last one, without 'continues', comes when the fire has ended. Role: "
       "operate.",
       {{"job", "string"},
        {"on", "?string", "A selector within the job's targets."},
        {"vars", "?[string]string", "As text; the job says each one's type."},
        {"adopt", "?[]string", "Variable names an env-sync may take over although their value differs."}},
       {version, {"fire", "string", "Its id."}, {"progress", "?FireSummary", "Only with 'more'."}, {"missed", "?int"}},
       true},
      {"Cancel",
       "Ends a fire: nothing new is sent, what is on the wire is waited for. Role: operate.",
       {{"fire", "string"}},
       {version, {"fire", "string"}, {"state", "string", "Of the fire now."}}},
      {"Pause",
       "Holds back new fires of a job, or every write to the targets of a selector. Role: operate.",
       {{"what", "string", "A job's name, or a selector. job:NAME and name=NAME, where both are called so."},
        {"for_ms", "?int", "Absent: until resumed."}},
       {version, {"jobs", "[]string"}, {"targets", "[]string"}, {"until", "?string"}}},
      {"Resume",
       "Role: operate.",
       {{"what", "string", "A job's name, or a selector. job:NAME and name=NAME, where both are called so."}},
       {version, {"jobs", "[]string"}, {"targets", "[]string"}}},
      {"Resolve",
       "Settles what stayed unknown, by the word of an operator who looked. Role: operate.",
       {{"fire", "string"},
        {"as", "(done, failed, retry)", "'retry' sends it again and may double the effect."},
        {"target", "?string"},
        {"action", "?int", "Needs target; absent: every unknown action."}},
       {version, {"fire", "string"}, {"resolved", "int"}, {"unknown", "int", "Still unknown in this fire."}}},
  };
}

std::vector<method> admin_methods() {
  return {
      {"Reload",
       "Reads the files again and answers when they are in force, or why not. Role: admin.",
       {},
       {version,
        {"verdict", "string", "applied, unchanged, refused or restart-required."},
        {"complaints", "[]Complaint"},
        {"fields", "[]string", "What needs a restart."},
        {"changes", "[]string", "A line for each thing that changed: '+ job x', '- target y', '~ target z: limit'."},
        {"hash", "?string", "Of the configuration in force."}}},
      {"Drain",
       "No new fires; those that run may finish until the deadline. The daemon stays. With 'more' until none is left. "
       "Role: admin.",
       {},
       {version, {"state", "string"}, {"running", "int"}, {"deadline", "?string"}, {"missed", "?int"}},
       true},
      {"Stop",
       "Drain, then end. Role: admin.",
       {},
       {version, {"state", "string"}, {"running", "int"}, {"deadline", "?string"}}},
      {"LogLevel",
       "Until the next reload. Role: admin.",
       {{"level", "(debug, info, notice, warning, error)"}},
       {version, {"previous", "string"}, {"level", "string"}}},
      {"Call",
       "Any endpoint of the API with a target's credential and within its budget. A read is repeated as the target's "
       "retry policy says, all else is sent once. Role: admin.",
       {{"target", "string"},
        {"endpoint", "string", "Its id: runs.list."},
        {"parameters", "?[string]string",
         "Parts of the path by name, and the query. projectRef, slug and env are the target's own unless said."},
        {"body", "?string", "As it is sent."}},
       {version,
        {"status", "int"},
        {"content_type", "?string"},
        {"reply", "object",
         "Its member json is the reply, whatever its type; text, when it is no JSON; neither, when it is empty. Keys, "
         "tokens and the values of variables are hidden."}}},
      {"Token",
       "A public access token for a target: signed here with a root key, else made by the server. Role: admin.",
       {{"target", "string"},
        {"scopes", "[]string", "At least one: read:runs:run_1, trigger:tasks:hello, admin."},
        {"expires", "?string", "A span (15m, 24h, 7d, 1 week) or an instant; 15 minutes unless said."},
        {"one_time", "?bool", "Good for one trigger."}},
       {version, {"token", "string", "Nobody else sees it: neither log nor audit."}, {"expires", "?string"}}},
  };
}

std::vector<error_type> own_errors() {
  return {
      {"UnknownJob", "", {{"job", "string"}, {"nearest", "?string"}}},
      {"UnknownTarget", "", {{"target", "string"}, {"nearest", "?string"}}},
      {"UnknownFire", "No fire has this id, or several begin with it.", {{"fire", "string"}, {"reason", "string"}}},
      {"BadSelector", "", {{"selector", "string"}, {"reason", "string"}}},
      {"UnknownEndpoint", "The API has none of this id.", {{"endpoint", "string"}, {"nearest", "?string"}}},
      {"BadArgument", "The server would refuse it or take it for something else.", {{"reason", "string"}}},
      {"BadVariable", "A variable of a hand-made run.", {{"name", "string"}, {"reason", "string"}}},
      {"Overlap",
       "The job's overlap policy skips this run.",
       {{"job", "string"}, {"fire", "string", "The one that runs."}}},
      {"NotNow",
       "The daemon or the job does not take this now: draining, stopping, paused, disabled, disk, clock-held.",
       {{"state", "string"}, {"reason", "string"}}},
      {"Failed",
       "Anything else.",
       {{"code", "string", "Stands in the error catalogue."},
        {"message", "string"},
        {"peer", "?string", "What the server said."},
        {"status", "?int", "Of the server's reply, of a call to it."},
        {"unknown", "?bool", "It may have had its effect nevertheless; it was not repeated."}}},
  };
}

template <class T>
void append(std::vector<T>& to, std::vector<T> more) {
  for (T& one : more) to.push_back(std::move(one));
}

control::interface make() {
  control::interface out {
    "io.triggerd.Control",
        "triggerd's local door. Instants are ISO 8601 in UTC with milliseconds; names that end in "
        "_ms or _us are durations. An absent optional field and null mean the same. Readers ignore "
        "fields they do not know.",
        interface_types(), read_methods(), own_errors()
  };
  append(out.methods, operate_methods());
  append(out.methods, session_methods());
  append(out.methods, admin_methods());
  append(out.errors, control::common_errors());
  return out;
}

}  // namespace

const control::interface& control_interface() {
  static const control::interface table = make();
  return table;
}

}  // namespace triggerd::commands
