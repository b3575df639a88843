#include "commands/interface.hpp"

namespace triggerd::commands {

namespace {

using control::error_type;
using control::field;
using control::method;
using control::named_type;

const field version{"schema_version", "int"};

std::vector<named_type> status_types() {
  return {
      {"Trouble",
       "Something that is wrong now.",
       {{"what", "string", "In words."},
        {"since", "?string"},
        {"next", "?string", "What happens next, in words: a retry and its time, or what an operator must do."}}},
      {"TargetCounts",
       "Targets by state; every target counts once.",
       {{"ok", "int"}, {"parked", "int"}, {"unproved", "int"}, {"paused", "int"}, {"disabled", "int"}}},
      {"FireCounts",
       "Unfinished fires, and finished ones that left something unknown which nobody has resolved.",
       {{"running", "int"}, {"queued", "int"}, {"unknown", "int"}}},
      {"NextFire", "An instant a schedule will fire at.", {{"job", "string"}, {"at", "string"}}},
      {"ReloadVerdict",
       "The last reload, or the load at start.",
       {{"verdict", "string", "applied, unchanged, refused or restart-required."},
        {"at", "string"},
        {"hash", "string", "Of the configuration in force."},
        {"note", "?string"}}},
      {"LedgerHealth",
       "",
       {{"writable", "bool"},
        {"commits", "int"},
        {"queued", "int", "Writes that are not yet durable."},
        {"last_commit_us", "int"},
        {"trouble", "?string"}}},
      {"PauseState",
       "",
       {{"by", "string", "Who: 'uid 1000', 'signal', 'config'."},
        {"since", "string"},
        {"until", "?string", "Absent: until resumed."}}},
      {"Budget",
       "One rate limiter of the server, as its last reply told it.",
       {{"limit", "int"}, {"remaining", "int"}, {"reset", "?string"}}},
      {"TargetStatus",
       "",
       {{"name", "string"},
        {"project", "string"},
        {"environment", "string"},
        {"branch", "?string"},
        {"state", "string", "ok, parked, unproved, paused or disabled."},
        {"since", "string"},
        {"trouble", "?string", "Why it is not ok, in words."},
        {"next", "?string", "What happens next, in words."},
        {"enabled", "bool"},
        {"paused", "?PauseState"},
        {"in_flight", "int", "Requests on the wire now."},
        {"budget", "?Budget", "Absent before the first reply."},
        {"identity", "?string", "The proved environment id, with @branch."},
        {"requests", "int", "Since start."},
        {"retries", "int", "Since start."},
        {"failures", "int", "Requests since start that ended in an error, retries included."},
        {"p50_ms", "?float", "Reply time of recent requests."},
        {"p99_ms", "?float"},
        {"labels", "?[string]string"}}},
  };
}

std::vector<named_type> job_types() {
  return {
      {"LastFire", "", {{"fire", "string"}, {"state", "string"}, {"ended", "?string"}}},
      {"JobStatus",
       "",
       {{"name", "string"},
        {"kind", "string", "trigger, batch, replay or env-sync."},
        {"description", "?string"},
        {"enabled", "bool"},
        {"paused", "?PauseState"},
        {"targets", "[]string"},
        {"schedule", "?string", "In words; absent: by hand only."},
        {"next", "?string"},
        {"last", "?LastFire"},
        {"running", "int", "Unfinished fires."}}},
      {"LegSummary",
       "The part of a fire on one target.",
       {{"target", "string"},
        {"state", "string", "pending, running, done, failed, unknown, cancelled or skipped."},
        {"attempt", "int"},
        {"planned", "bool", "Every action stands in the ledger: the counts are totals."},
        {"actions", "int"},
        {"done", "int"},
        {"failed", "int"},
        {"unknown", "int"},
        {"items", "int", "Of batches: items in those actions. Of replays: runs."},
        {"rejected", "int", "Items that were never sent, with the reason in the rejects file."},
        {"requests", "int"},
        {"retries", "int"},
        {"note", "?string"},
        {"started", "?string"},
        {"ended", "?string"},
        {"p50_ms", "?float"},
        {"p99_ms", "?float"}}},
      {"FireSummary",
       "One firing of a job.",
       {{"id", "string", "Sorts by time."},
        {"job", "string"},
        {"kind", "string"},
        {"cause", "string", "schedule, catch-up, start, manual or retry."},
        {"by", "?string", "Who, of a hand-made run."},
        {"due", "string"},
        {"created", "string"},
        {"ended", "?string"},
        {"state", "string", "running, queued, done, failed, unknown, cancelled or skipped."},
        {"note", "?string"},
        {"legs", "[]LegSummary"}}},
      {"ActionSummary",
       "One remote effect.",
       {{"target", "string"},
        {"number", "int"},
        {"attempt", "int"},
        {"kind", "string", "trigger, chunk, replay, bulk-replay, import or delete."},
        {"subject", "string", "Task, names or ids; never a value."},
        {"state", "string", "intended, waiting, done, failed, unknown or cancelled."},
        {"tries", "int"},
        {"items", "int"},
        {"run", "?string", "The run, batch or bulk action that came of it."},
        {"code", "?string"},
        {"note", "?string"},
        {"intended", "string"},
        {"settled", "?string"}}},
      {"PlanLine",
       "",
       {{"op", "string", "add, change, remove, keep, conflict, trigger, chunk or replay."},
        {"what", "string"},
        {"detail", "?string"}}},
      {"PlanLeg",
       "What a fire would do on one target.",
       {{"target", "string"},
        {"changes", "int"},
        {"requests", "int", "That it would cost."},
        {"trouble", "?string", "Why it cannot be planned; changes is 0 then."},
        {"notes", "[]string"},
        {"lines", "[]PlanLine", "At most 1000; a note says how many were left out."}}},
      {"Complaint",
       "",
       {{"where", "string", "file:line:column; may be empty."},
        {"text", "string"},
        {"warning", "bool", "Said, but not a reason to refuse."}}},
      {"Event",
       "",
       {{"seq", "int", "Counts up by one since start; a gap is a loss."},
        {"at", "string"},
        {"kind", "string",
         "fire-started, fire-ended, leg-started, leg-ended, action-settled, target-state, job-paused, job-resumed, "
         "target-paused, target-resumed, reload, state, ledger or notice."},
        {"job", "?string"},
        {"fire", "?string"},
        {"target", "?string"},
        {"state", "?string", "The new state of what the event is about."},
        {"level", "string", "info, warning or error."},
        {"text", "string"}}},
  };
}

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
      {"Metrics", "Prometheus text. Role: read.", {}, {version, {"text", "string"}}},
  };
}

