#include "manual/roff.hpp"

#include <algorithm>

namespace triggerd::manual::roff {

std::string escaped(std::string_view text) {
  std::string out;
  bool line_begins = true;
  for (const char c : text) {
    if (line_begins && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\') out += "\\e";
    else if (c == '-') out += "\\-";
    else out += c;
    line_begins = c == '\n';
  }
  return out;
}

std::string bold(std::string_view text) { return "\\fB" + escaped(text) + "\\fR"; }

std::string italic(std::string_view text) { return "\\fI" + escaped(text) + "\\fR"; }

std::string head(const std::string& name, int section, const std::string& version) {
  std::string upper = name;
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return ".TH " + upper + ' ' + std::to_string(section) + " \"\" \"triggerd " + version + "\" \"triggerd\"\n";
}

std::string section(std::string_view title) { return ".SH " + escaped(title) + "\n"; }

std::string below(std::string_view title) { return ".SS " + escaped(title) + "\n"; }

std::string tagged(std::string_view tag, std::string_view text) {
  return ".TP\n" + std::string(tag) + "\n" + std::string(text.empty() ? "\\&" : text) + "\n";
}

std::string verbatim(std::string_view lines) { return ".PP\n.nf\n" + escaped(lines) + ".fi\n"; }

}  // namespace triggerd::manual::roff
