#include "ctl/status_view.hpp"

#include "base/text.hpp"
#include "ctl/words.hpp"

#include <algorithm>

namespace triggerd::ctl {

namespace {

constexpr std::size_t label_width = 9;
constexpr std::size_t lines_above = 8;  // of the trouble list, prompt included
constexpr std::size_t lines_per_trouble = 2;

std::string line(const std::string& label, const std::string& words, const screen& on) {
  return paint(pad(label, label_width), tint::faint, on) + words + "\n";
}

// "12 ok, 1 parked"; what is zero is left out.
std::string counts(const json& of, std::initializer_list<const char*> names, const screen& on) {
  std::string out;
  for (const char* name : names) {
    const auto n = number_in(of, name);
    if (n == 0) continue;
    out += (out.empty() ? "" : ", ") + paint(count(n) + " " + name, tint_of(name), on);
  }
  return out.empty() ? "none" : out;
}

std::string reload_line(const json& reload, const screen& on) {
  const std::string verdict = text_in(reload, "verdict");
  std::string out = paint(verdict, tint_of(verdict), on) + " " + when(text_in(reload, "at"), on.now);
  if (const std::string hash = text_in(reload, "hash"); !hash.empty()) out += ", configuration " + hash.substr(0, 12);
  if (const std::string note = text_in(reload, "note"); !note.empty()) out += "; " + note;
  return out;
}

std::string ledger_line(const json& ledger, const screen& on) {
  if (!flag_in(ledger, "writable")) {
    const std::string why = text_in(ledger, "trouble");
    return paint("cannot be written" + (why.empty() ? "" : ": " + why), tint::bad, on);
  }
  const double last_ms = static_cast<double>(number_in(ledger, "last_commit_us")) / 1'000;
  return paint("ok", tint::good, on) + ", " + count(number_in(ledger, "commits"), "commit") + ", last took " +
         decimal(last_ms, 1) + " ms, " + count(number_in(ledger, "queued")) + " queued";
}

std::string trouble_list(const json& trouble, const screen& on) {
  if (trouble.empty()) return "\n" + paint("nothing is wrong", tint::good, on) + "\n";
  const std::size_t room = on.height > lines_above + 3 ? (on.height - lines_above - 3) / lines_per_trouble : 1;
  const std::size_t shown = on.height == 0 ? trouble.size() : std::min(trouble.size(), room);
  std::string out = "\n" + paint("wrong now", tint::strong, on) + "\n";
  for (std::size_t i = 0; i < shown; ++i) {
    const std::string what = text_in(trouble[i], "what");
    out += "  " + paint(on.width > 4 ? clip(what, on.width - 2) : what, tint::bad, on) + "\n";
    std::string rest;
    if (const std::string since = text_in(trouble[i], "since"); !since.empty())
      rest += "since " + clock_time(since) + " (" + when(since, on.now) + ")";
    if (const std::string next = text_in(trouble[i], "next"); !next.empty())
      rest += (rest.empty() ? "" : "; ") + std::string("next: ") + next;
    if (!rest.empty()) out += "    " + (on.width > 6 ? clip(rest, on.width - 4) : rest) + "\n";
  }
  if (shown < trouble.size())
    out += "  and " + std::to_string(trouble.size() - shown) + " more; see triggerctl targets and triggerctl jobs\n";
  return out;
}

}  // namespace

std::string show_status(const json& reply, const screen& on_given) {
  screen on = on_given;
  if (const auto theirs = text::parse_iso(text_in(reply, "now"))) on.now = *theirs;  // ages by the daemon's own clock
  const std::string state = text_in(reply, "state");
  std::string head =
      paint("triggerd " + text_in(reply, "version"), tint::strong, on) + "  " + paint(state, tint_of(state), on);
  if (const auto started = text::parse_iso(text_in(reply, "started"))) head += "  up " + span(on.now - *started);
  head += "  pid " + std::to_string(number_in(reply, "pid")) + "  memory " + bytes(number_in(reply, "memory_bytes"));
  std::string out = head + "\n";
  out +=
      line("targets", counts(object_in(reply, "targets"), {"ok", "parked", "unproved", "paused", "disabled"}, on), on);
  out += line("fires", counts(object_in(reply, "fires"), {"running", "queued", "unknown"}, on), on);
  const json& next = object_in(reply, "next");
  out += line("next",
              next.empty() ? "nothing is scheduled"
                           : text_in(next, "job") + " " + when(text_in(next, "at"), on.now) + " (" +
                                 clock_time(text_in(next, "at")) + " UTC)",
              on);
  if (has(reply, "reload")) out += line("reload", reload_line(object_in(reply, "reload"), on), on);
  out += line("ledger", ledger_line(object_in(reply, "ledger"), on), on);
  return out + trouble_list(array_in(reply, "trouble"), on);
}

}  // namespace triggerd::ctl
