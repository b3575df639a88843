#include "ctl/explain.hpp"

#include "ctl/asking.hpp"
#include "ctl/catalogue.hpp"
#include "ctl/exit_codes.hpp"
#include "ctl/fires_view.hpp"
#include "ctl/table.hpp"
#include "ctl/words.hpp"

#include <algorithm>

namespace triggerd::ctl {

namespace {

const catalogue& known_codes() {
  static const catalogue all(error_pages());
  return all;
}

json page_as_json(const catalogue::page& of) {
  json out = json::object();
  out["schema_version"] = 1;
  out["code"] = of.code;
  out["text"] = of.text;
  return out;
}

int explain_code(const arguments& said, window& to) {
  const auto* page = known_codes().find(said.what);
  if (page == nullptr) {
    const auto near = known_codes().nearest(said.what);
    const std::string next = near ? "did you mean " + *near + "?" : "triggerctl explain lists them";
    return report_usage("no error code is named " + said.what + "; " + next, said, to);
  }
  if (said.json) to.print(page_as_json(*page).dump() + "\n");
  else to.print(paint(page->code, tint::strong, to.out()) + "\n\n" + std::string(page->text));
  return exit_code::done;
}

result<request> ask_explain(const arguments& said) {
  request out;
  out.method = "Explain";
  out.parameters["what"] = said.what;
  if (!said.target.empty()) out.parameters["target"] = said.target;
  out.patient = true;  // it may ask servers, at the pace of their limiters
  return out;
}

std::string one_line(std::string_view text) {
  std::string out(text);
  std::replace(out.begin(), out.end(), '\n', ' ');
  return out;
}

std::string labelled(const char* label, const std::string& words, const screen& on) {
  return words.empty() ? std::string() : paint(pad(label, 9), tint::faint, on) + words + "\n";
}

std::string action_words(const json& action) {
  const std::string target = text_in(action, "target");
  std::string out = "number " + std::to_string(number_in(action, "number")) + " on " + target + ", " +
                    text_in(action, "kind") + " of " + text_in(action, "subject") + ", " + text_in(action, "state");
  if (number_in(action, "items") > 1) out += ", " + count(number_in(action, "items"), "item");
  if (const std::string code = text_in(action, "code"); !code.empty()) out += ", " + code;
  if (const std::string note = text_in(action, "note"); !note.empty()) out += ": " + note;
  return out;
}

}  // namespace

void explain_options(CLI::App& of, arguments& into) {
  of.add_option("THING", into.what,
                "An error code, or the id of a fire, run, batch or bulk action; none lists the codes");
  of.add_option("--target", into.target, "Where to look for a run; every target unless said")->type_name("TARGET");
  of.add_flag("--names", into.names, "The codes alone");
}

int explain(const arguments& said, window& to) {
  if (said.what.empty()) {
    to.print(show_codes(said, to.out()));
    return exit_code::done;
  }
  if (looks_like_code(said.what)) return explain_code(said, to);
  static const command ask{"explain", "", ask_explain, show_explanation, verdict_of_explanation};
  return ask_daemon(ask, said, to);
}

std::string show_codes(const arguments& said, const screen& on) {
  std::string lines;
  table out({{"CODE"}, {"MEANS", false, true}});
  for (const auto& page : known_codes().all()) {
    if (said.names) lines += std::string(page.code) + '\n';
    else if (said.json) lines += page_as_json(page).dump() + '\n';
    else out.add({std::string(page.code), one_line(page.first())});
  }
  return said.names || said.json ? lines : out.render(on);
}

std::string show_explanation(const json& reply, const screen& on) {
  std::string out;
  if (const json& action = object_in(reply, "action"); !action.empty())
    out += labelled("action", action_words(action), on);
  if (const json& fire = object_in(reply, "fire"); !fire.empty()) {
    out += labelled("fire",
                    text_in(fire, "id") + ", " + text_in(fire, "state") + ", " + text_in(fire, "cause") +
                        (has(fire, "by") ? " by " + text_in(fire, "by") : "") + ", due " +
                        clock_time(text_in(fire, "due")) + " UTC",
                    on);
    out += labelled("job", text_in(fire, "job") + " (" + text_in(fire, "kind") + ")", on);
  }
  out += labelled("file", text_in(reply, "origin"), on);
  out += labelled("source", text_in(reply, "source"), on);
  for (const json& note : array_in(reply, "notes")) out += labelled("note", safe(note), on);
  if (const json& fire = object_in(reply, "fire"); !fire.empty())
    out += "more: triggerctl fire " + text_in(fire, "id") + "\n";
  return out;
}

int verdict_of_explanation(const json& reply) { return flag_in(reply, "known") ? exit_code::done : exit_code::failed; }

}  // namespace triggerd::ctl
