#include "ctl/table.hpp"
#include "ctl/words.hpp"
#include "samples.hpp"

using namespace triggerd;
using namespace triggerd::ctl;

TEST_CASE("columns are as wide as they must be, empty ones are left out") {
  table t({{"NAME"}, {"EMPTY"}, {"N", true}, {"NOTE"}});
  t.add({"a", "", "1", ""});
  t.add({"long name", "", "1,000", "x"});
  CHECK(t.render(test::paper()) ==
        "NAME           N  NOTE\n"
        "a              1\n"
        "long name  1,000  x\n");
}

TEST_CASE("width is counted in columns of the terminal, not in bytes") {
  table t({{"NAME"}, {"X"}});
  t.add({"Größe", "1"});
  t.add({"東京", "2"});
  t.add({"e\u0301", "3"});
  t.add({"🚀", "4"});
  CHECK(t.render(test::paper()) ==
        "NAME   X\n"
        "Größe  1\n"
        "東京   2\n"
        "e\u0301      3\n"
        "🚀     4\n");
}

TEST_CASE("the widest columns that may give way are cut at the terminal's edge") {
  table t({{"NAME", false, true}, {"STATE"}, {"NOTE", false, true}});
  t.add({"a-rather-long-name", "running", "and a note that is much longer than the name"});
  const std::string text = t.render(test::terminal(50));
  CHECK(text ==
        "NAME                STATE    NOTE\n"
        "a-rather-long-name  running  and a note that is m…\n");
  const std::string narrow = t.render(test::terminal(20));
  CHECK(narrow ==
        "NAME      STATE    …\n"
        "a-rathe…  running  …\n");
}

TEST_CASE("spare columns go before the others become unreadable") {
  table t({{"NAME", false, true}, {"A", true, false, 1}, {"B", true, false, 2}, {"NOTE", false, true}});
  t.add({"a-rather-long-name", "1111111111", "2222222222", "what people came for"});
  CHECK(t.render(test::terminal(64)).find("B") != std::string::npos);
  CHECK(t.render(test::terminal(50)) ==
        "NAME                         A  NOTE\n"
        "a-rather-long-name  1111111111  what people came …\n");
  CHECK(t.render(test::terminal(40)) ==
        "NAME                NOTE\n"
        "a-rather-long-name  what people came for\n");
}

TEST_CASE("colour surrounds cells without changing their width, and only when wanted") {
  table t({{"S"}, {"X"}});
  t.add({{"ok", tint::good}, "1"});
  CHECK(t.render(test::paper()) == "S   X\nok  1\n");
  screen coloured = test::paper();
  coloured.colour = true;
  CHECK(t.render(coloured) == "\033[2mS \033[0m  \033[2mX\033[0m\n\033[32mok\033[0m  1\n");
}

TEST_CASE("a cut never splits a character") {
  CHECK(clip("Größe", 5) == "Größe");
  CHECK(clip("Größe", 4) == "Grö…");
  CHECK(clip("東京都", 4) == "東…");
  CHECK(clip("東京都", 1) == "…");
  CHECK(clip("abc", 0) == "");
  CHECK(columns("\xff\xfe") == 2);
}

TEST_CASE("spans and instants are read at a glance") {
  using namespace std::chrono;
  CHECK(span(milliseconds(250)) == "250 ms");
  CHECK(span(seconds(59)) == "59s");
  CHECK(span(seconds(65)) == "1m 5s");
  CHECK(span(hours(2)) == "2h");
  CHECK(span(hours(76) + minutes(59)) == "3d 4h");
  CHECK(when("2026-11-24T11:55:00Z", test::now()) == "5m ago");
  CHECK(when("2026-11-24T15:02:00Z", test::now()) == "in 3h 2m");
  CHECK(when("2026-11-24T12:00:00.400Z", test::now()) == "now");
  CHECK(when("soon", test::now()) == "soon");
  CHECK(count(-1234567) == "-1,234,567");
  CHECK(count(999) == "999");
  CHECK(count(1, "fire") == "1 fire");
  CHECK(count(0, "fire") == "0 fires");
  CHECK(bytes(900) == "900 B");
  CHECK(bytes(44040192) == "42.0 MiB");
}
