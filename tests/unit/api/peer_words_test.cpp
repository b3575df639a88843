#include "base/limits.hpp"
#include "unit/api/calls.hpp"

#include <doctest/doctest.h>

using namespace triggerd;
using namespace triggerd::api;
using namespace triggerd::api::test;

namespace {

std::string words(std::string body) { return peer_words(response(400, std::move(body))); }

}  // namespace

TEST_CASE("the server's words are found in each of its error bodies") {
  CHECK(words(R"({"error":"Invalid API key"})") == "Invalid API key");
  CHECK(words(R"({"error":{"message":"nested","code":"x"}})") == "nested");
  CHECK(words(R"({"message":"Unexpected Server Error"})") == "Unexpected Server Error");
  CHECK(words(R"({"ok":false,"error":"Session closed"})") == "Session closed");
  CHECK(words(R"({"title":"Unauthorized","status":401,"type":"about:blank","detail":"No key"})") == "No key");
  CHECK(words(R"({"title":"Unauthorized","status":401})") == "Unauthorized");
  CHECK(words("Unexpected Server Error") == "Unexpected Server Error");
  CHECK(words(R"("just text")") == "just text");
}

TEST_CASE("lists of complaints are told with their places, the first few of them") {
  CHECK(words(R"({"error":"Query Error","details":[{"code":"x","message":"bad","path":["filter","status",0]}]})") ==
        "Query Error - filter.status.0: bad");
  CHECK(words(R"({"error":"Invalid request body","issues":[{"message":"one"},{"message":"two","path":[]}]})") ==
        "Invalid request body - one; two");
  CHECK(words(R"({"error":"no","variableErrors":[{"key":"A","error":"exists"},{"key":"B","error":"exists"}]})") ==
        "no - A: exists; B: exists");
  CHECK(words(R"({"error":"no","issues":[{"message":"1"},{"message":"2"},{"message":"3"},{"message":"4"}]})") ==
        "no - 1; 2; 3; ...");
  CHECK(words(R"({"error":"too much","code":"scopes_exceed_key_access","deniedScopes":["read:a","write:b"]})") ==
        "too much - read:a, write:b");
  CHECK(words(R"({"issues":[{"message":"alone"}]})") == "alone");
}

TEST_CASE("a body without words has none") {
  for (const auto* body :
       {"", "   ", "{}", "[]", "null", "7", "<html><body>secret</body></html>", "\n <?xml?>", R"({"error":null})",
        R"({"error":5,"message":[]})", R"({"issues":[1,null,"x",{}]})", R"({"details":{"message":"no list"}})"}) {
    CAPTURE(body);
    CHECK(words(body).empty());
  }
}

TEST_CASE("the words are one printable, bounded line") {
  const auto hostile = words("{\"error\":\"a\\u0000b\\r\\n\\u001b[31mred\"}");
  CHECK(hostile.find_first_of("\r\n\x1b") == std::string::npos);
  CHECK(words("plain\ntext\x1b[0m").find_first_of("\n\x1b") == std::string::npos);
  CHECK(words(R"({"error":")" + std::string(10'000, 'x') + "\"}").size() <= limits::peer_words + 3);
  CHECK(words(std::string(10'000, 'x')).size() <= limits::peer_words + 3);
  CHECK(words(std::string("{\"error\":\"bad \xff utf-8\"}")).find('\xff') == std::string::npos);
}

TEST_CASE("a body too large to be an error of the server's own is not looked at") {
  CHECK(words(R"({"error":"no","padding":")" + std::string(70'000, ' ') + "\"}").empty());
}

TEST_CASE("nesting as deep as the server likes costs no stack") {
  const std::string open(30'000, '[');
  const std::string close(30'000, ']');
  CHECK(words(R"({"issues":[{"message":"deep","path":)" + open + close + "}]}") == "deep");
  CHECK(words(R"({"issues":[{"message":"deep","path":["a",)" + open + close + ",2]}]}") == "a.2: deep");
  CHECK(words(R"({"error":)" + open + close + "}").empty());
}
