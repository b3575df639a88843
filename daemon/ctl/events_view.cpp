#include "ctl/events_view.hpp"

#include "ctl/words.hpp"

namespace triggerd::ctl {

namespace {

tint tint_of_event(const json& event) {
  const std::string level = text_in(event, "level");
  if (level == "error") return tint::bad;
  if (level == "warning") return tint::careful;
  return tint_of(text_in(event, "state"));
}

std::string about(const json& event) {
  std::string out = text_in(event, "job");
  if (const std::string target = text_in(event, "target"); !target.empty())
    out += (out.empty() ? "" : " ") + std::string("@") + target;
  return out;
}

std::string show_event(const json& event, const screen& on) {
  const std::string subject = about(event);
  std::string line = time_of_day(text_in(event, "at")) + "  " + pad(text_in(event, "kind"), 14) + "  " +
                     (subject.empty() ? "" : subject + ": ") + text_in(event, "text");
  if (const std::string fire = text_in(event, "fire"); !fire.empty()) line += "  [" + fire + "]";
  return paint(line, tint_of_event(event), on) + "\n";
}

}  // namespace

std::string show_events(const json& reply, const screen& on) {
  std::string out;
  for (const json& fire : array_in(reply, "snapshot")) {
    const std::string state = text_in(fire, "state");
    out += paint(pad(state, 8), tint_of(state), on) + "  " + text_in(fire, "job") + "  since " +
           time_of_day(text_in(fire, "created")) + "  [" + text_in(fire, "id") + "]\n";
  }
  if (const auto missed = number_in(reply, "missed"); missed > 0)
    out += paint("... " + count(missed) + " updates were lost: this reader was too slow", tint::careful, on) + "\n";
  for (const json& event : array_in(reply, "events")) out += show_event(event, on);
  return out;
}

}  // namespace triggerd::ctl
