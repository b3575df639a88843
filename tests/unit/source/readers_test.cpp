#include "unit/source/samples.hpp"

#include "base/limits.hpp"
#include "source/codes.hpp"
#include "source/csv.hpp"
#include "source/inline_list.hpp"
#include "source/json_array.hpp"
#include "source/json_check.hpp"
#include "source/ndjson.hpp"

#include <malloc.h>
#include <sys/stat.h>

#if defined(__SANITIZE_ADDRESS__)
extern "C" std::size_t __sanitizer_get_current_allocated_bytes();  // GCC 12 ships it without its header
#endif

using namespace triggerd;
using namespace triggerd::source;
using namespace triggerd::test;

namespace {

std::string ndjson(const std::string& text) { return story_of(text, read_ndjson); }
std::string array(const std::string& text) { return story_of(text, read_json_array); }
std::string csv(const std::string& text, const csv_format& how = {}) {
  return story_of(text, [&how](std::unique_ptr<byte_stream> from) { return read_csv(std::move(from), how); });
}

// The sanitizer's allocator is not the one that mallinfo2 looks at.
std::size_t bytes_in_use() {
#if defined(__SANITIZE_ADDRESS__)
  return __sanitizer_get_current_allocated_bytes();
#else
  return ::mallinfo2().uordblks;
#endif
}

// A source of any length that exists nowhere.
class endless_lines final : public byte_stream {
 public:
  endless_lines(std::string head, std::string line, std::size_t lines, std::string tail)
      : line_(std::move(line)), tail_(std::move(tail)), left_(lines), piece_(std::move(head)) {}
  result<std::string_view> more() override {
    if (!std::exchange(begun_, true) && !piece_.empty()) return std::string_view(piece_);
    piece_.clear();
    for (; left_ > 0 && piece_.size() < (64u << 10); --left_) piece_ += line_;
    if (piece_.empty()) piece_ = std::exchange(tail_, {});
    return std::string_view(piece_);
  }
  const std::string& name() const override { return name_; }

 private:
  const std::string name_ = "sample";
  const std::string line_;
  std::string tail_;
  std::size_t left_;
  std::string piece_;
  bool begun_ = false;
};

}  // namespace

TEST_CASE("JSON that may be sent passes and what the server would change does not") {
  for (const char* good : {"1", "-9007199254740992", "9007199254740992", "1e300", "\"\\ud83d\\ude00\"", "null",
                           "{\"a\":[true,{}]}", " [1] ", "1.0000000000000000001"})
    CHECK_MESSAGE(check_json(good).has_value(), good);
  for (const char* bad :
       {"9007199254740993", "-9007199254740993", "[18446744073709551616]", "{\"a\":123456789012345678901}"})
    CHECK_MESSAGE(check_json(bad).error().message.find("2^53") != std::string::npos, bad);
  for (const char* bad :
       {"", "{", "{\"a\"}", "1 2", "NaN", "'a'", "[1,]", "// c\n1", "\"\xFF\"", "\"\\ud800\"", "\"a\nb\""})
    CHECK_MESSAGE(check_json(bad).error().message.starts_with("not valid JSON at byte "), bad);
  CHECK(check_json(std::string_view("{}\0{", 4)).error().message == "not valid JSON at byte 3");
  CHECK(check_json("1e999").error().message == "a number is too large for JSON");
}

TEST_CASE("JSON nested too deep is refused before anybody recurses into it") {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  CHECK(check_json(nested(limits::json_depth)).has_value());
  CHECK_FALSE(check_json(nested(limits::json_depth + 1)).has_value());
  CHECK_FALSE(check_json(std::string(1'000'000, '[')).has_value());
}

TEST_CASE("NDJSON gives a text per line, skips blank lines and knows both line ends") {
  CHECK(ndjson("{\"a\":1}\n\n  \t\n\"x\"\r\n\r\n[2]") == "1:{\"a\":1}\n4:\"x\"\n6:[2]\n");
  CHECK(ndjson("") == "");
  CHECK(ndjson("\n\n") == "");
}

