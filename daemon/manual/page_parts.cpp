#include "manual/page_parts.hpp"

#include "manual/roff.hpp"

namespace triggerd::manual {

namespace {

using pairs = std::vector<std::pair<std::string, std::string>>;

std::string tagged_list(std::string_view title, const pairs& of) {
  if (of.empty()) return {};
  std::string out = roff::section(title);
  for (const auto& [name, text] : of) out += roff::tagged(roff::italic(name), roff::escaped(text));
  return out;
}

std::string examples(const pairs& of) {
  if (of.empty()) return {};
  std::string out = roff::section("EXAMPLES");
  for (const auto& [what_for, typed] : of) out += ".PP\n" + roff::escaped(what_for) + "\n" + roff::verbatim(typed);
  return out;
}

// "triggerctl(1)" with the name in bold.
std::string reference(const std::string& page) {
  const std::size_t open = page.find('(');
  return roff::bold(page.substr(0, open)) + roff::escaped(page.substr(open));
}

}  // namespace

std::string beginning(const page& about, const std::string& version) {
  return roff::head(about.name, about.section, version) + roff::section("NAME") + roff::escaped(about.name) + " \\- " +
         roff::escaped(about.line) + "\n";
}

std::string description(const page& about) {
  std::string out = roff::section("DESCRIPTION");
  for (const std::string& paragraph : about.paragraphs) out += ".PP\n" + roff::escaped(paragraph) + "\n";
  return out;
}

std::string ending(const page& about) {
  std::string out = examples(about.examples) + tagged_list("FILES", about.files) +
                    tagged_list("ENVIRONMENT", about.variables) + roff::section("SEE ALSO");
  for (std::size_t i = 0; i < about.see.size(); ++i)
    out += reference(about.see[i]) + (i + 1 < about.see.size() ? ",\n" : "\n");
  return out;
}

}  // namespace triggerd::manual
