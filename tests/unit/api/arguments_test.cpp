#include "api/arguments.hpp"

#include "unit/api/family_bench.hpp"

using namespace triggerd;
using namespace triggerd::api;
using namespace triggerd::api::test;

TEST_CASE("text is measured as JavaScript measures it") {
  CHECK(utf16_length("") == 0);
  CHECK(utf16_length("abc") == 3);
  CHECK(utf16_length("\xc3\xa9\xe2\x82\xac") == 2);  // two letters of one unit each
  CHECK(utf16_length("\xf0\x9f\x98\x80") == 2);      // one sign of two units
}

TEST_CASE("a name is neither empty nor too long, and what it holds can be shown") {
  CHECK(check_name("name", "a b/\xc3\xa9").has_value());
  CHECK(check_name("name", "abc", 3).has_value());
  hold_refused(check_name("name", "abcd", 3), "name", "abcd");
  for (const auto* bad : {"", "a\nb", "a\r\nx-header: 1", "\x7f", "\xff", "\xc3"})
    hold_refused(check_name("name", bad), "name");
  hold_refused(check_name("name", std::string_view("a\0b", 3)), "name");
  CHECK(check_name_if_any("name", "").has_value());
  hold_refused(check_name_if_any("name", "a\nb"), "name", "a\nb");
}

TEST_CASE("tags are at most ten, each of at most 128 characters") {
  CHECK(check_tags({}).has_value());
  CHECK(check_tags(std::vector<std::string>(10, std::string(128, 't'))).has_value());
  hold_refused(check_tags(std::vector<std::string>(11, "t")), "tags");
  hold_refused(check_tags({std::string(129, 't')}), "tags");
  hold_refused(check_tags({"a", ""}), "tags");
}

TEST_CASE("a moment is whole seconds or an instant in UTC") {
  CHECK(moment_text("delay", milliseconds(0)).value() == "0s");
  CHECK(moment_text("delay", milliseconds(1'001)).value() == "2s");
  CHECK(moment_text("delay", instant(milliseconds(1'769'904'000'000))).value() == "2026-02-01T00:00:00.000Z");
  hold_refused(moment_text("delay", milliseconds(-1)), "delay");
  CHECK(span_text("ttl", milliseconds(1)).value() == "1s");
  CHECK(span_text("ttl", std::chrono::hours(24)).value() == "86400s");
  hold_refused(span_text("ttl", milliseconds(0)), "ttl");
  hold_refused(span_text("ttl", milliseconds(-5)), "ttl");
}

TEST_CASE("JSON that is handed in must reach the server unchanged") {
  CHECK(json_argument("data", R"({"a":[1,null]})").value() == json::parse(R"({"a":[1,null]})"));
  CHECK(json_argument("data", "9007199254740992").has_value());
  for (const auto* bad : {"", "{", "nul", "{} {}", "'a'"}) hold_refused(json_argument("data", bad), "data");
  hold_refused(json_argument("data", R"({"id":9007199254740993})"), "data", "9007199254740993");
  hold_refused(json_argument("data", std::string(100'000, '[') + std::string(100'000, ']')), "data");
}
