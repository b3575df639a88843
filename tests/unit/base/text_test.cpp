#include "base/text.hpp"

#include <doctest/doctest.h>

#include <array>

using namespace triggerd;

TEST_CASE("trim takes white space from both ends only") {
  CHECK(text::trim(" \t a b\r\n") == "a b");
  CHECK(text::trim(" \n ").empty());
}

TEST_CASE("split keeps empty parts") {
  const auto parts = text::split(",a,,b", ',');
  REQUIRE(parts.size() == 4);
  CHECK(parts[0].empty());
  CHECK(parts[1] == "a");
  CHECK(parts[2].empty());
  CHECK(parts[3] == "b");
  CHECK(text::split("", ',').size() == 1);
}

TEST_CASE("join undoes split") {
  const std::array<std::string, 3> parts{"a", "", "c"};
  CHECK(text::join(parts, "; ") == "a; ; c");
  CHECK(text::join({}, ",").empty());
}

TEST_CASE("a glob matches whole texts") {
  CHECK(text::glob_match("shop-*", "shop-prod"));
  CHECK(text::glob_match("shop-*", "shop-"));
  CHECK_FALSE(text::glob_match("shop-*", "my-shop-prod"));
  CHECK(text::glob_match("*a*b", "xxaxxbxxab"));
  CHECK_FALSE(text::glob_match("*a*b", "xxaxxbx"));
  CHECK(text::glob_match("?rm", "crm"));
  CHECK_FALSE(text::glob_match("?rm", "rm"));
  CHECK(text::glob_match("**", ""));
  CHECK_FALSE(text::glob_match("", "a"));
}

