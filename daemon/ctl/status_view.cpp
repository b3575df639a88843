#include "ctl/status_view.hpp"

#include "base/text.hpp"
#include "ctl/words.hpp"

#include <algorithm>
#include <cstdint>

namespace triggerd::ctl {

namespace {

constexpr std::size_t label_width = 9;
constexpr std::size_t lines_around = 9;  // the trouble list: head, counts, titles, prompt
constexpr std::size_t least_room = 3;

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

using lines = std::vector<std::string>;

// Wrapped when `whole`, else one line for what and one for the rest.
void add_trouble(lines& out, const json& one, const screen& on, bool whole) {
  const auto add = [&](const std::string& text, std::size_t indent, tint how) {
    const std::size_t room = on.width > indent + 2 ? on.width - indent : 0;
    for (const std::string& part : whole&& room > 0 ? wrap(text, room) : lines{text})
      out.push_back(std::string(indent, ' ') + paint(room > 0 ? clip(part, room) : part, how, on));
  };
  add(text_in(one, "what"), 2, tint::bad);
  std::string rest;
  if (const std::string since = text_in(one, "since"); !since.empty()) {
    const std::string age = when(since, on.now);  // alone where what happens next would be cut off
    rest = whole ? "since " + clock_time(since) + " (" + age + ")" : "since " + age;
  }
  if (const std::string next = text_in(one, "next"); !next.empty())
    rest += (rest.empty() ? "" : "; ") + std::string("next: ") + next;
  if (!rest.empty()) add(rest, 4, tint::none);
}

std::string clipped(const std::string& text, const screen& on) {
  if (on.width == 0) return text;
  std::string out;
  for (const std::string_view line : text::split(text, '\n')) out += clip(line, on.width) + "\n";
  out.pop_back();
  return out;
}

}  // namespace

std::vector<std::string> trouble_lines(const json& reply, const screen& on, std::size_t most) {
  const json& trouble = array_in(reply, "trouble");
  lines whole, brief;
  for (const json& one : trouble) {
    add_trouble(whole, one, on, true);
    if (whole.size() > most) break;
  }
  if (whole.size() <= most) return whole;
  for (std::size_t i = 0; i < trouble.size(); ++i) {
    lines next;
    add_trouble(next, trouble[i], on, false);
    const bool last = i + 1 == trouble.size();
    if (brief.size() + next.size() + (last ? 0 : 1) > most) {
      brief.push_back("  and " + std::to_string(trouble.size() - i) +
                      " more; see triggerctl targets and triggerctl jobs");
      break;
    }
    brief.insert(brief.end(), next.begin(), next.end());
  }
  return brief;
}

screen by_clock_of(const json& reply, screen on) {
  if (const auto theirs = text::parse_iso(text_in(reply, "now"))) on.now = *theirs;
  return on;
}

std::string status_head(const json& reply, const screen& on) {
  const std::string state = text_in(reply, "state");
  std::string out =
      paint("triggerd " + text_in(reply, "version"), tint::strong, on) + "  " + paint(state, tint_of(state), on);
  if (const auto started = text::parse_iso(text_in(reply, "started"))) out += "  up " + span(on.now - *started);
  return out + "  pid " + std::to_string(number_in(reply, "pid")) + "  memory " +
         bytes(number_in(reply, "memory_bytes"));
}

std::string target_counts(const json& reply, const screen& on) {
  return counts(object_in(reply, "targets"), {"ok", "parked", "unproved", "paused", "disabled"}, on);
}

std::string fire_counts(const json& reply, const screen& on) {
  return counts(object_in(reply, "fires"), {"running", "queued", "unknown"}, on);
}

std::string show_status(const json& reply, const screen& on_given) {
  const screen on = by_clock_of(reply, on_given);
  std::string out = status_head(reply, on) + "\n";
  out += line("targets", target_counts(reply, on), on);
  out += line("fires", fire_counts(reply, on), on);
  const json& next = object_in(reply, "next");
  out += line("next",
              next.empty() ? "nothing is scheduled"
                           : text_in(next, "job") + " " + when(text_in(next, "at"), on.now) + " (" +
                                 clock_time(text_in(next, "at")) + " UTC)",
              on);
  if (has(reply, "reload")) out += line("reload", reload_line(object_in(reply, "reload"), on), on);
  out += line("ledger", ledger_line(object_in(reply, "ledger"), on), on);
  if (array_in(reply, "trouble").empty())
    return clipped(out + "\n" + paint("nothing is wrong", tint::good, on) + "\n", on);
  out += "\n" + paint("wrong now", tint::strong, on) + "\n";
  const std::size_t room = on.height > lines_around + least_room ? on.height - lines_around : least_room;
  for (const std::string& one : trouble_lines(reply, on, on.height == 0 ? SIZE_MAX : room)) out += one + "\n";
  return clipped(out, on);
}

}  // namespace triggerd::ctl
