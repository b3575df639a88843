#include "ctl/top_view.hpp"

#include "base/text.hpp"
#include "ctl/fires_view.hpp"
#include "ctl/status_view.hpp"
#include "ctl/top_chart.hpp"
#include "ctl/top_panes.hpp"
#include "ctl/words.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace triggerd::ctl {

namespace {

using text_lines = std::vector<std::string>;
using heights = std::array<std::size_t, top_panes.size()>;

constexpr std::size_t least_pane = 3;  // title, titles of columns, a row; else its title alone

constexpr const char* short_help = "? help  q quit  Tab list  / filter  p pause  r resume  c cancel  Enter fire";

const text_lines& long_help() {  // for the narrowest screens too
  static const text_lines out{"Tab 1 2 3    targets, jobs, fires",        "up down j k  choose a row",
                              "PgUp PgDn    go far; so do Home and End",  "/            only rows with a text",
                              "Enter, Esc   keep that text, clear it",    "p r          pause, resume what is chosen",
                              "c            cancel a fire, if you say y", "Enter        a fire's targets; Esc: back",
                              "q Ctrl-C     quit; what runs goes on"};
  return out;
}

void append(text_lines& to, text_lines more) { std::move(more.begin(), more.end(), std::back_inserter(to)); }

text_lines split_lines(const std::string& text) {
  text_lines out;
  for (const std::string_view line : text::split(text, '\n')) out.emplace_back(line);
  if (!out.empty() && out.back().empty()) out.pop_back();
  return out;
}

// --- above the lists ---

text_lines head_of(const top_model& of, const screen& on, steady_time now) {
  const std::string absent = of.absence(now);
  if (!absent.empty() || of.status().empty())  // what it said of itself holds no longer
    return {paint("triggerd", tint::strong, on), paint(absent, tint::bad, on)};
  text_lines out{status_head(of.status(), on)};
  const std::size_t most = std::max<std::size_t>(on.height / 6, 1);
  if (array_in(of.status(), "trouble").empty()) out.push_back(paint("nothing is wrong", tint::good, on));
  else append(out, trouble_lines(of.status(), on, most));
  return out;
}

// --- the lists ---

std::string summary(const top_model& of, top_pane which, const screen& on) {
  const top_list& rows = of.list(which);
  if (!of.filter().empty())
    return count(static_cast<std::int64_t>(rows.shown().size())) + " of " +
           count(static_cast<std::int64_t>(rows.known()));
  if (which == top_pane::targets) return target_counts(of.status(), on);
  if (which == top_pane::fires) return fire_counts(of.status(), on);
  return count(static_cast<std::int64_t>(rows.known()));
}

std::string title_of(const top_model& of, top_pane which, const screen& on) {
  constexpr std::array names{"1 targets", "2 jobs", "3 fires"};
  const std::string name = names[static_cast<std::size_t>(which)];
  const bool focused = of.focus() == which;
  std::string out = paint(focused ? "[" + name + "]" : " " + name + " ", focused ? tint::strong : tint::none, on) +
                    " " + summary(of, which, on) + " ";
  const std::size_t used = columns(out);
  std::string rule;
  for (std::size_t i = used; i < on.width; ++i) rule += "─";
  return out + paint(rule, tint::faint, on);
}

std::size_t wanted(const top_model& of, top_pane which) {
  return 2 + std::max<std::size_t>(of.list(which).shown().size(), 1);
}

// A quarter for each list without the focus, as much as it wants for the one with it, then who wants more. What cannot
// show a row shows its title alone.
heights share_out(const top_model& of, std::size_t room) {
  heights out{};
  out.fill(1);
  std::size_t left = room > out.size() ? room - out.size() : 0;
  const auto grow = [&](top_pane one, std::size_t to) {
    std::size_t& has = out[static_cast<std::size_t>(one)];
    const std::size_t most = std::min({to, wanted(of, one), has + left});
    if (most < least_pane || most <= has) return;
    left -= most - has;
    has = most;
  };
  for (const top_pane one : top_panes)
    if (one != of.focus()) grow(one, room / 4);
  grow(of.focus(), room);
  for (const top_pane one : top_panes) grow(one, room);
  return out;
}

// A table's lines in so many rows: its titles, and as many rows that the chosen one is among them.
text_lines window_of(const top_model& of, top_pane which, const screen& on, std::size_t rows) {
  if (rows == 0) return {};
  screen inner = on;
  inner.width = on.width > 2 ? on.width - 2 : 1;
  const text_lines all = top_table(of, which, inner);
  if (all.empty()) return {paint("  none", tint::faint, on)};
  const std::size_t room = std::max<std::size_t>(rows - 1, 1);
  const std::size_t chosen = of.list(which).chosen();
  const std::size_t first = chosen >= room ? chosen - room + 1 : 0;
  text_lines out{"  " + all.front()};
  inner.colour = false;
  const text_lines plain = on.colour && of.focus() == which ? top_table(of, which, inner) : text_lines();
  for (std::size_t i = first; i < first + room && i + 1 < all.size(); ++i) {
    if (of.focus() != which || i != chosen) out.push_back("  " + all[i + 1]);
    else if (on.colour) out.push_back(paint(pad("> " + plain[i + 1], on.width), tint::chosen, on));
    else out.push_back("> " + all[i + 1]);
  }
  return out;
}

text_lines lists_of(const top_model& of, const screen& on, std::size_t room) {
  const heights high = share_out(of, room);
  text_lines out;
  for (const top_pane one : top_panes) {
    const std::size_t rows = high[static_cast<std::size_t>(one)];
    out.push_back(title_of(of, one, on));
    append(out, window_of(of, one, on, rows - 1));
  }
  return out;
}

// --- instead of the lists ---

text_lines fire_of(const top_model& of, const screen& on, std::size_t room) {
  if (of.fire().empty()) return {of.open_fire() + " ..."};
  text_lines all = split_lines(show_fire(of.fire(), on));
  const std::size_t first = std::min(of.scrolled(), all.size() > room ? all.size() - room : 0);
  all.erase(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(first));
  return all;
}

// --- below ---

std::string last_line(const top_model& of, const screen& on) {
  switch (of.now_in()) {
    case top_model::mode::sure: return paint("cancel fire " + of.doomed() + "? y or n", tint::careful, on);
    case top_model::mode::filter: return "/" + text::printable(of.filter()) + "_";
    default: break;
  }
  if (!of.message().empty()) return paint(of.message(), tint::careful, on);
  if (!of.open_fire().empty()) return paint("arrows scroll  c cancel  Esc back  q back", tint::faint, on);
  if (!of.filter().empty())
    return paint("filter: " + text::printable(of.filter()) + "  Esc clears it", tint::faint, on);
  return paint(short_help, tint::faint, on);
}

text_lines body_of(const top_model& of, const screen& on, std::size_t room) {
  if (of.now_in() == top_model::mode::help) return long_help();
  if (!of.open_fire().empty()) return fire_of(of, on, room);
  return lists_of(of, on, room);
}

}  // namespace

std::vector<std::string> top_lines(const top_model& of, const screen& given, steady_time now) {
  const screen on = by_clock_of(of.status(), given);
  text_lines out = head_of(of, on, now);
  const std::size_t room = on.height > out.size() + 1 ? on.height - out.size() - 1 : 0;
  text_lines body = body_of(of, on, room);
  body.resize(room);
  append(out, std::move(body));
  out.resize(on.height > 0 ? on.height - 1 : 0);
  out.push_back(last_line(of, on));
  for (std::string& line : out) {
    line = clip(line, on.width);
    if (!on.utf8) line = as_ascii(line);
  }
  return out;
}

}  // namespace triggerd::ctl
