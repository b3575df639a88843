#include "source/variables.hpp"
#include "source/codes.hpp"

#include <doctest/doctest.h>

using namespace triggerd;
using namespace triggerd::source;

namespace {

std::string told(const result<std::vector<variable>>& parsed) {
  if (!parsed) return parsed.error().message;
  std::string out;
  for (const variable& one : *parsed) out += one.name + "=" + one.value + "|";
  return out;
}
std::string env(std::string_view text) { return told(parse_dotenv(text, "x.env")); }
std::string flat(std::string_view text) { return told(parse_flat_json(text, "x.json")); }

}  // namespace

TEST_CASE("dotenv reads names, values, comments and the export prefix") {
  CHECK(env("# top\n\nA=1\n  B = two words  \nexport C=3\nD=\nE=a#b\nF=a #b\nG=#c\n") ==
        "A=1|B=two words|C=3|D=|E=a#b|F=a|G=|");
  CHECK(env("") == "");
  CHECK(env("A=1") == "A=1|");
  CHECK(env("\xEF\xBB\xBF"
            "A=1\r\nB=\"x\r\ny\"\r\nC=\r\n") == "A=1|B=x\ny|C=|");
  CHECK(env("A=\"x\\\r\ny\"\r\n") == env("A=\"x\\\ny\"\n"));
  CHECK(env("export=1\nexport export=2\nexported=3") == "export=2|exported=3|");
  CHECK(env("A.b-C_9=$HOME ${X}") == "A.b-C_9=$HOME ${X}|");
  CHECK(env("URL=postgres://u:p@h/db?a=b\n") == "URL=postgres://u:p@h/db?a=b|");
}

TEST_CASE("dotenv quotes: double with escapes, single and backtick literal, all over lines") {
  CHECK(env(R"(A="a\nb\t\"c\" \\ \$ \x")") == "A=a\nb\t\"c\" \\ $ \\x|");
  CHECK(env(R"(A='a\nb "c"' # comment)") == R"(A=a\nb "c"|)");
  CHECK(env("A=`it's \"so\"`\nB=2") == "A=it's \"so\"|B=2|");
  CHECK(env("K=\"-----BEGIN\nabc\n-----END\"\nL=1\n") == "K=-----BEGIN\nabc\n-----END|L=1|");
  CHECK(env("A=\"\"\nB=''") == "A=|B=|");
  CHECK(env("A=\"# no comment\"\n") == "A=# no comment|");
}

TEST_CASE("dotenv keeps the first place and the last value of a repeated name") {
  const auto parsed = parse_dotenv("A=1\nB=2\nA=3\n", "x.env");
  REQUIRE(parsed.has_value());
  CHECK(*parsed == std::vector<variable>{{"A", "3", 3}, {"B", "2", 2}});
}

TEST_CASE("a dotenv line that is nothing we know is an error with its line and without its value") {
  CHECK(env("A=1\nhunter2\n") == "x.env: line 2: there is no '=' after the name");
  CHECK(env("K=-----BEGIN\nMIIEhunter2\n") == "x.env: line 2: there is no '=' after the name");
  CHECK(env("1A=x") == "x.env: line 1: a variable's name must begin with a letter or '_'");
  CHECK(env("=x") == "x.env: line 1: a variable's name must begin with a letter or '_'");
  CHECK(env("export A") == "x.env: line 1: there is no '=' after the name");
  CHECK(env("A=1\nB=\"hunter2\n\n") == "x.env: line 2: the quoted value of 'B' does not end");
  CHECK(env("B=\"a\nb\" hunter2") == "x.env: line 2: text follows the closing quote of 'B'");
  CHECK(env("A=\xFF") == "x.env: line 1: the text is not UTF-8");
  CHECK(env(std::string_view("A=a\0b", 5)) == "x.env: line 1: the text holds a NUL byte");
  CHECK(parse_dotenv("?", "x.env").error().code == source::codes::malformed);
}

TEST_CASE("a flat object gives texts, numbers in their own spelling and booleans") {
  CHECK(flat(R"({"A":"x","B":1,"C":-2,"D":1.50,"E":true,"F":false,"G":"","A":"last"})") ==
        "A=last|B=1|C=-2|D=1.50|E=true|F=false|G=|");
  CHECK(flat("{}") == "");
}

TEST_CASE("a flat object refuses null, nesting and anything else without quoting values") {
  CHECK(flat(R"({"A":null})").starts_with("x.json: the value of 'A' is null"));
  CHECK(flat(R"({"A":{"b":"hunter2"}})").starts_with("x.json: the value of 'A' is an object"));
  CHECK(flat(R"({"A":["hunter2"]})").starts_with("x.json: the value of 'A' is an array"));
  CHECK(flat(R"(["hunter2"])") == "x.json: is not a JSON object");
  CHECK(flat(R"("hunter2")") == "x.json: is not a JSON object");
  CHECK(flat(R"({"A":"hunter2")").starts_with("x.json: not valid JSON at byte "));
  CHECK(flat(R"({"A":"1"} {})").starts_with("x.json: not valid JSON at byte "));
  CHECK(flat("") == "x.json: not valid JSON at byte 1");
  CHECK(flat(std::string_view("{}\0{", 4)) == "x.json: the text holds a NUL byte");
}
