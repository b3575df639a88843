// The CSV reader: the same records however the bytes arrive, and written anew in quotes they are read alike.
#include "source/csv.hpp"
#include "fuzz/pieces.hpp"
#include "fuzz/readers.hpp"

#include <nlohmann/json.hpp>

#include <array>

using namespace triggerd;
using namespace triggerd::fuzz;

namespace {

constexpr std::array<char, 4> delimiters{',', ';', '\t', '|'};

// Types for columns "1" to "4" of files without a header, and for "a" to "d" of others.
source::csv_format format_of(input& in) {
  source::csv_format how;
  how.header = in.flag();
  how.delimiter = delimiters[in.below(delimiters.size())];
  const std::size_t types = in.below(5);
  for (std::size_t i = 0; i < types; ++i) {
    const std::string name(1, static_cast<char>((how.header ? 'a' : '1') + i));
    how.types[name] = static_cast<source::column_type>(in.below(5));
  }
  return how;
}

std::string in_csv_quotes(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

// A record of texts as a file: the columns in the order of their names, which JSON sorts them by.
std::string written(const nlohmann::json& record, char delimiter) {
  std::string names, values;
  for (const auto& [name, value] : record.items()) {
    if (!names.empty()) names += delimiter, values += delimiter;
    names += in_csv_quotes(name);
    values += in_csv_quotes(value.get_ref<const std::string&>());
  }
  return names + "\r\n" + values + "\r\n";
}

void require_round_trip(const source::item& one, char delimiter) {
  const auto record = nlohmann::json::parse(one.json);
  const std::string text = written(record, delimiter);
  const auto reader = source::read_csv(in_pieces(text, 0), {.delimiter = delimiter});
  const auto again = read_all(*reader, text);
  require(again.items.size() == 1 && nlohmann::json::parse(again.items.front().json) == record,
          "a record in quotes is read as it was");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  input in(data, size);
  const auto how = format_of(in);
  const std::uint8_t cuts = in.byte();
  const auto whole = read_all(*source::read_csv(in_pieces(in.rest(), 0), how), in.rest());
  require_same(whole, read_all(*source::read_csv(in_pieces(in.rest(), cuts), how), in.rest()));
  if (how.types.empty() && how.header)
    for (const auto& one : whole.items)
      if (!one.reject) require_round_trip(one, how.delimiter);
  return 0;
}
