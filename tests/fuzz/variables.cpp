// Dotenv texts and flat JSON objects: what was read and written anew is read alike, and errors tell lines, never values.
#include "source/variables.hpp"
#include "fuzz/input.hpp"
#include "source/codes.hpp"

#include <nlohmann/json.hpp>

using namespace triggerd;
using namespace triggerd::fuzz;

namespace {

using variables = std::vector<source::variable>;

std::string in_dotenv_quotes(std::string_view value) {
  std::string out = "\"";
  for (const char c : value) {
    if (c == '\r') {  // one before a line feed would be taken for a line end of Windows
      out += "\\r";
      continue;
    }
    if (c == '"' || c == '\\' || c == '$') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string written(const variables& all) {
  std::string out;
  for (const auto& one : all) out += "export " + one.name + " = " + in_dotenv_quotes(one.value) + " # written\n";
  return out;
}

bool same_values(const variables& a, const variables& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const auto& x, const auto& y) { return x.name == y.name && x.value == y.value; });
}

// Line ends of Windows change nothing.
void require_same_from_windows(std::string_view text, const variables& all) {
  std::string other;
  for (const char c : text) {
    if (c == '\n') other += '\r';
    other += c;
  }
  const auto again = source::parse_dotenv(other, "w");
  require(again && *again == all, "a file with CRLF has the same variables");
}

void try_dotenv(std::string_view text) {
  const auto read = source::parse_dotenv(text, "w");
  if (!read) {
    require_sound(read.error());
    const auto line = number_after(read.error().message, "w: line ");
    require(line >= 1 && line <= lines_of(text), "an error stands within the text");
    return;
  }
  for (const auto& one : *read)
    require(!one.name.empty() && one.line >= 1 && one.line <= lines_of(text), "a variable has a name and a line");
  const auto again = source::parse_dotenv(written(*read), "w");
  require(again && same_values(*read, *again), "what was written is read back");
  if (text.find('\r') == std::string_view::npos) require_same_from_windows(text, *read);
}

void try_flat_json(std::string_view text) {
  const auto read = source::parse_flat_json(text, "w");
  if (!read) return require_sound(read.error());
  auto object = nlohmann::json::object();
  for (const auto& one : *read) object[one.name] = one.value;
  require(object.size() == read->size(), "each name stands once");
  const auto again = source::parse_flat_json(object.dump(), "w");
  require(again && again->size() == read->size(), "what was written is read back");
  for (const auto& one : *again) require(object.at(one.name) == one.value, "values are kept");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  input in(data, size);
  if (in.flag()) try_flat_json(in.rest());
  else try_dotenv(in.rest());
  return 0;
}
