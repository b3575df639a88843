// The live view without a terminal: replies and keys go in, calls to the daemon and the screen's text come out.
#include "control/codes.hpp"
#include "ctl/top_chart.hpp"
#include "ctl/top_view.hpp"
#include "ctl/words.hpp"
#include "samples.hpp"

using namespace triggerd;
using ctl::key_name;
using ctl::top_pane;
using about = ctl::top_question::about;

namespace {

json some_targets() {
  return test::reply_of("Targets", R"({"targets": [
    {"name": "crm-prod", "project": "proj_a", "environment": "prod", "state": "ok", "since": "2026-11-24T10:00:00.000Z",
     "enabled": true, "in_flight": 3, "budget": {"limit": 1200, "remaining": 600}, "requests": 100, "retries": 2,
     "failures": 1, "p50_ms": 12.0, "p99_ms": 80.0},
    {"name": "shop-prod", "project": "proj_b", "environment": "prod", "state": "parked",
     "since": "2026-11-24T09:00:00.000Z", "trouble": "401", "next": "proof again in 55s", "enabled": true,
     "in_flight": 0, "requests": 7, "retries": 0, "failures": 7}]})");
}

json some_jobs() {
  return test::reply_of("Jobs", R"({"jobs": [
    {"name": "import-orders", "kind": "batch", "enabled": true, "targets": ["shop-prod", "crm-prod"], "running": 1,
     "last": {"fire": "01kb1", "state": "running"}},
    {"name": "shop-prod", "kind": "trigger", "enabled": true, "targets": ["crm-prod"], "schedule": "every 5m",
     "next": "2026-11-24T12:04:00.000Z", "running": 0,
     "last": {"fire": "01kb0", "state": "done", "ended": "2026-11-24T11:59:00.000Z"}}]})");
}

json fire_of(const std::string& id, const std::string& state, int done, int actions) {
  json out = test::one_fire(state);
  out["id"] = id;
  out.erase("note");
  out["legs"].erase(1);
  out["legs"][0]["state"] = state;
  out["legs"][0]["done"] = done;
  out["legs"][0]["actions"] = actions;
  out["legs"][0]["failed"] = out["legs"][0]["unknown"] = 0;
  if (state == "running") out.erase("ended");
  return out;
}

json fires_reply(std::vector<json> fires) {
  json out = json::object();
  out["fires"] = std::move(fires);
  return test::reply_of("Fires", out.dump());
}

