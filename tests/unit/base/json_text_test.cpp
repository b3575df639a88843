#include "base/json_text.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <cmath>

using namespace triggerd;

TEST_CASE("every character below 128 is written as the library of JSON reads it back") {
  std::string all;
  for (char c = 0; c >= 0 && c < 127; ++c) all += c;
  all += "\x7f und \xc3\xa4\xe2\x82\xac";
  std::string written;
  append_json_string(written, all);
  CHECK(nlohmann::json::parse(written).get<std::string>() == all);
  CHECK(written == nlohmann::json(all).dump());
}

TEST_CASE("what needs an escape is found at every place, also behind another, and nothing else is taken for it") {
  for (std::size_t first = 0; first < 20; ++first)
    for (std::size_t second = 0; second < 20; ++second)
      for (const char odd : {'"', '\\', '\x1f', '\0', '\x7f', ' ', '!'}) {
        std::string text = "abcdefghijklmnopqrst";
        text[first] = '\n';
        text[second] = odd;
        std::string written;
        append_json_string(written, text);
        CHECK(written == nlohmann::json(text).dump());
      }
}

TEST_CASE("a long text is written whole, whatever stands in it") {
  for (std::size_t size = 490; size < 530; ++size)
    for (const char fill : {'a', '"', '\x01'}) {
      const std::string text = std::string(size, fill) + "end";
      std::string written;
      append_json_string(written, text);
      CHECK(written == nlohmann::json(text).dump());
    }
}

TEST_CASE("text without anything to escape is only put into quotes") {
  std::string written = "x";
  append_json_string(written, "plain");
  append_json_string(written, "");
  CHECK(written == "x\"plain\"\"\"");
}

TEST_CASE("any value is written as the library of JSON writes it") {
  for (const char* text : {"null", "true", "-1", "18446744073709551615", "0.1", "1e300", "\"a\\u0001\\\"\"", "[]", "{}",
                           R"([1,[2,{"a":[]}],"b"])", R"({"b":{"c":null,"a":1.5},"a\"":"ä","":[{}]})"}) {
    std::string written = "x";
    append_json(written, nlohmann::json::parse(text));
    CHECK(written == "x" + nlohmann::json::parse(text).dump());
  }
  nlohmann::json odd{{"nan", std::nan("")}, {"bad \xff", "cut \xe2\x82"}, {"bytes", nlohmann::json::binary({1, 2})}};
  std::string written;
  append_json(written, odd);
  CHECK(written == odd.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

TEST_CASE("members stand in the order they were added and keep their types") {
  json_members some;
  CHECK(some.empty());
  some.count("most", UINT64_MAX).number("least", INT64_MIN).flag("is", true).text("says", "a \"b\"");
  CHECK_FALSE(some.empty());
  CHECK(some.take() == R"({"most":18446744073709551615,"least":-9223372036854775808,"is":true,"says":"a \"b\""})");
  CHECK(json_members().take() == "{}");
}

TEST_CASE("members may be objects, values and text that is JSON already") {
  json_members some(64);
  some.begin("none").end().begin("both").raw("a", "[1,2]").value("{", {{"b", nullptr}}).end().text("after", "{");
  CHECK(some.take() == R"({"none":{},"both":{"a":[1,2],"{":{"b":null}},"after":"{"})");
}