TEST_CASE("a byte order mark is skipped at the start and nowhere else") {
  CHECK(ndjson("\xEF\xBB\xBF{\"a\":1}\n") == "1:{\"a\":1}\n");
  CHECK(ndjson("1\n\xEF\xBB\xBF{\"a\":1}\n").find("2: not valid JSON") != std::string::npos);
}

TEST_CASE("a malformed line is a reject with its text, and the stream goes on") {
  CHECK(ndjson("1\n{broken\n\xC3\x28\n3\n") ==
        "1:1\n2: not valid JSON at byte 2 <{broken>\n3: not valid JSON at byte 1 <\xC3\x28>\n4:3\n");
}

TEST_CASE("a line over the limit is a reject that keeps its beginning, and the next one is read") {
  std::string text = "\"" + std::string(limits::source_line - 2, 'x') + "\"\n";
  CHECK(read_ndjson(open_text(text, "sample"))->next().value()->json.size() == limits::source_line);
  text.insert(1, "y");
  const auto reader = read_ndjson(open_text(text + "2\n", "sample"));
  const auto first = reader->next().value();
  REQUIRE(first->reject.has_value());
  CHECK(first->reject->code == source::codes::bad_item);
  CHECK(first->reject->message.find("longer than the limit") != std::string::npos);
  CHECK(first->raw.size() == 4'096);
  CHECK(reader->next().value()->json == "2");
}

TEST_CASE("a stream that fails in the middle is an error, not an end") {
  for (const auto make : {&read_ndjson, &read_json_array}) {
    const auto reader = make(std::make_unique<cut_stream>("[1,\n2", 2, true));
    CHECK(story(*reader).ends_with("error base.io sample: the disk went away\n"));
  }
  const auto table = read_csv(std::make_unique<cut_stream>("a,b\n1,2\n3", 2, true), {});
  CHECK(story(*table).ends_with("error base.io sample: the disk went away\n"));
}

TEST_CASE("a missing, unreadable or strange file is an error that names the path") {
  temporary_directory place;
  const auto missing = open_file(place.path() + "/none");
  REQUIRE_FALSE(missing.has_value());
  CHECK(missing.error().code == source::codes::unreadable);
  CHECK(missing.error().message.find(place.path() + "/none") != std::string::npos);
  CHECK(open_file(place.path()).error().message.find("not a regular file") != std::string::npos);
  REQUIRE(::mkfifo((place.path() + "/pipe").c_str(), 0600) == 0);
  CHECK(open_file(place.path() + "/pipe").error().message.find("not a regular file") != std::string::npos);
  CHECK(open_file("/dev/zero").error().message.find("not a regular file") != std::string::npos);
}

TEST_CASE("a text file is read whole up to its limit") {
  temporary_directory place;
  const std::string path = place.file("a", std::string(100'000, 'x'));
  CHECK(read_text(path, 100'000).value().size() == 100'000);
  CHECK(read_text(path, 99'999).error().code == source::codes::too_large);
  CHECK(read_text(place.path() + "/none", 9).error().code == source::codes::unreadable);
}

TEST_CASE("memory stays flat however many items a source has") {
  constexpr std::size_t lines = 50'000;
  const std::string line = "{\"id\":\"" + std::string(40, 'x') + "\"}";
  const std::size_t before = bytes_in_use();
  const auto check = [&](std::unique_ptr<item_reader> reader) {
    std::size_t count = 0, most = 0;
    for (;;) {
      const auto next = reader->next();
      REQUIRE(next.has_value());
      if (!*next) break;
      REQUIRE_FALSE((*next)->reject.has_value());
      if (++count % 1'000 == 0) most = std::max(most, bytes_in_use());
    }
    CHECK(count == lines);
    CHECK(most < before + (1u << 18));  // the items are nearly ten times as much
  };
  check(read_ndjson(std::make_unique<endless_lines>("", line + "\n", lines, "")));
  check(read_json_array(std::make_unique<endless_lines>("[", line + ",\n", lines - 1, line + "]")));
  check(read_csv(std::make_unique<endless_lines>("name,note\n", std::string(40, 'x') + ",y\n", lines, ""), {}));
}

TEST_CASE("one malformed line among a hundred thousand is one reject, and the rest flows") {
  constexpr std::size_t bad = 70'001, lines = 100'000;
  std::string text;
  for (std::size_t i = 1; i <= lines; ++i) text += i == bad ? "{\"id\":\n" : "{\"id\":" + std::to_string(i) + "}\n";
  const auto reader = read_ndjson(open_text(std::move(text), "sample"));
  std::size_t good = 0;
  std::vector<std::uint64_t> rejects;
  for (auto next = reader->next(); next.has_value() && *next; next = reader->next())
    if ((*next)->reject) rejects.push_back((*next)->line);
    else ++good;
  CHECK(good == lines - 1);
  CHECK(rejects == std::vector<std::uint64_t>{bad});
}

TEST_CASE("an array's elements come one by one with the line they begin on") {
  CHECK(array("[1, {\"a\":[1,2],\n\"b\":\"],}\\\"\"},\n\n \"x\" ]\n") ==
        "1:1\n1:{\"a\":[1,2],\n\"b\":\"],}\\\"\"}\n4:\"x\"\n");
  CHECK(array("[]") == "");
  CHECK(array("\xEF\xBB\xBF \n[ ] \n") == "");
  CHECK(array("[[],[[]],{}]") == "1:[]\n1:[[]]\n1:{}\n");
}

TEST_CASE("a bad element of an array is a reject and the others are read") {
  CHECK(array("[1,,tru,\n9007199254740993,{]},2]")
            .starts_with("1:1\n1: an element is missing here <>\n1: not valid JSON"));
  CHECK(array("[1 2,3]") == "1: not valid JSON at byte 3 <1 2>\n1:3\n");
  CHECK(array("[1,]") == "1:1\n1: an element is missing here <>\n");
}

TEST_CASE("an array that is none, is cut off or goes on is an error with its line") {
  CHECK(array("") == "error source.malformed sample: line 1: is not a JSON array\n");
  CHECK(array("{\"a\":1}") == "error source.malformed sample: line 1: is not a JSON array\n");
  CHECK(array("[1,\n2") == "1:1\nerror source.malformed sample: line 2: ends within the array\n");
  CHECK(array("[1,\"a]") == "1:1\nerror source.malformed sample: line 1: ends within the array\n");
  CHECK(array("[1]\n[2]") == "error source.malformed sample: line 2: goes on after the array\n");
}

TEST_CASE("an element over the limit is a reject, and memory stays bounded while it passes") {
  const std::string text = "[\"" + std::string(3 * limits::source_line, 'x') + "\",2]";
  const auto reader = read_json_array(open_text(text, "sample"));
  CHECK(reader->next().value()->reject->message.find("longer than the limit") != std::string::npos);
  CHECK(reader->next().value()->json == "2");
}

TEST_CASE("an inline list numbers its items and checks them like any other") {
  const auto list = read_list({"1", "{", "{\"a\":2}"});
  CHECK(story(*list) == "1:1\n2: not valid JSON at byte 2 <{>\n3:{\"a\":2}\n");
}

TEST_CASE("CSV fields may hold delimiters, quotes and line ends, and lines count on") {
  CHECK(csv("name,note\r\nann,\"a, \"\"b\"\"\r\nc\"\r\n\r\nbob,\nlast, x ") ==
        "2:{\"name\":\"ann\",\"note\":\"a, \\\"b\\\"\\r\\nc\"}\n"
        "5:{\"name\":\"bob\",\"note\":\"\"}\n"
        "6:{\"name\":\"last\",\"note\":\" x \"}\n");
  CHECK(csv("a\n\"\"\n") == "2:{\"a\":\"\"}\n");
  CHECK(csv("") == "");
  CHECK(csv("a,b\n") == "");
  CHECK(csv("\xEF\xBB\xBF\"a\",b\n1,2") == "2:{\"a\":\"1\",\"b\":\"2\"}\n");
}

TEST_CASE("CSV columns have types, and an empty typed field is null") {
  csv_format how;
  how.delimiter = ';';
  how.types = {
      {"n", column_type::integer}, {"x", column_type::number}, {"b", column_type::boolean}, {"j", column_type::json}};
  CHECK(csv("s;n;x;b;j\n1; 7 ;-1.50e2;TRUE;\"{\"\"a\"\":[1]}\"\n;;;;\n2;0;3;0;\"x\"\n", how) ==
        "2:{\"s\":\"1\",\"n\":7,\"x\":-1.50e2,\"b\":true,\"j\":{\"a\":[1]}}\n"
        "3:{\"s\":\"\",\"n\":null,\"x\":null,\"b\":null,\"j\":null}\n"
        "4: column 'j' is not JSON <2;0;3;0;\"x\">\n");
}

TEST_CASE("a CSV value that is not of its type is a reject that names the column, not the value") {
  const auto one = [](column_type type, const std::string& value) {
    csv_format how;
    how.types = {{"c", type}};
    return csv("c,d\n" + value + ",x\n", how);
  };
  for (const char* bad : {"1.0", "+1", "0x10", "01", "abc", "9007199254740993", "1e3", "-"})
    CHECK_MESSAGE(one(column_type::integer, bad).starts_with("2: column 'c' is not an integer within 2^53"), bad);
  for (const char* bad : {"1,5", ".5", "1.", "NaN", "1e999", "null"})
    CHECK_MESSAGE(one(column_type::number, bad).starts_with("2: "), bad);
  for (const char* bad : {"yes", "2", "t"})
    CHECK_MESSAGE(one(column_type::boolean, bad).starts_with("2: column 'c' is not true"), bad);
}

TEST_CASE("a CSV record that is malformed is a reject and the next one is read") {
  CHECK(csv("a,b\n1\n1,2,3\nx\"y,2\n\"x\"y,2\n3,4\n") ==
        "2: 1 fields where 2 are expected <1>\n"
        "3: 3 fields where 2 are expected <1,2,3>\n"
        "4: a quote stands in the middle of a field; quote the whole field and double it <x\"y,2>\n"
        "5: text follows the closing quote of a field <\"x\"y,2>\n"
        "6:{\"a\":\"3\",\"b\":\"4\"}\n");
  CHECK(csv("a,b\n1,\"2\n3,4\n") == "2: a quoted field does not end <1,\"2\n3,4\n>\n");
  CHECK(csv("a\n\xFF\n2\n") == "2: column 'a' is not UTF-8 <\xFF>\n3:{\"a\":\"2\"}\n");
}

TEST_CASE("a CSV record over the limit is a reject and the next one is read") {
  const auto reader =
      read_csv(open_text("a\n\"" + std::string(limits::source_line + 1, 'x') + "\"\n2\n", "sample"), {});
  CHECK(reader->next().value()->reject->message.find("longer than the limit") != std::string::npos);
  CHECK(reader->next().value()->json == "{\"a\":\"2\"}");
}

TEST_CASE("a CSV record of a million empty fields is a reject: its memory counts, not its bytes") {
  const auto reader = read_csv(std::make_unique<endless_lines>("a\n", ",", 1'000'000, "\n2\n"), {});
  CHECK(reader->next().value()->reject->message.find("longer than the limit") != std::string::npos);
  CHECK(reader->next().value()->json == "{\"a\":\"2\"}");
}

TEST_CASE("a CSV without a header numbers its columns and loses no first record") {
  csv_format how;
  how.header = false;
  how.types = {{"2", column_type::integer}};
  CHECK(csv("a,1\nb,2\n", how) == "1:{\"1\":\"a\",\"2\":1}\n2:{\"1\":\"b\",\"2\":2}\n");
}

TEST_CASE("a CSV header that cannot be used is an error") {
  CHECK(csv("a,a\n1,2\n") == "error source.columns sample: two columns are named 'a'\n");
  CHECK(csv("a,\n1,2\n") == "error source.columns sample: column 2 has no name\n");
  CHECK(csv("a\"b\n1\n").starts_with("error source.columns sample: the header cannot be used"));
  csv_format how;
  how.types = {{"seats", column_type::integer}};
  CHECK(csv("a,b\n", how) == "error source.columns sample: there is no column 'seats', for which a type is given\n");
}

TEST_CASE("the words for column types are known and others are not") {
  CHECK(column_type_of("json") == column_type::json);
  CHECK(column_type_of("boolean") == column_type::boolean);
  CHECK_FALSE(column_type_of("date").has_value());
}
