#include "ctl/plan_view.hpp"

#include "ctl/exit_codes.hpp"
#include "ctl/words.hpp"

#include <map>

namespace triggerd::ctl {

namespace {

struct mark {
  const char* sign;
  tint how;
};

mark mark_of(const std::string& op) {
  static const std::map<std::string, mark> marks{
      {"add", {"+", tint::good}},   {"change", {"~", tint::careful}}, {"remove", {"-", tint::bad}},
      {"keep", {"=", tint::faint}}, {"conflict", {"!", tint::bad}},   {"trigger", {">", tint::good}},
      {"chunk", {">", tint::good}}, {"replay", {">", tint::good}},
  };
  const auto found = marks.find(op);
  return found == marks.end() ? mark{"?", tint::none} : found->second;
}

std::string fit(const std::string& line, const screen& on) { return on.width > 0 ? clip(line, on.width) : line; }

std::string show_leg(const json& leg, const screen& on) {
  std::string out = paint(text_in(leg, "target"), tint::strong, on);
  if (const std::string trouble = text_in(leg, "trouble"); !trouble.empty())
    return out + "  " + paint("cannot be planned: " + trouble, tint::bad, on) + "\n";
  out += "  " + count(number_in(leg, "changes"), "change") + ", " + count(number_in(leg, "requests"), "request") + "\n";
  for (const json& line : array_in(leg, "lines")) {
    const std::string op = text_in(line, "op");
    const std::string detail = text_in(line, "detail");
    const mark m = mark_of(op);
    const std::string words = "  " + std::string(m.sign) + " " + pad(op, 8) + " " + text_in(line, "what") +
                              (detail.empty() ? "" : "  " + detail);
    out += paint(fit(words, on), m.how, on) + "\n";
  }
  for (const json& note : array_in(leg, "notes")) out += "  note: " + safe(note) + "\n";
  return out;
}

}  // namespace

std::string show_plan(const json& reply, const screen& on) {
  std::string out;
  std::size_t troubled = 0;
  for (const json& leg : array_in(reply, "legs")) {
    out += show_leg(leg, on);
    troubled += has(leg, "trouble") ? 1 : 0;
  }
  const auto changes = number_in(reply, "changes");
  out += text_in(reply, "job") + ": " + (changes == 0 ? "nothing to do" : count(changes, "change")) + " on " +
         count(static_cast<std::int64_t>(array_in(reply, "legs").size()), "target");
  if (troubled > 0) out += ", " + std::to_string(troubled) + " cannot be planned";
  return out + "\n";
}

int verdict_of_plan(const json& reply) {
  for (const json& leg : array_in(reply, "legs"))
    if (has(leg, "trouble")) return exit_code::failed;
  return number_in(reply, "changes") > 0 ? exit_code::changes : exit_code::done;
}

}  // namespace triggerd::ctl
