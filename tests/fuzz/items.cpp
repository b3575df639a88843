// NDJSON and JSON arrays: the same items however the bytes arrive, and lines joined to an array are the same items.
#include "fuzz/pieces.hpp"
#include "fuzz/readers.hpp"
#include "source/json_array.hpp"
#include "source/ndjson.hpp"

using namespace triggerd;
using namespace triggerd::fuzz;

namespace {

using reader = std::unique_ptr<source::item_reader> (*)(std::unique_ptr<source::byte_stream>);

readout read_pieces(reader how, std::string_view text, std::uint8_t cuts) {
  return read_all(*how(in_pieces(text, cuts)), text);
}

void require_same_as_array(const readout& lines) {
  std::string array = "[";
  std::vector<std::string> expected;
  for (const auto& one : lines.items) {
    if (one.reject) continue;
    if (!expected.empty()) array += " ,";
    array += one.json;
    expected.emplace_back(text::trim(one.json));
  }
  array += "]";
  const auto elements = read_pieces(source::read_json_array, array, 0);
  require(!elements.failure && elements.items.size() == expected.size(), "joined lines are an array of as many items");
  for (std::size_t i = 0; i < expected.size(); ++i)
    require(text::trim(elements.items[i].json) == expected[i], "an element is what the line was");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  input in(data, size);
  const bool lines = in.flag();
  const reader how = lines ? source::read_ndjson : source::read_json_array;
  const std::uint8_t cuts = in.byte();
  const auto whole = read_pieces(how, in.rest(), 0);
  require_same(whole, read_pieces(how, in.rest(), cuts));
  if (whole.failure)
    require(number_after(whole.failure->message, "line ") <= lines_of(in.rest()), "an error stands within the text");
  if (lines) require_same_as_array(whole);
  return 0;
}
