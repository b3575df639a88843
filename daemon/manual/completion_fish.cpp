#include "base/text.hpp"
#include "manual/completion.hpp"
#include "manual/words.hpp"

namespace triggerd::manual {

namespace {

std::string fish_quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' || c == '\\' ? std::string("\\") + c : std::string(1, c);
  return out + "'";
}

// "-a ..." with the words, or what prints them.
std::string fish_words(const argument& of) {
  const words from = words_for(of);
  if (from.files) return " -F";
  if (!from.known.empty()) return " -a " + fish_quoted(text::join(from.known, " "));
  std::vector<std::string> asking;
  for (const auto& command : from.asked) asking.push_back("triggerctl " + command + " --names 2>/dev/null");
  return asking.empty() ? "" : " -a " + fish_quoted("(" + text::join(asking, "; ") + ")");
}

std::string fish_option(const argument& of) {
  std::string out;
  for (const auto& flag : of.flags) out += flag[1] == '-' ? " -l " + flag.substr(2) : " -s " + flag.substr(1);
  if (!of.value.empty()) out += (words_for(of).files ? " -r" : " -x") + fish_words(of);
  return out + " -d " + fish_quoted(of.help);
}

// A verb is at work when it was typed and none below it was.
std::string fish_condition(const verb& of, const std::vector<std::string>& above) {
  std::string out;
  for (const auto& name : above) out += "__fish_seen_subcommand_from " + name + "; and ";
  if (of.verbs.empty()) return out.empty() ? "" : out.substr(0, out.size() - 6);
  out += "not __fish_seen_subcommand_from";
  for (const verb& below : of.verbs) out += ' ' + below.name;
  return out;
}

void add_fish(std::string& out, const std::string& program, const verb& of, const std::vector<std::string>& path) {
  const std::string condition = fish_condition(of, path);
  const std::string begin = "complete -c " + program + (condition.empty() ? "" : " -n " + fish_quoted(condition));
  for (const argument& option : of.options) {
    // Those of the whole program hold everywhere.
    out += (path.empty() ? "complete -c " + program : begin) + fish_option(option) + "\n";
  }
  for (const argument& place : of.places)
    if (const std::string from = fish_words(place); !from.empty()) out += begin + from + "\n";
  for (const verb& below : of.verbs) {
    out += begin + " -a " + below.name + " -d " + fish_quoted(below.help) + "\n";
    std::vector<std::string> deeper = path;
    deeper.push_back(below.name);
    add_fish(out, program, below, deeper);
  }
}

}  // namespace

std::string fish_completion(const verb& program) {
  std::string out = "# Completion of " + program.name + " for fish; made from its own grammar.\n\n";
  out += "complete -c " + program.name + " -f\n";
  add_fish(out, program.name, program, {});
  return out;
}

}  // namespace triggerd::manual
