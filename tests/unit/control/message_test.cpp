#include "control/message.hpp"

#include <doctest/doctest.h>

using namespace triggerd::control;

TEST_CASE("a call is read with its flags, and absent parameters are an empty object") {
  const auto call = parse_call(R"({"method":"a.B","more":true})");
  REQUIRE(call.has_value());
  CHECK(call->method == "a.B");
  CHECK(call->more);
  CHECK_FALSE(call->oneway);
  CHECK(call->parameters == nlohmann::json::object());
}

TEST_CASE("what is no call is refused in words") {
  const auto why = [](const std::string& text) { return parse_call(text).error().message; };
  CHECK(why("{") == "not JSON");
  CHECK(why("[]") == "not a JSON object");
  CHECK(why("{}") == "a call needs a 'method'");
  CHECK(why(R"({"method":7})") == "a call needs a 'method'");
  CHECK(why(R"({"method":"a.B","parameters":[]})") == "'parameters' is not an object");
  CHECK(why(R"({"method":"a.B","more":1})") == "'more' is neither true nor false");
  CHECK(why(R"({"method":"a.B","upgrade":true})") == "'upgrade' is not offered here");
}

TEST_CASE("deep nesting is refused before it is parsed, brackets in strings do not count") {
  CHECK(parse_call(std::string(500'000, '[')).error().message == "the JSON nests too deep");
  CHECK(parse_call(R"({"method":"a.B","parameters":{"x":")" + std::string(200, '[') + R"(\"["}})").has_value());
}

TEST_CASE("bytes that are not UTF-8 do not stop a reply") {
  reply_message reply;
  reply.parameters["text"] = "a\xff\xfe";
  const std::string bytes = encode(reply);
  CHECK(bytes.back() == '\0');
  const auto back = parse_reply(std::string_view(bytes).substr(0, bytes.size() - 1));
  REQUIRE(back.has_value());
  CHECK(back->parameters["text"] == "a\xef\xbf\xbd\xef\xbf\xbd");
}
