#include "sandbox/superjson.hpp"

#include <doctest/doctest.h>

namespace triggerd::sandbox::test {

namespace {

std::string shown(const char* super) { return dump_json(flattened(json::parse(super))); }

}  // namespace

TEST_SUITE("superjson") {
  TEST_CASE("plain JSON is itself, and a date is its text") {
    CHECK(shown(R"({"json":{"a":[1,"two",null]}})") == R"({"a":[1,"two",null]})");
    CHECK(shown(R"({"json":{"at":"2026-01-02"},"meta":{"values":{"at":["Date"]}}})") == R"({"at":"2026-01-02"})");
    CHECK(shown(R"({"json":null,"meta":{"values":["undefined"]}})") == "null");
  }

  TEST_CASE("a field that was undefined is not there, an item of a list is null") {
    CHECK(shown(R"({"json":{"a":1,"b":null},"meta":{"values":{"b":["undefined"]}}})") == R"({"a":1})");
    CHECK(shown(R"({"json":{"a":[1,null]},"meta":{"values":{"a.1":["undefined"]}}})") == R"({"a":[1,null]})");
    CHECK(shown(R"({"json":{"a":[{"b":null}]},"meta":{"values":{"a.0.b":["undefined"]}}})") == R"({"a":[{}]})");
  }

  TEST_CASE("a dot of a name is no step") {
    CHECK(shown(R"({"json":{"a.b":null,"a":{"b":null}},"meta":{"values":{"a\\.b":["undefined"]}}})") ==
          R"({"a":{"b":null}})");
  }

  TEST_CASE("notes that lead nowhere change nothing") {
    for (const char* path : {"x", "a.x.y", "a.0", "", "a.01", "."}) {
      CAPTURE(path);
      const json super = {{"json", {{"a", {{"b", nullptr}}}, {"l", {1}}}},
                          {"meta", {{"values", {{path, {"undefined"}}}}}}};
      CHECK(flattened(super) == super.at("json"));
    }
    CHECK(shown(R"({"json":[1],"meta":{"values":{"9":["undefined"],"x":["undefined"]}}})") == "[1]");
    CHECK(shown(R"({"json":5,"meta":{"values":{"a":["undefined"]}}})") == "5");
    CHECK(shown(R"({"meta":{}})") == "null");
    CHECK(shown(R"({"json":1,"meta":7})") == "1");
  }
}

}  // namespace triggerd::sandbox::test