TEST_CASE("a glob with many stars ends in good time") {
  std::string pattern;
  for (int i = 0; i < 60; ++i) pattern += "a*";
  CHECK_FALSE(text::glob_match(pattern + "b", std::string(20'000, 'a')));
}

TEST_CASE("the nearest word is offered only for a typing mistake") {
  constexpr std::array<std::string_view, 3> known{"targets", "timeout", "task"};
  CHECK(text::nearest("target", known) == "targets");
  CHECK(text::nearest("tiemout", known) == "timeout");
  CHECK_FALSE(text::nearest("environment", known));
}

TEST_CASE("broken UTF-8 is told apart from whole UTF-8") {
  CHECK(
      text::is_utf8("Stra\xC3\x9F"
                    "e \xF0\x9F\x9A\x80"));
  CHECK_FALSE(text::is_utf8("\xC0\xAF"));          // overlong
  CHECK_FALSE(text::is_utf8("\xED\xA0\x80"));      // surrogate
  CHECK_FALSE(text::is_utf8("\xF4\x90\x80\x80"));  // beyond U+10FFFF
  CHECK_FALSE(text::is_utf8("\xE2\x82"));          // cut short
}

TEST_CASE("control characters are seen, other bytes are not") {
  CHECK(text::has_control("a\nb"));
  CHECK(text::has_control("\x7f"));
  CHECK_FALSE(text::has_control("gr\xC3\xBC\xC3\x9F dich"));
}

TEST_CASE("text from a peer cannot drive a terminal") {
  CHECK(text::printable("a\x1b[31mb\n") == "a\\x1b[31mb\\x0a");
  CHECK(text::printable("\xC2\x9B"
                        "31m") == "\\x9b31m");  // the C1 form of ESC [
  CHECK(text::printable("ok \xFF") == "ok \\xff");
  CHECK(text::printable("gr\xC3\xBC\xC3\x9F dich") == "gr\xC3\xBC\xC3\x9F dich");
  CHECK(text::printable(std::string(600, 'x'), 10) == "xxxxxxxxxx...");
  CHECK(text::printable("exactly", 7) == "exactly");
}

TEST_CASE("percent encoding is encodeURIComponent's") {
  CHECK(text::percent_encode("a b/c:d!~*'()") == "a%20b%2Fc%3Ad!~*'()");
  CHECK(text::percent_encode("\xC3\xBC") == "%C3%BC");
  CHECK(text::form_encode("a b&c=*~") == "a+b%26c%3D*%7E");
}

TEST_CASE("percent decoding refuses a broken escape") {
  CHECK(text::percent_decode("a%20b%2f") == "a b/");
  CHECK_FALSE(text::percent_decode("%2"));
  CHECK_FALSE(text::percent_decode("%"));
  CHECK_FALSE(text::percent_decode("%zz"));
}

TEST_CASE("base64url has no padding and reads back") {
  CHECK(text::base64url("") == "");
  CHECK(text::base64url("f") == "Zg");
  CHECK(text::base64url("fo") == "Zm8");
  CHECK(text::base64url("\xFB\xFF") == "-_8");
  for (const std::string bytes : {"", "f", "fo", "foo", "foobar"})
    CHECK(text::base64url_decode(text::base64url(bytes)) == bytes);
  CHECK(text::base64url_decode("Zg==") == "f");
  CHECK_FALSE(text::base64url_decode("Zg+"));
  CHECK_FALSE(text::base64url_decode("Z"));
}

TEST_CASE("an instant is written in UTC with milliseconds and reads back") {
  const instant at(milliseconds(1'795'487'070'291));
  CHECK(text::iso(at) == "2026-11-24T02:24:30.291Z");
  CHECK(text::parse_iso("2026-11-24T02:24:30.291Z") == at);
  CHECK(text::iso(instant(milliseconds(-1))) == "1969-12-31T23:59:59.999Z");
  for (const char* text : {"0000-01-01T00:00:00.000Z", "2026-01-02T03:04:05.006Z", "9999-12-31T23:59:59.999Z"})
    CHECK(text::iso(*text::parse_iso(text)) == text);
}

TEST_CASE("an instant may carry an offset or be a bare date, but not lack a zone") {
  CHECK(text::parse_iso("2026-11-24T03:24:30+01:00") == text::parse_iso("2026-11-24T02:24:30Z"));
  CHECK(text::parse_iso("2026-11-24 02:24Z") == text::parse_iso("2026-11-24T02:24:00.000Z"));
  CHECK(text::parse_iso("2026-11-24") == text::parse_iso("2026-11-24T00:00:00Z"));
  CHECK(text::parse_iso("2028-02-29").has_value());
  CHECK_FALSE(text::parse_iso("2026-11-24T02:24:30"));
  CHECK_FALSE(text::parse_iso("2026-02-29"));
  CHECK_FALSE(text::parse_iso("2026-11-24T24:00:00Z"));
  CHECK_FALSE(text::parse_iso("2026-11-24T02:24:30Zx"));
  CHECK_FALSE(text::parse_iso("2026-11-24T02:24:30+24:00"));
  CHECK_FALSE(text::parse_iso("2026-11-24T02:24:30-01:60"));
  CHECK_FALSE(text::parse_iso("yesterday"));
}

TEST_CASE("an instant that could not be written with four digits of a year is none") {
  CHECK(text::iso(*text::parse_iso("0000-01-01T00:00:00Z")) == "0000-01-01T00:00:00.000Z");
  CHECK(text::iso(*text::parse_iso("9999-12-31T23:59:59.999Z")) == "9999-12-31T23:59:59.999Z");
  CHECK_FALSE(text::parse_iso("9999-12-31T23:59:60Z"));
  CHECK_FALSE(text::parse_iso("0000-01-01T00:00:00+00:01"));
}

TEST_CASE("a duration is shown exactly, largest units first") {
  CHECK(text::show(milliseconds(0)) == "0s");
  CHECK(text::show(milliseconds(5'400'000)) == "1h30m");
  CHECK(text::show(milliseconds(90'000'250)) == "1d1h250ms");
  CHECK(text::show(milliseconds(-1'500)) == "-1s500ms");
}

TEST_CASE("text is compared without regard to the case of ASCII letters alone") {
  CHECK(text::equals_ignoring_case("Content-Length", "content-LENGTH"));
  CHECK_FALSE(text::equals_ignoring_case("content-length", "content-lengt"));
  CHECK_FALSE(text::equals_ignoring_case("a[", "A{"));  // these differ by the bit that letters differ by
  CHECK(text::equals_ignoring_case("", ""));
}
