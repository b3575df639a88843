#include "base/text.hpp"
#include "manual/page.hpp"
#include "manual/page_parts.hpp"
#include "manual/roff.hpp"

namespace triggerd::manual {

namespace {

std::string tag_of(const argument& option) {
  std::string out;
  for (const std::string& flag : option.flags) out += (out.empty() ? "" : ", ") + roff::bold(flag);
  if (option.value.empty()) return out;
  return out + (out.empty() ? "" : " ") + roff::italic(option.value);
}

std::string text_of(const argument& option) {
  std::string out = option.help;
  if (!out.empty() && out.back() != '.') out += '.';
  if (!option.choices.empty()) out += " One of: " + text::join(option.choices, ", ") + ".";
  return roff::escaped(out);
}

std::string list_of(const std::vector<argument>& arguments) {
  std::string out;
  for (const argument& one : arguments) out += roff::tagged(tag_of(one), text_of(one));
  return out;
}

// Every command has it; the page says so once.
std::vector<argument> without_help(std::vector<argument> options) {
  std::erase_if(options, [](const argument& one) { return one.longest() == "--help"; });
  return options;
}

// "run JOB [options]"
std::string usage(const verb& of, const std::string& path) {
  std::string out = roff::bold(path);
  for (const argument& place : of.places)
    out += place.required ? " " + roff::italic(place.value) : " [" + roff::italic(place.value) + "]";
  return out;
}

void add_commands(std::string& out, const verb& of, const std::string& path) {
  for (const verb& below : of.verbs) {
    const std::string name = path.empty() ? below.name : path + ' ' + below.name;
    if (below.verbs.empty()) {
      out += ".SS " + usage(below, name) + "\n" + roff::escaped(below.help) + ".\n";
      out += list_of(below.places) + list_of(without_help(below.options));
    }
    add_commands(out, below, name);
  }
}

std::string synopsis(const verb& program) {
  std::string out = roff::section("SYNOPSIS") + roff::bold(program.name);
  if (!program.options.empty()) out += " [" + roff::italic("options") + "]";
  if (!program.verbs.empty()) out += " [" + roff::italic("command") + " [" + roff::italic("arguments") + "]]";
  return out + "\n";
}

}  // namespace

std::string program_page(const page& about, const verb& program, const std::string& version) {
  std::string out = beginning(about, version) + synopsis(program) + description(about);
  if (!program.verbs.empty()) out += roff::section("COMMANDS");
  add_commands(out, program, {});
  out += roff::section("OPTIONS") + list_of(program.options);
  if (!program.footer.empty()) out += roff::section("NOTES") + roff::verbatim(program.footer + "\n");
  return out + ending(about);
}

}  // namespace triggerd::manual