std::vector<method> operate_methods() {
  return {
      {"Run",
       "Fires a job now. With 'more' a reply follows each time something moved, at most a few per second; the last "
       "one, without 'continues', comes when the fire has ended. Role: operate.",
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
       {{"what", "string", "A job's name, or a selector."}, {"for_ms", "?int", "Absent: until resumed."}},
       {version, {"jobs", "[]string"}, {"targets", "[]string"}, {"until", "?string"}}},
      {"Resume",
       "Role: operate.",
       {{"what", "string", "A job's name, or a selector."}},
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
  };
}

std::vector<error_type> own_errors() {
  return {
      {"UnknownJob", "", {{"job", "string"}, {"nearest", "?string"}}},
      {"UnknownTarget", "", {{"target", "string"}, {"nearest", "?string"}}},
      {"UnknownFire", "No fire has this id, or several begin with it.", {{"fire", "string"}, {"reason", "string"}}},
      {"BadSelector", "", {{"selector", "string"}, {"reason", "string"}}},
      {"BadVariable", "A variable of a hand-made run.", {{"name", "string"}, {"reason", "string"}}},
      {"Overlap",
       "The job's overlap policy skips this run.",
       {{"job", "string"}, {"fire", "string", "The one that runs."}}},
      {"NotNow",
       "The daemon or the job does not take this now: draining, stopping, paused, disabled, disk, clock-held.",
       {{"state", "string"}, {"reason", "string"}}},
      {"Failed",
       "Anything else.",
       {{"code", "string", "Stands in the error catalogue."}, {"message", "string"}, {"peer", "?string"}}},
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
        status_types(), read_methods(), own_errors()
  };
  append(out.types, job_types());
  append(out.methods, operate_methods());
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
