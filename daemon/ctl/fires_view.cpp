#include "ctl/fires_view.hpp"

#include "base/text.hpp"
#include "ctl/exit_codes.hpp"
#include "ctl/table.hpp"
#include "ctl/words.hpp"

namespace triggerd::ctl {

std::string took(const json& of, const char* from, const screen& on) {
  const auto began = text::parse_iso(text_in(of, from));
  if (!began) return {};
  const auto ended = text::parse_iso(text_in(of, "ended"));
  return span((ended ? *ended : on.now) - *began);
}

namespace {

std::string some(std::int64_t n) { return n == 0 ? std::string() : count(n); }

cell some(std::int64_t n, tint how) { return {some(n), how}; }

// "412" of a fire whose plan is not whole yet, "412/1,000" when it is.
std::string done_of(const json& leg) {
  const auto actions = number_in(leg, "actions");
  if (actions == 0) return {};
  return count(number_in(leg, "done")) + "/" + count(actions) + (flag_in(leg, "planned") ? "" : "+");
}

std::string head(const json& fire, const screen& on) {
  const std::string state = text_in(fire, "state");
  std::string out = paint(text_in(fire, "id"), tint::strong, on) + "  " + text_in(fire, "job") + " (" +
                    text_in(fire, "kind") + ")  " + paint(state, tint_of(state), on) + "\n";
  out += text_in(fire, "cause");
  if (const std::string by = text_in(fire, "by"); !by.empty()) out += " by " + by;
  out += ", due " + clock_time(text_in(fire, "due")) + " UTC";
  if (const std::string lasted = took(fire, "created", on); !lasted.empty())
    out += has(fire, "ended") ? ", took " + lasted : ", for " + lasted;
  out += "\n";
  if (const std::string note = text_in(fire, "note"); !note.empty()) out += note + "\n";
  return out;
}

std::string legs(const json& fire, const screen& on) {
  table out({{"TARGET", false, true},
             {"STATE"},
             {"ATTEMPT", true},
             {"DONE", true},
             {"FAILED", true},
             {"UNKNOWN", true},
             {"ITEMS", true, false, 1},
             {"REJECTED", true},
             {"REQUESTS", true, false, 4},
             {"RETRIES", true, false, 3},
             {"TOOK", true, false, 2},
             {"NOTE", false, true}});
  for (const json& leg : array_in(fire, "legs")) {
    const std::string state = text_in(leg, "state");
    out.add({text_in(leg, "target"),
             {state, tint_of(state)},
             number_in(leg, "attempt") > 1 ? count(number_in(leg, "attempt")) : std::string(),
             done_of(leg),
             some(number_in(leg, "failed"), tint::bad),
             some(number_in(leg, "unknown"), tint::careful),
             some(number_in(leg, "items")),
             some(number_in(leg, "rejected"), tint::bad),
             some(number_in(leg, "requests")),
             some(number_in(leg, "retries")),
             took(leg, "started", on),
             text_in(leg, "note")});
  }
  return out.render(on);
}

std::string actions(const json& list, const screen& on) {
  table out({{"#", true},
             {"TARGET", false, true},
             {"KIND", false, false, 2},
             {"STATE"},
             {"SUBJECT", false, true},
             {"ITEMS", true, false, 4},
             {"TRIES", true, false, 3},
             {"RUN", false, true},
             {"CODE", false, false, 1},
             {"NOTE", false, true}});
  for (const json& a : list) {
    const std::string state = text_in(a, "state");
    out.add({count(number_in(a, "number")),
             text_in(a, "target"),
             text_in(a, "kind"),
             {state, tint_of(state)},
             text_in(a, "subject"),
             some(number_in(a, "items")),
             some(number_in(a, "tries")),
             text_in(a, "run"),
             text_in(a, "code"),
             text_in(a, "note")});
  }
  return out.render(on);
}

std::string hint(const json& fire) {
  const std::string id = text_in(fire, "id");
  for (const json& leg : array_in(fire, "legs"))
    if (number_in(leg, "unknown") > 0)
      return "what is unknown may or may not have had its effect: look, then triggerctl resolve " + id +
             " --as done|failed|retry\n";
  return {};
}

}  // namespace

std::string show_fires(const json& reply, const screen& on) {
  table out({{"FIRE"},
             {"JOB", false, true},
             {"STATE"},
             {"CAUSE", false, false, 2},
             {"DUE", true},
             {"TOOK", true, false, 3},
             {"TARGETS", true, false, 4},
             {"DONE", true},
             {"FAILED", true},
             {"UNKNOWN", true},
             {"NOTE", false, true}});
  for (const json& f : array_in(reply, "fires")) {
    std::int64_t done = 0;
    std::int64_t failed = 0;
    std::int64_t unknown = 0;
    for (const json& leg : array_in(f, "legs")) {
      done += number_in(leg, "done");
      failed += number_in(leg, "failed");
      unknown += number_in(leg, "unknown");
    }
    const std::string state = text_in(f, "state");
    out.add({text_in(f, "id"),
             text_in(f, "job"),
             {state, tint_of(state)},
             text_in(f, "cause"),
             when(text_in(f, "due"), on.now),
             took(f, "created", on),
             count(static_cast<std::int64_t>(array_in(f, "legs").size())),
             some(done),
             some(failed, tint::bad),
             some(unknown, tint::careful),
             text_in(f, "note")});
  }
  if (out.empty()) return "no fires\n";
  const std::string before = text_in(reply, "next_before");
  return out.render(on) + (before.empty() ? "" : "older ones: --before " + before + "\n");
}

std::string show_fire(const json& reply, const screen& on) {
  const json& fire = object_in(reply, "fire");
  std::string out = head(fire, on) + "\n" + legs(fire, on);
  if (const json& list = array_in(reply, "actions"); !list.empty()) out += "\n" + actions(list, on);
  if (has(reply, "next_from")) out += "more actions: --from " + std::to_string(number_in(reply, "next_from")) + "\n";
  return out + hint(fire);
}

std::string show_run(const json& reply, const screen& on) {
  const json& fire = object_in(reply, "progress");
  if (fire.empty()) {
    const std::string id = text_in(reply, "fire");
    return "fire " + id + " has begun; triggerctl fire " + id + " shows it\n";
  }
  return head(fire, on) + "\n" + legs(fire, on) + hint(fire);
}

int verdict_of_fire(const json& fire) {
  const std::string state = text_in(fire, "state");
  if (state == "done" || state == "running" || state == "queued") return exit_code::done;
  return state == "unknown" ? exit_code::unknown : exit_code::failed;
}

int verdict_of_run(const json& reply) {
  const json& fire = object_in(reply, "progress");
  return fire.empty() ? exit_code::done : verdict_of_fire(fire);
}

}  // namespace triggerd::ctl
