// Planning that goes on after a restart or in another attempt, and leaves out what is done.
#include "job/codes.hpp"
#include "unit/job/batch_bench.hpp"

using namespace triggerd;
using namespace triggerd::test;

TEST_CASE("planning goes on where the last durable step stood, and gives the same chunks") {
  batch_bench b;
  std::string text;
  for (int i = 0; i < 57; ++i) text += i % 10 == 3 ? "broken\n" : "{\"id\":" + std::to_string(i) + "}\n";
  b.ndjson(std::move(text));
  b.what.chunk_items = 8;
  b.set();
  // The whole, undisturbed.
  const auto whole = b.plan();
  REQUIRE(whole.actions.size() == 7);
  REQUIRE(whole.rejects.size() == 6);
  // Cut after every number of steps.
  for (std::size_t cut = 1; cut < 13; ++cut) {
    CAPTURE(cut);
    planned_leg seen;
    std::string position;
    auto made = b.planner();
    for (std::size_t i = 0; i < cut; ++i) {
      auto step = b.run((*made)->next());
      if (auto* action = std::get_if<job::planned_action>(&**step)) {
        position = action->position;
        seen.actions.push_back(std::move(*action));
      } else if (auto* reject = std::get_if<job::planned_reject>(&**step)) {
        position = reject->position;
        seen.rejects.push_back(std::move(*reject));
      }
    }
    b.first_number = seen.actions.size();
    auto rest = b.plan(position);
    b.first_number = 0;
    for (auto& action : rest.actions) seen.actions.push_back(std::move(action));
    for (auto& reject : rest.rejects) seen.rejects.push_back(std::move(reject));
    REQUIRE(seen.actions.size() == whole.actions.size());
    for (std::size_t i = 0; i < seen.actions.size(); ++i) {
      CHECK(seen.actions[i].row.body == whole.actions[i].row.body);
      CHECK(seen.actions[i].row.number == i);
    }
    REQUIRE(seen.rejects.size() == whole.rejects.size());
    for (std::size_t i = 0; i < seen.rejects.size(); ++i) CHECK(seen.rejects[i].line == whole.rejects[i].line);
  }
}

TEST_CASE("rejects of before a restart count on") {
  batch_bench b;
  b.what.rejects_most = spec::share{.count = 2};
  b.ndjson("x\nx\nx\n");
  b.set();
  auto made = b.planner();
  auto first = b.run((*made)->next());
  auto second = b.run((*made)->next());
  const std::string position = std::get<job::planned_reject>(**second).position;
  const auto rest = b.plan(position);
  CHECK(rest.rejects.size() == 1);
  CHECK(rest.failed->message.find("3 of 3 items") != std::string::npos);
}

TEST_CASE("a source that changed meanwhile is an error without item keys, and read again with them") {
  batch_bench b;
  b.numbered(20);
  b.what.chunk_items = 10;
  SUBCASE("no item_key") {
    b.set();
    const std::string position = b.plan().actions.at(0).position;
    b.inputs.modified[b.what.file] = 2;
    CHECK(b.plan(position).failed->code == job::codes::source_changed);
  }
  SUBCASE("item_key") {
    b.what.item_key = "{{ item.id }}";
    b.set();
    const std::string position = b.plan().actions.at(0).position;
    b.inputs.modified[b.what.file] = 2;
    const auto anew = b.plan(position);
    CHECK(anew.actions.size() == 2);
    REQUIRE(anew.notes.size() == 1);
    CHECK(anew.notes[0].find("read again from its beginning") != std::string::npos);
  }
  SUBCASE("a program that prints something else") {
    b.what.format = spec::item_format::exec;
    b.what.exec = spec::exec_spec{.argv = {"/bin/orders"}};
    b.what.chunk_items = 1;
    std::string text = "{\"id\":1}\n{\"id\":2}\n";
    b.inputs.program = [&](const auto&) { return result<std::string>(text); };
    b.set();
    const std::string position = b.plan().actions.at(0).position;
    CHECK(b.plan(position).actions.size() == 1);
    text += "{\"id\":3}\n";
    CHECK(b.plan(position).failed->code == job::codes::source_changed);
  }
}

TEST_CASE("another attempt begins anew, but without item keys never with another source") {
  batch_bench b;
  b.numbered(20);
  b.what.chunk_items = 10;
  b.set();
  b.earlier = b.plan().actions.at(1).position;
  b.attempt = 2;
  CHECK(b.plan().actions.size() == 2);
  b.inputs.modified[b.what.file] = 2;
  CHECK(b.plan().failed->code == job::codes::source_changed);
  b.what.item_key = "{{ item.id }}";
  b.set();
  CHECK(b.plan().actions.size() == 2);
}

TEST_CASE("without resume planning begins anew after a restart, and still notices another source") {
  batch_bench b;
  b.numbered(20);
  b.what.chunk_items = 10;
  b.what.resume = false;
  b.set();
  const std::string position = b.plan().actions.at(0).position;
  CHECK(b.plan(position).actions.size() == 2);
  b.inputs.modified[b.what.file] = 2;
  CHECK(b.plan(position).failed->code == job::codes::source_changed);
}

TEST_CASE("items that earlier fires are known to have done are left out, and only those") {
  batch_bench b;
  b.what.item_key = "{{ item.id }}";
  b.job.idempotency.across_fires = true;
  b.numbered(1'200);
  b.what.chunk_items = 500;
  b.set();
  const auto all = b.plan();
  REQUIRE(all.actions.size() == 3);
  std::size_t n = 0;
  for (const auto& action : all.actions)
    for (const auto& line : batch_bench::lines_of(action.row))
      if (n++ % 3 != 0) {
        store::memory_row done;
        done.space = "items:nightly:shop-prod";
        done.name = line.at("options").at("idempotencyKey").get<std::string>();
        b.ledger.remember(done);
      }
  const auto rest = b.plan();
  REQUIRE(rest.actions.size() == 1);
  CHECK(rest.actions[0].row.items == 400);
  const auto lines = batch_bench::lines_of(rest.actions[0].row);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    CHECK(lines[i].at("index") == i);
    CHECK(batch_bench::payload_of(lines[i]).at("id") == 3 * i);
  }
  REQUIRE(rest.notes.size() == 1);
  CHECK(rest.notes[0] == "800 items were done by earlier fires and are left out");
  SUBCASE("another target has its own") {
    b.shop.name = "shop-staging";
    CHECK(b.plan().actions.size() == 3);
  }
  SUBCASE("keys of one fire leave nothing out") {
    b.job.idempotency.across_fires = false;
    CHECK(b.plan().actions.size() == 3);
  }
}

TEST_CASE("a ledger that cannot be read ends planning") {
  batch_bench b;
  b.what.item_key = "{{ item.id }}";
  b.job.idempotency.across_fires = true;
  b.numbered(3);
  b.set();
  b.ledger.crash();
  CHECK(b.plan().failed.has_value());
}