// A daemon of canned replies, and the person before the screen.
struct watched {
  ctl::top_model model{"/run/triggerd/control", std::chrono::seconds(1)};
  json status = test::calm_status(), targets = some_targets(), jobs = some_jobs();
  json unfinished = fires_reply({fire_of("01kb1", "running", 50, 100)});
  json fires = fires_reply({fire_of("01kb0", "done", 4, 4)});
  std::vector<ctl::top_question> changes;
  steady_time now{std::chrono::seconds(1'000)};

  json reply_to(const ctl::top_question& asked) {
    switch (asked.what) {
      case about::status: return status;
      case about::targets: return targets;
      case about::jobs: return jobs;
      case about::unfinished: return unfinished;
      case about::fires: return fires;
      case about::fire: return {{"fire", fire_of("01kb1", "running", 50, 100)}, {"actions", json::array()}};
      case about::change: changes.push_back(asked); return {{"jobs", json::array()}, {"targets", {"crm-prod"}}};
    }
    return {};
  }
  std::vector<std::string> round() {
    std::vector<std::string> methods;
    while (const auto asked = model.next(now)) {
      methods.push_back(asked->method);
      model.answered(*asked, control::answer(reply_to(*asked)), now);
    }
    return methods;
  }
  void pass(std::chrono::nanoseconds how_long) {
    now += how_long;
    round();
  }
  void press(const std::string& bytes) {
    ctl::key_reader keys;
    for (const auto& one : keys.feed(bytes)) model.press(one);
    for (const auto& one : keys.give_up()) model.press(one);
  }
  std::string screen(std::size_t width = 100, std::size_t height = 24) {
    std::string out;
    for (const std::string& line : ctl::top_lines(model, test::terminal(width, height), now)) out += line + "\n";
    return out;
  }
  bool shows(const std::string& text) { return screen().find(text) != std::string::npos; }
};

control::answer refusal(const char* name, json parameters) {
  control::failure why;
  why.name = std::string("io.triggerd.Control.") + name;
  why.parameters = std::move(parameters);
  return control::answer(why);
}

}  // namespace

TEST_CASE("a round asks for everything once, and the next one waits its time") {
  watched on;
  CHECK(on.round() == std::vector<std::string>{"Status", "Targets", "Jobs", "Fires", "Fires"});
  CHECK(on.round().empty());
  CHECK(on.model.due() == on.now + std::chrono::seconds(1));
  on.now = on.model.due();
  CHECK(on.round().size() == 5);
}

TEST_CASE("the whole view: head, lists, keys") {
  watched on;
  on.round();
  on.targets["targets"][0]["requests"] = 150;
  on.unfinished = fires_reply({fire_of("01kb1", "running", 60, 100)});
  on.pass(std::chrono::seconds(1));
  CHECK("\n" + on.screen() == R"(
triggerd 0.1.0  running  up 3d 4h  pid 4711  memory 42.0 MiB
nothing is wrong
[1 targets] 12 ok, 1 disabled ──────────────────────────────────────────────────────────────────────
  TARGET     STATE   BUDGET           LEFT  REQ/S  LAST MINUTE      P50/P99  REMARK
> crm-prod   ok      [####....]  600/1,200     50  ▁▁▁▁▁▁▁▁▁▁▁▁▁█  12/80 ms
  shop-prod  parked  -                   -    0.0  ▁▁▁▁▁▁▁▁▁▁▁▁▁▁         -  401; next: proof again…
 2 jobs  2 ─────────────────────────────────────────────────────────────────────────────────────────
  JOB            KIND     TARGETS             SCHEDULE   NEXT  RUNNING  LAST      ENDED
  import-orders  batch    shop-prod crm-prod                         1  running
  shop-prod      trigger  crm-prod            every 5m  in 4m           done     1m ago
 3 fires  none ─────────────────────────────────────────────────────────────────────────────────────
  JOB            STATE    DONE                FAILED  UNKNOWN  RATE/S  LEFT    TOOK      DUE  FIRE
  import-orders  running  [####....]  60/100       0        0      10    4s     10m  10m ago  01kb1
  import-orders  done     [########]     4/4       0        0       -     -  5m 30s  10m ago  01kb0









? help  q quit  Tab list  / filter  p pause  r resume  c cancel  Enter fire
)");
}

TEST_CASE("a counter that fell belongs to another life of the daemon: no rate is told of it") {
  watched on;
  on.round();
  on.targets["targets"][0]["requests"] = 3;
  on.pass(std::chrono::seconds(1));
  CHECK(on.model.history("crm-prod")->per_second() == 0);
  on.targets["targets"][0]["requests"] = 7;
  on.pass(std::chrono::seconds(2));
  CHECK(on.model.history("crm-prod")->per_second() == doctest::Approx(2));
}

TEST_CASE("a minute is remembered, and only of targets that are there") {
  watched on;
  on.round();
  on.targets["targets"][0]["requests"] = 200;
  on.pass(std::chrono::seconds(1));
  CHECK(on.model.history("crm-prod")->rates(1) == std::vector<double>{100});
  for (int second = 0; second < 62; ++second) on.pass(std::chrono::seconds(1));
  CHECK(on.model.history("crm-prod")->rates(3) == std::vector<double>{0, 0, 0});
  on.targets["targets"].erase(0);
  on.pass(std::chrono::seconds(1));
  CHECK(on.model.history("crm-prod") == nullptr);
}

TEST_CASE("pause and resume go to the chosen target or job, also when both have one name") {
  watched on;
  on.round();
  on.press("jp");
  on.round();
  on.press("2");
  on.press("\033[Br");
  on.round();
  REQUIRE(on.changes.size() == 2);
  CHECK(on.changes[0].method == "Pause");
  CHECK(on.changes[0].parameters == json{{"what", "name=shop-prod"}});
  CHECK(on.changes[1].method == "Resume");
  CHECK(on.changes[1].parameters == json{{"what", "shop-prod"}});
  CHECK(on.shows("target crm-prod"));  // as the daemon answered
  on.press("3p");
  on.round();
  CHECK(on.changes.size() == 2);
  CHECK(on.shows("choose a target or a job"));
}

TEST_CASE("what was changed is looked at at once") {
  watched on;
  on.round();
  on.press("p");
  CHECK(on.round() == std::vector<std::string>{"Pause", "Status", "Targets", "Jobs", "Fires", "Fires"});
}

TEST_CASE("a fire is cancelled after a yes only, and only while it runs") {
  watched on;
  on.round();
  on.press("c");
  CHECK(on.shows("choose a fire"));
  on.press("3c");
  CHECK(on.shows("cancel fire 01kb1? y or n"));
  on.press("n");
  on.round();
  CHECK(on.changes.empty());
  on.press("cy");
  on.round();
  REQUIRE(on.changes.size() == 1);
  CHECK(on.changes[0].method == "Cancel");
  CHECK(on.changes[0].parameters == json{{"fire", "01kb1"}});
  on.press("jc");
  CHECK(on.shows("this fire has ended"));
}

TEST_CASE("a filter leaves the rows with its text; erasing and Escape bring the others back") {
  watched on;
  on.round();
  on.press("/CRM-");
  CHECK(on.shows("/CRM-_"));
  CHECK(on.shows("[1 targets] 1 of 2"));
  CHECK_FALSE(on.shows("parked"));
  on.press("qü\x7f\x7f\r");  // letters are text here, and one key erases one of them
  CHECK_FALSE(on.model.over());
  CHECK(on.model.filter() == "CRM-");
  on.press("\033");
  CHECK(on.shows("parked"));
}

TEST_CASE("the choice follows its row when others come before it") {
  watched on;
  on.round();
  on.press("j");
  json first = on.targets["targets"][0];
  first["name"] = "another";
  on.targets["targets"].insert(on.targets["targets"].begin(), first);
  on.pass(std::chrono::seconds(1));
  CHECK(on.model.list(top_pane::targets).name_of_choice() == "shop-prod");
  on.press("\033[H\033[A");
  CHECK(on.model.list(top_pane::targets).name_of_choice() == "another");
  on.press("\033[F");
  CHECK(on.model.list(top_pane::targets).name_of_choice() == "shop-prod");
}

TEST_CASE("Enter opens a fire leg by leg, Escape and q close it") {
  watched on;
  on.round();
  for (const char* back : {"\033", "q"}) {
    on.press("3\r");
    CHECK(on.round() == std::vector<std::string>{"Fire"});
    CHECK(on.shows("TARGET     STATE    ATTEMPT"));
    on.press(back);
    CHECK(on.shows("[3 fires]"));
    CHECK_FALSE(on.model.over());
  }
}

TEST_CASE("a refusal of the daemon is a line, and the view goes on") {
  watched on;
  on.round();
  on.press("p");
  const auto asked = on.model.next(on.now);
  REQUIRE(asked.has_value());
  on.model.answered(*asked, refusal("PermissionDenied", {{"needs", "operate"}, {"has", "read"}}), on.now);
  CHECK(on.shows("this needs the role operate, you have read"));
  CHECK(on.round().size() == 5);
  CHECK(on.shows("this needs the role operate"));
  on.press("k");
  CHECK_FALSE(on.shows("this needs the role operate"));
}

TEST_CASE("a daemon that is away is missed, with since when, and asked for again") {
  watched on;
  on.round();
  on.model.lost(fail(control::codes::lost, "the daemon closed the connection"), on.now);
  on.now += std::chrono::seconds(12);
  on.model.lost(fail(control::codes::no_daemon, "nobody listens"), on.now);
  CHECK(on.shows("away since 12s, trying again: no daemon answers at /run/triggerd/control"));
  CHECK(on.model.due() == on.now + std::chrono::seconds(1));
  on.press("p");
  CHECK(on.shows("not done: no daemon answers"));
  on.pass(std::chrono::seconds(1));
  CHECK(on.changes.empty());
  CHECK_FALSE(on.shows("away"));
  CHECK(on.shows("nothing is wrong"));
}

TEST_CASE("a daemon that stays silent is missed too") {
  watched on;
  on.round();
  on.now = on.model.due();
  CHECK(on.model.next(on.now).has_value());
  CHECK(on.shows("nothing is wrong"));
  on.now += std::chrono::seconds(9);
  CHECK(on.shows("the daemon has not answered for 9s"));
}

TEST_CASE("Ctrl-C ends the view wherever one is") {
  for (const char* before : {"", "/abc", "?", "3c", "3\r"}) {
    watched on;
    on.round();
    on.press(before);
    CHECK_FALSE(on.model.over());
    on.press("\x03");
    CHECK(on.model.over());
  }
}

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
