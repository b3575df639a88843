// Text as troff's man macros want it.
#pragma once

#include <string>
#include <string_view>

namespace triggerd::manual::roff {

std::string escaped(std::string_view text);  // any text, on lines of its own or within one
std::string bold(std::string_view text);
std::string italic(std::string_view text);
std::string head(const std::string& name, int section, const std::string& version);
std::string section(std::string_view title);
std::string below(std::string_view title);                        // a heading within a section
std::string tagged(std::string_view tag, std::string_view text);  // both already as troff
std::string verbatim(std::string_view lines);

}  // namespace triggerd::manual::roff
