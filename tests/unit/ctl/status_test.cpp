#include "ctl/status_view.hpp"
#include "ctl/words.hpp"
#include "samples.hpp"

using namespace triggerd;
using ctl::show_status;

TEST_CASE("a calm daemon is seven lines") {
  CHECK(show_status(test::calm_status(), test::paper()) ==
        "triggerd 0.1.0  running  up 3d 4h  pid 4711  memory 42.0 MiB\n"
        "targets  12 ok, 1 disabled\n"
        "fires    none\n"
        "next     nightly-report in 13h 15m (2026-11-25 01:15:00 UTC)\n"
        "reload   applied 2h ago, configuration 9f86d081884c\n"
        "ledger   ok, 12,345 commits, last took 0.2 ms, 0 queued\n"
        "\n"
        "nothing is wrong\n");
}

TEST_CASE("what is wrong stands there with its time and what comes next") {
  CHECK(show_status(test::troubled_status(), test::paper()) ==
        "triggerd 0.1.0  disk  up 1m  pid 4711  memory 900 B\n"
        "targets  10 ok, 1 parked, 2 unproved\n"
        "fires    2 running, 1 queued, 1 unknown\n"
        "next     nothing is scheduled\n"
        "ledger   cannot be written: no space left on device\n"
        "\n"
        "wrong now\n"
        "  the ledger cannot be written: no space left on device\n"
        "    since 2026-11-24 11:58:30 (1m 30s ago); next: tries again in 5s; nothing is sent until then\n"
        "  target shop-prod is parked: 401\n"
        "    since 2026-11-24 09:00:00 (3h ago); next: proof again in 55s\n"
        "  fire 01abc has 2 unknown actions\n"
        "    next: triggerctl resolve\n");
}

TEST_CASE("status fits the screen however much is wrong") {
  auto reply = test::troubled_status();
  for (int i = 0; i < 200; ++i) reply["trouble"].push_back({{"what", std::string(300, 'x')}, {"next", "soon"}});
  const std::string text = show_status(reply, test::terminal(80, 24));
  CHECK(std::count(text.begin(), text.end(), '\n') < 24);
  CHECK(text.find("more; see triggerctl targets") != std::string::npos);
  std::size_t start = text.find("wrong now");
  for (std::size_t end = text.find('\n', start); end != std::string::npos; end = text.find('\n', start)) {
    CHECK(end - start <= 82);  // bytes; the cut mark has three
    start = end + 1;
  }
}

TEST_CASE("where there is room a long trouble is told in full, else what happens next is not cut off") {
  auto reply = test::troubled_status();
  reply["trouble"] = json::array(
      {{{"what",
         "target shop-prod is parked: the key is of another project than the file says, so nothing is sent to it"},
        {"since", "2026-11-24T09:00:00.000Z"},
        {"next", "mend the file, then triggerctl reload"}}});
  CHECK(show_status(reply, test::terminal(64, 24))
            .find("wrong now\n"
                  "  target shop-prod is parked: the key is of another project than\n"
                  "  the file says, so nothing is sent to it\n"
                  "    since 2026-11-24 09:00:00 (3h ago); next: mend the file,\n"
                  "    then triggerctl reload\n") != std::string::npos);
  for (int i = 0; i < 20; ++i) reply["trouble"].push_back(reply["trouble"][0]);
  const std::string brief = show_status(reply, test::terminal(64, 24));
  CHECK(brief.find("    since 3h ago; next: mend the file, then triggerctl reload\n") != std::string::npos);
  CHECK(std::count(brief.begin(), brief.end(), '\n') < 24);
}

TEST_CASE("no line of status is wider than the screen") {
  auto reply = test::troubled_status();
  reply["ledger"]["trouble"] = std::string(300, 'x');
  reply["reload"] = {{"verdict", "refused"}, {"at", "2026-11-24T11:00:00.000Z"}, {"note", std::string(300, 'y')}};
  for (const std::size_t width : {20, 40, 80}) {
    ctl::screen on = test::terminal(width, 24);
    on.colour = true;
    const std::string shown = show_status(reply, on);
    for (const auto line : text::split(shown, '\n')) CHECK(ctl::columns(line) <= width);
  }
}

TEST_CASE("ages follow the daemon's clock, not ours") {
  ctl::screen wrong_clock = test::paper();
  wrong_clock.now += std::chrono::hours(1000);
  CHECK(show_status(test::calm_status(), wrong_clock) == show_status(test::calm_status(), test::paper()));
}

TEST_CASE("a reply of another version is shown as far as it is understood") {
  CHECK(show_status(nlohmann::json::parse(R"({"state": 7, "trouble": [3, {"what": "a\u001b[31mb"}]})"), test::paper())
            .find("a\\x1b[31mb") != std::string::npos);
}
