#include "manual/grammar.hpp"

#include "base/text.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>

namespace triggerd::manual {

namespace {

// The library tells a set of words as "{done,failed,retry}" at the end of a type's name.
std::vector<std::string> choices_in(const std::string& type) {
  const std::size_t open = type.find('{');
  const std::size_t close = type.find('}', open);
  if (close == std::string::npos) return {};
  std::vector<std::string> out;
  for (const auto word : text::split(std::string_view(type).substr(open + 1, close - open - 1), ','))
    out.emplace_back(word);
  return out;
}

// "TEXT", or "INT:INT in [1 - 500]", is the library's word and no name.
std::string value_of(const CLI::Option& option) {
  if (option.get_items_expected_max() == 0) return {};
  const std::string type = option.get_type_name();
  const std::string word = type.substr(0, type.find(':'));
  if (word == "INT" || word == "UINT") return "NUMBER";
  return word.empty() || word == "TEXT" ? "VALUE" : word;
}

argument argument_of(const CLI::Option& option) {
  argument out;
  out.help = option.get_description();
  out.choices = choices_in(option.get_type_name());
  out.required = option.get_required();
  out.repeats = option.get_items_expected_max() > 1;
  out.value = option.get_positional() ? option.get_name(true) : value_of(option);
  for (const auto& flag : option.get_snames()) out.flags.push_back('-' + flag);
  for (const auto& flag : option.get_lnames()) out.flags.push_back("--" + flag);
  return out;
}

}  // namespace

verb grammar_of(const CLI::App& parser) {
  verb out;
  out.name = parser.get_name();
  out.help = parser.get_description();
  out.footer = parser.get_footer();
  for (const CLI::Option* option : parser.get_options()) {
    const argument one = argument_of(*option);
    (one.flags.empty() ? out.places : out.options).push_back(one);
  }
  for (const CLI::App* below : parser.get_subcommands({})) out.verbs.push_back(grammar_of(*below));
  return out;
}

}  // namespace triggerd::manual
