// What of the live view reaches the terminal, and what the terminal's bytes mean.
#include "ctl/top_chart.hpp"
#include "top_watched.hpp"

using namespace triggerd;
using ctl::key_name;
using nlohmann::json;
using test::watched;

TEST_CASE("no line is wider than the screen and none too many, whatever its size") {
  watched on;
  on.status = test::troubled_status();
  on.targets["targets"][0]["name"] = std::string(300, 'x');
  on.jobs["jobs"][0]["name"] = "東京" + std::string(300, 'y');
  on.round();
  for (const char* keys : {"", "2", "3", "3\r", "?"}) {
    on.press("\033\033" + std::string(keys));
    on.pass(std::chrono::seconds(1));
    for (std::size_t width = 1; width <= 121; width += 4)
      for (const std::size_t height : {1, 2, 5, 12, 24, 50}) {
        ctl::screen screen = test::terminal(width, height);
        for (const bool colour : {false, true}) {
          screen.colour = colour;
          const auto lines = ctl::top_lines(on.model, screen, on.now);
          CHECK(lines.size() == height);
          for (const std::string& line : lines) CHECK(ctl::columns(line) <= width);
        }
      }
  }
}

TEST_CASE("no control character of a name reaches the terminal, nor of what is typed") {
  watched on;
  const std::string evil =
      "a\033[2J\xc2\x9b"
      "31m\r\nb\x07";
  for (json* one : {&on.targets["targets"][0], &on.jobs["jobs"][0]}) (*one)["name"] = evil;
  for (const char* field : {"id", "job", "state", "note"}) on.fires["fires"][0][field] = evil;
  on.status["version"] = on.status["state"] = evil;
  on.status["trouble"] = json::array({{{"what", evil}, {"next", evil}}});
  on.round();
  for (const char* keys : {"", "p", "3jc", "3\r", "/\xc2\x9b"}) {
    on.press(keys);
    on.round();
    for (const std::string& line : ctl::top_lines(on.model, test::terminal(200, 40), on.now)) {
      CHECK_FALSE(text::has_control(line));
      CHECK(line.find("\xc2\x9b") == std::string::npos);
    }
  }
}

TEST_CASE("a terminal without UTF-8 gets ASCII of the same width") {
  watched on;
  on.targets["targets"][0]["name"] = "größe-東";
  on.round();
  ctl::screen plain = test::terminal(80, 24);
  const auto drawn = ctl::top_lines(on.model, plain, on.now);
  plain.utf8 = false;
  const auto lines = ctl::top_lines(on.model, plain, on.now);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    CHECK(std::all_of(lines[i].begin(), lines[i].end(), [](char c) { return c >= ' ' && c <= '~'; }));
    CHECK(ctl::columns(lines[i]) == ctl::columns(drawn[i]));
  }
}

TEST_CASE("sparklines are as high as their highest value") {
  CHECK(ctl::sparkline({0, 1, 50, 100}) == "▁▂▅█");
  CHECK(ctl::sparkline({0, 0}) == "▁▁");
  CHECK(ctl::as_ascii(ctl::sparkline({0, 1, 50, 100})) == "_.=#");
}

TEST_CASE("keys are understood however their bytes arrive") {
  ctl::key_reader keys;
  CHECK(keys.feed("\033").empty());
  CHECK(keys.waits());
  CHECK(keys.feed("[").empty());
  CHECK(keys.feed("A\033[6~\033OB") == std::vector<ctl::key>{{key_name::up}, {key_name::page_down}, {key_name::down}});
  CHECK(keys.feed("\xc3").empty());
  CHECK(keys.feed("\xbcx") == std::vector<ctl::key>{{key_name::text, "ü"}, {key_name::text, "x"}});
  CHECK(keys.feed("\033[99;5q\x01").empty());  // known to nobody
  CHECK_FALSE(keys.waits());
  CHECK(keys.feed("\033").empty());
  CHECK(keys.give_up() == std::vector<ctl::key>{{key_name::escape}});
  CHECK(keys.feed("\033q") == std::vector<ctl::key>{{key_name::escape}, {key_name::text, "q"}});
}
