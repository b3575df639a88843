#include "base/text.hpp"
#include "manual/completion.hpp"
#include "manual/words.hpp"

#include <algorithm>

namespace triggerd::manual {

namespace {

// What a shell runs to print the words, one a line.
std::string printing(const words& of) {
  if (of.files) return "compgen -f -- \"$4\"";
  if (!of.known.empty()) return "printf '%s\\n' " + text::join(of.known, " ");
  std::vector<std::string> asking;
  for (const auto& command : of.asked) asking.push_back("triggerctl " + command + " --names");
  return text::join(asking, "; ");
}

std::string patterns(const std::string& path, const argument& option) {
  std::vector<std::string> out;
  for (const auto& flag : option.flags) out.push_back("'" + path + ' ' + flag + "'");
  return text::join(out, " | ");
}

struct bash_tables {
  std::string values;               // after an option
  std::string places;               // where a word stands
  std::string options;              // all of a verb
  std::vector<std::string> taking;  // options that take a value
  std::string below;                // verbs of a verb
};

// `path` is how a person names it: "triggerd ledger export", with the options that hold above it.
void add(bash_tables& to, const verb& of, const std::string& path, std::vector<argument> above) {
  above.insert(above.end(), of.options.begin(), of.options.end());
  std::vector<std::string> flags;
  for (const argument& option : above) {
    flags.push_back(option.longest());
    if (option.value.empty()) continue;
    for (const auto& flag : option.flags) to.taking.push_back(flag);
    if (const words of_option = words_for(option); of_option.any())
      to.values += "    " + patterns(path, option) + ") " + printing(of_option) + " ;;\n";
  }
  to.options += "    '" + path + "') printf '%s\\n' " + text::join(flags, " ") + " ;;\n";
  for (std::size_t i = 0; i < of.places.size(); ++i)
    if (const words here = words_for(of.places[i]); here.any())
      to.places += "    '" + path + ' ' + std::to_string(i) + "') " + printing(here) + " ;;\n";
  if (of.verbs.empty()) return;
  std::vector<std::string> names;
  for (const verb& below : of.verbs) {
    names.push_back(below.name);
    to.below += "    '" + path + ' ' + below.name + "') return 0 ;;\n";
    add(to, below, path + ' ' + below.name, above);
  }
  to.places += "    '" + path + " 0') printf '%s\\n' " + text::join(names, " ") + " ;;\n";
}

std::string case_of(const std::string& on, const std::string& lines) {
  return lines.empty() ? "  :\n" : "  case \"" + on + "\" in\n" + lines + "  esac\n";
}

// @ stands for the function's name, % for the program's.
constexpr std::string_view completing = R"(@() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} verb=% place=0 i found
  for ((i = 1; i < COMP_CWORD; ++i)); do
    if @_takes_value "${COMP_WORDS[i]}" || [[ ${COMP_WORDS[i]} == [=:] ]]; then
      ((++i))
    elif @_is_verb "$verb ${COMP_WORDS[i]}"; then
      verb+=" ${COMP_WORDS[i]}"
    elif [[ ${COMP_WORDS[i]} != -* ]]; then
      ((++place))
    fi
  done
  if @_takes_value "$before"; then
    found=$(@_values "$verb" "$before" - "$word" 2>/dev/null)
  elif [[ $word == -* ]]; then
    found=$(@_options "$verb")
  else
    found=$(@_places "$verb" "$place" - "$word" 2>/dev/null)
  fi
  mapfile -t COMPREPLY < <(compgen -W "$found" -- "$word")
}

complete -o filenames -F @ %
)";

std::string filled_in(std::string_view text, const std::string& function, const std::string& program) {
  std::string out;
  for (const char c : text) out += c == '@' ? function : c == '%' ? program : std::string(1, c);
  return out;
}

}  // namespace

std::string bash_completion(const verb& program) {
  bash_tables tables;
  add(tables, program, program.name, {});
  std::string name = "_" + program.name;
  std::replace(name.begin(), name.end(), '-', '_');
  std::string out = "# Completion of " + program.name + " for bash; made from its own grammar.\n\n";
  out += name + "_values() {  # VERB OPTION - WORD\n" + case_of("$1 $2", tables.values) + "}\n\n";
  out += name + "_places() {  # VERB PLACE - WORD\n" + case_of("$1 $2", tables.places) + "}\n\n";
  out += name + "_options() {  # VERB\n" + case_of("$1", tables.options) + "}\n\n";
  out += name + "_is_verb() {  # WORDS\n" + case_of("$1", tables.below) + "  return 1\n}\n\n";
  out += name + "_takes_value() {  # OPTION\n  case $1 in\n    " + text::join(tables.taking, " | ") +
         ") return 0 ;;\n  esac\n  return 1\n}\n\n";
  return out + filled_in(completing, name, program.name);
}

}  // namespace triggerd::manual
