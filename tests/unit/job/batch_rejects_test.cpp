// Items that cannot be sent, how many of them a job bears, and sources that fail.
#include "base/limits.hpp"
#include "job/codes.hpp"
#include "unit/job/batch_bench.hpp"

using namespace triggerd;
using namespace triggerd::test;
using nlohmann::json;

TEST_CASE("a malformed line 70,001 of 100,000 is one reject, and the rest is sent") {
  batch_bench b;
  std::string text;
  for (int i = 1; i <= 100'000; ++i) text += i == 70'001 ? "{\"id\":70001,\n" : "{\"id\":" + std::to_string(i) + "}\n";
  b.ndjson(std::move(text));
  b.what.rejects_file = "rejects/{{ fire.id }}.ndjson";
  b.set();
  auto made = b.planner();
  REQUIRE(made.has_value());
  std::uint64_t items = 0, rejects = 0;
  for (;;) {
    auto step = b.run((*made)->next());
    REQUIRE(step.has_value());
    if (!*step) break;
    if (const auto* reject = std::get_if<job::planned_reject>(&**step)) {
      ++rejects;
      CHECK(reject->line == 70'001);
      CHECK(reject->raw == "{\"id\":70001,");
      CHECK(reject->file == "rejects/01fire.ndjson");
      CHECK_FALSE(reject->reason.empty());
    } else if (const auto* action = std::get_if<job::planned_action>(&**step)) {
      items += action->row.items;
    }
  }
  CHECK(rejects == 1);
  CHECK(items == 99'999);
}

TEST_CASE("each kind of unusable item is one reject that can be fed back") {
  batch_bench b;
  b.what.item_key = "{{ item.id }}";
  std::string bad;
  std::string reason;
  SUBCASE("no key") { bad = R"({"name":"x"})", reason = "item_key"; }
  SUBCASE("null key") { bad = R"({"id":null})", reason = "item_key"; }
  SUBCASE("empty key") { bad = R"({"id":""})", reason = "item_key is empty"; }
  SUBCASE("key seen in this chunk") { bad = R"({"id":1,"again":true})", reason = "in this chunk already"; }
  SUBCASE("number that the server would change") { bad = R"({"id":9,"n":9007199254740993})", reason = "2^53"; }
  SUBCASE("option") {
    b.what.options = R"({"delay":"{{ item.at }}"})";
    bad = R"({"id":9,"at":"whenever"})", reason = "delay";
  }
  SUBCASE("field missing") {
    b.what.map = R"({"payload":"{{ item.at }}"})";
    bad = R"({"id":9})", reason = "item.at";
  }
  SUBCASE("too large for the server once it is wrapped") {
    bad = R"({"id":9,"t":")" + std::string(limits::batch_line - 20, 'x') + "\"}", reason = "larger than";
  }
  SUBCASE("too large a line") {
    bad = R"({"id":9,"t":")" + std::string(limits::source_line, 'x') + "\"}", reason = "longer than";
  }
  SUBCASE("not JSON") { bad = "id=9", reason = "line 2"; }
  b.ndjson("{\"id\":1,\"at\":\"5s\"}\n" + bad + "\n{\"id\":2,\"at\":\"5s\"}\n");
  b.set();
  const auto all = b.plan();
  REQUIRE_MESSAGE(!all.failed, all.failed.value_or(error()).describe());
  REQUIRE(all.rejects.size() == 1);
  CHECK(all.rejects[0].line == 2);
  CHECK_MESSAGE(all.rejects[0].reason.find(reason) != std::string::npos, all.rejects[0].reason);
  CHECK((all.rejects[0].raw == bad || bad.size() > limits::source_line));
  REQUIRE(all.actions.size() == 1);
  CHECK(all.actions[0].row.items == 2);
}

TEST_CASE("a rejected element that spans lines is kept as one line") {
  batch_bench b;
  b.what.format = spec::item_format::json;
  b.what.item_key = "{{ item.id }}";
  b.inputs.files[b.what.file] = "[{\"name\":\r\n\"x\"}]";
  b.set();
  const auto raw = b.plan().rejects.at(0).raw;
  CHECK(raw.find('\n') == std::string::npos);
  CHECK(json::parse(raw) == json{{"name", "x"}});
}

TEST_CASE("more rejects than allowed stop the job: a count at once, a percentage when it means something") {
  batch_bench b;
  SUBCASE("count") {
    b.what.rejects_most = spec::share{.count = 2};
    b.ndjson("x\nx\n{}\nx\n{}\n");
    b.set();
    const auto all = b.plan();
    CHECK(all.rejects.size() == 3);  // the one too many is kept too
    REQUIRE(all.failed.has_value());
    CHECK(all.failed->code == job::codes::rejects);
    CHECK(all.failed->message.find("3 of 4 items") != std::string::npos);
    CHECK(all.actions.empty());
  }
  SUBCASE("count that is just allowed") {
    b.what.rejects_most = spec::share{.count = 2};
    b.ndjson("x\nx\n{}\n");
    b.set();
    CHECK(b.plan().actions.size() == 1);
  }
  SUBCASE("percentage at the end: the open chunk is not sent") {
    b.what.rejects_most = spec::share{.count = 0, .percent = 10};
    b.ndjson("x\n{}\n{}\n");
    b.set();
    const auto all = b.plan();
    CHECK(all.failed->code == job::codes::rejects);
    CHECK(all.actions.empty());
  }
  SUBCASE("percentage on the way") {
    b.what.rejects_most = spec::share{.count = 0, .percent = 1};
    std::string text = "x\nx\nx\n";
    for (int i = 0; i < 300; ++i) text += "{}\n";
    b.ndjson(std::move(text));
    b.what.chunk_items = 10;
    b.set();
    const auto all = b.plan();
    CHECK(all.failed->message.find("3 of 100 items") != std::string::npos);
    CHECK(all.actions.size() == 9);  // planned before it could be judged
  }
}

TEST_CASE("a source that breaks off is no short source") {
  batch_bench b;
  b.what.format = spec::item_format::json;
  b.inputs.files[b.what.file] = "[{\"id\":1},{\"id\":2}";
  b.set();
  const auto all = b.plan();
  REQUIRE(all.failed.has_value());
  CHECK(all.failed->code.name == "source.malformed");
  CHECK(all.actions.empty());
}

TEST_CASE("a source that cannot be opened ends planning with its own words") {
  batch_bench b;
  SUBCASE("file") { b.inputs.files.clear(); }
  SUBCASE("program") {
    b.what.format = spec::item_format::exec;
    b.what.exec = spec::exec_spec{.argv = {"/bin/orders"}};
  }
  b.set();
  CHECK(b.plan().failed->code == triggerd::codes::io);
}

TEST_CASE("send = each rejects what one request cannot carry") {
  batch_bench b;
  b.what.each = true;
  b.ndjson(R"({"t":")" + std::string(limits::trigger_body, 'x') + "\"}\n{}\n");
  b.set();
  const auto all = b.plan();
  CHECK(all.rejects.size() == 1);
  CHECK(all.actions.size() == 1);
}
