// The live view without a terminal: replies and keys go in, calls to the daemon and the screen's text come out.
#include "top_watched.hpp"

using namespace triggerd;
using ctl::top_pane;
using nlohmann::json;
using test::fire_of;
using test::fires_reply;
using test::refusal;
using test::watched;

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
  CHECK(on.changes[1].parameters == json{{"what", "job:shop-prod"}});
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
