#include "spec/units.hpp"

#include "spec/codes.hpp"
#include "support/shown_result.hpp"

#include <doctest/doctest.h>

#include <initializer_list>

using namespace triggerd;
using namespace triggerd::spec;

TEST_CASE("a duration is the sum of its parts") {
  CHECK(*parse_duration("90s") == milliseconds(90'000));
  CHECK(*parse_duration("1h30m") == milliseconds(5'400'000));
  CHECK(*parse_duration("500ms") == milliseconds(500));
  CHECK(*parse_duration("1w2d3h4m5s6ms") == milliseconds(788'645'006));
  CHECK(*parse_duration("0s") == milliseconds(0));
  CHECK(*parse_duration("3653d") == milliseconds(315'619'200'000));
}

TEST_CASE("a duration that leaves room for doubt is refused") {
  for (const auto text :
       {"", "90", "s", "1.5h", "1 h", " 1h", "-1h", "+1h", "1H", "1h30", "30m1h", "1h1h", "1y", "1h,2m", "1s5m"}) {
    const auto parsed = parse_duration(text);
    INFO(text);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().code == spec::codes::duration);
  }
}

TEST_CASE("a bare number is told to carry its unit") {
  CHECK(parse_duration("90").error().message.find("has no unit") != std::string::npos);
  CHECK(parse_size("90").error().message.find("has no unit") != std::string::npos);
  CHECK(parse_duration("1.5h").error().message.find("fraction") != std::string::npos);
}

TEST_CASE("a duration over ten years is refused without overflow") {
  for (const auto text :
       {"3653d1ms", "11000d", "99999999999999999999s", "9223372036854775807w", "18446744073709551615ms"}) {
    INFO(text);
    const auto parsed = parse_duration(text);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().message.find("ten years") != std::string::npos);
  }
}

TEST_CASE("a signed duration may look back") {
  CHECK(*parse_signed_duration("-2h") == milliseconds(-7'200'000));
  CHECK(*parse_signed_duration("2h") == milliseconds(7'200'000));
  CHECK_FALSE(parse_signed_duration("--2h"));
  CHECK_FALSE(parse_signed_duration("-"));
}

TEST_CASE("a rate counts per unit or per duration") {
  CHECK(*parse_rate("1200/min") == rate{1200, milliseconds(60'000)});
  CHECK(*parse_rate("500/5s") == rate{500, milliseconds(5'000)});
  CHECK(*parse_rate("25/s") == rate{25, milliseconds(1'000)});
  CHECK(*parse_rate("10/sec") == rate{10, milliseconds(1'000)});
  CHECK(*parse_rate("1/1h30m") == rate{1, milliseconds(5'400'000)});
  CHECK(parse_rate("1200/min")->per_second() == doctest::Approx(20));
}

TEST_CASE("a rate without count, time or slash is refused") {
  for (const auto text : {"", "10", "10/", "/s", "0/s", "10/0s", "10/5", "10/fortnight", "-1/s", "1.5/s", "10 /s",
                          "10/ s", "10/s/s", "1000000001/s", "99999999999999999999/s"}) {
    const auto parsed = parse_rate(text);
    INFO(text);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().code == spec::codes::rate);
  }
}

TEST_CASE("sizes know decimal and binary units") {
  CHECK(*parse_size("512B") == 512);
  CHECK(*parse_size("64KiB") == 65'536);
  CHECK(*parse_size("3MB") == 3'000'000);
  CHECK(*parse_size("1kB") == 1'000);
  CHECK(*parse_size("2GiB") == 2'147'483'648);
  CHECK(*parse_size("0B") == 0);
}

TEST_CASE("a size without a known unit, or beyond 64 bits, is refused") {
  for (const auto text : {"", "512", "KiB", "1.5MB", "-1B", "1 KiB", "1kb", "1K", "1KiBx", "9223372036854775808B",
                          "99999999TiB", "99999999999999999999B"}) {
    const auto parsed = parse_size(text);
    INFO(text);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().code == spec::codes::size);
  }
}

TEST_CASE("a share is a part of the whole, or a count") {
  const share two = *parse_share("2%");
  CHECK(two.allows(2, 100));
  CHECK_FALSE(two.allows(3, 100));
  CHECK(two.allows(0, 0));
  CHECK_FALSE(two.allows(1, 0));
  CHECK(parse_share("0.5%")->allows(1, 200));
  CHECK_FALSE(parse_share("0%")->allows(1, 1'000'000));
  const share ten{.count = 10};
  CHECK(ten.allows(10, 11));
  CHECK_FALSE(ten.allows(11, 1'000));
}

TEST_CASE("a share in text needs its percent sign") {
  for (const auto text : {"", "2", "%", "101%", "-1%", "1e1%", "nan%", "2 %", "1.2.3%"}) {
    const auto parsed = parse_share(text);
    INFO(text);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().code == spec::codes::share);
  }
}

TEST_CASE("the server is given whole seconds, never fewer than asked") {
  CHECK(server_duration(milliseconds(5'400'000)) == "5400s");
  CHECK(server_duration(milliseconds(1'001)) == "2s");
  CHECK(server_duration(milliseconds(1)) == "1s");
  CHECK(server_duration(milliseconds(0)) == "0s");
}

TEST_CASE("what a file says is quoted without its control characters") {
  CHECK(parse_duration("1h\x1b[31m").error().message.find('\x1b') == std::string::npos);
}
