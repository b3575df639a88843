#include "base/text.hpp"
#include "manual/completion.hpp"
#include "manual/words.hpp"

namespace triggerd::manual {

namespace {

std::string zsh_escaped(const std::string& help) {
  std::string out;
  for (const char c : help) {
    if (c == '\'') out += "'\\''";
    else if (std::string_view("[]:\\").find(c) != std::string_view::npos) out += std::string("\\") + c;
    else out += c;
  }
  return out;
}

// The part of a specification after "message:".
std::string zsh_action(const argument& of) {
  const words from = words_for(of);
  if (from.files) return "_files";
  if (!from.known.empty()) return "(" + text::join(from.known, " ") + ")";
  return from.asked.empty() ? " " : "_triggerctl_names " + text::join(from.asked, " ");
}

std::string zsh_option(const argument& of) {
  const std::string value = of.value.empty() ? "" : ":" + zsh_escaped(of.value) + ":" + zsh_action(of);
  const std::string rest = "[" + zsh_escaped(of.help) + "]" + value + "'";
  const std::string star = of.repeats ? "*" : "";
  if (of.flags.size() == 1) return "'" + star + of.longest() + rest;
  if (of.repeats) return "'*'{" + text::join(of.flags, ",") + "}'" + rest;
  return "'(" + text::join(of.flags, " ") + ")'{" + text::join(of.flags, ",") + "}'" + rest;
}

std::string zsh_function(std::string path) {
  for (char& c : path)
    if (c == ' ' || c == '-') c = '_';
  return "_" + path;
}

// Each verb is a function of its own.
void add_zsh(std::string& out, const verb& of, const std::string& path, std::vector<argument> above) {
  above.insert(above.end(), of.options.begin(), of.options.end());
  for (const verb& below : of.verbs) add_zsh(out, below, path + ' ' + below.name, above);
  std::vector<std::string> lines;
  for (const argument& option : above) lines.push_back(zsh_option(option));
  for (std::size_t i = 0; i < of.places.size(); ++i) {
    const argument& place = of.places[i];
    lines.push_back("'" + std::to_string(i + 1) + (place.required ? ":" : "::") + zsh_escaped(place.value) + ":" +
                    zsh_action(place) + "'");
  }
  out += zsh_function(path) + "() {\n";
  if (of.verbs.empty()) {
    out += "  _arguments -s \\\n    " + text::join(lines, " \\\n    ") + "\n}\n\n";
    return;
  }
  out += "  local context state line\n  typeset -A opt_args\n  local -a verbs=(\n";
  for (const verb& below : of.verbs) out += "    '" + below.name + ":" + zsh_escaped(below.help) + "'\n";
  out += "  )\n  _arguments -s -C \\\n    " + text::join(lines, " \\\n    ");
  out += std::string(lines.empty() ? "" : " \\\n    ") + "'1: :->verb' '*:: :->rest'\n  case $state in\n";
  out += "    verb) _describe command verbs ;;\n    rest)\n      case $words[1] in\n";
  for (const verb& below : of.verbs)
    out += "        " + below.name + ") " + zsh_function(path + ' ' + below.name) + " ;;\n";
  out += "      esac\n      ;;\n  esac\n}\n\n";
}

}  // namespace

std::string zsh_completion(const verb& program) {
  std::string out = "#compdef " + program.name + "\n# Completion of " + program.name +
                    " for zsh; made from its own grammar.\n\n" + R"zsh(_triggerctl_names() {
  local kind
  local -a found
  for kind; do
    found+=(${(f)"$(_call_program names triggerctl $kind --names 2>/dev/null)"})
  done
  compadd -a found
}

)zsh";
  add_zsh(out, program, program.name, {});
  return out + zsh_function(program.name) + " \"$@\"\n";
}

}  // namespace triggerd::manual
