#include "job/batch_plan.hpp"
#include "base/digest.hpp"
#include "base/limits.hpp"
#include "job/batch_memo.hpp"
#include "job/codes.hpp"
#include "unit/job/batch_bench.hpp"

#include <set>

using namespace triggerd;
using namespace triggerd::test;
using nlohmann::json;

namespace {

// So many numbered items, made up one at a time.
class counting_reader final : public source::item_reader {
 public:
  counting_reader(std::uint64_t count, std::size_t size) : count_(count), size_(size) {}
  result<std::optional<source::item>> next() override {
    if (given_ == count_) return std::optional<source::item>();
    source::item one;
    one.line = ++given_;
    one.json = R"({"id":)" + std::to_string(given_) + R"(,"text":")" + std::string(size_, 'x') + "\"}";
    return std::optional(std::move(one));
  }

 private:
  const std::uint64_t count_;
  const std::size_t size_;
  std::uint64_t given_ = 0;
};

}  // namespace

TEST_CASE("items of every source become lines of a chunk, each with its index, payload and key") {
  batch_bench b;
  SUBCASE("inline, with placeholders of the fire") {
    b.what.format = spec::item_format::inline_items;
    b.what.items = {R"({"id":1,"app":"{{ target.labels.app }}"})", R"({"id":2,"app":"shop"})"};
  }
  SUBCASE("ndjson") { b.ndjson("{\"id\":1,\"app\":\"shop\"}\n\n{\"id\":2,\"app\":\"shop\"}"); }
  SUBCASE("json") {
    b.what.format = spec::item_format::json;
    b.inputs.files[b.what.file] = "[{\"id\":1,\n\"app\":\"shop\"}, {\"id\":2,\"app\":\"shop\"}]";
  }
  SUBCASE("csv") {
    b.what.format = spec::item_format::csv;
    b.what.csv_delimiter = ';';
    b.what.csv_types["id"] = "integer";
    b.inputs.files[b.what.file] = "id;app\r\n1;shop\r\n2;shop\r\n";
  }
  SUBCASE("program") {
    b.what.format = spec::item_format::exec;
    b.what.exec = spec::exec_spec{.argv = {"/bin/orders", "{{ target.name }}"}};
    b.inputs.program = [](const spec::exec_spec& what) {
      CHECK(what.argv.at(1) == "shop-prod");
      return result<std::string>("{\"id\":1,\"app\":\"shop\"}\n{\"id\":2,\"app\":\"shop\"}\n");
    };
  }
  b.set();
  const auto all = b.plan();
  REQUIRE_MESSAGE(!all.failed, all.failed.value_or(error()).describe());
  REQUIRE(all.actions.size() == 1);
  const auto& row = all.actions[0].row;
  CHECK(row.kind == "chunk");
  CHECK(row.subject == "import-order");
  CHECK(row.items == 2);
  CHECK(all.rejects.empty());
  const auto lines = batch_bench::lines_of(row);
  REQUIRE(lines.size() == 2);
  std::set<std::string> keys;
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(lines[i].at("index") == i);
    CHECK(lines[i].at("task") == "import-order");
    CHECK(batch_bench::payload_of(lines[i]) == json{{"id", i + 1}, {"app", "shop"}});
    keys.insert(lines[i].at("options").at("idempotencyKey").get<std::string>());
  }
  CHECK(keys.size() == 2);
}

TEST_CASE("map and options are rendered for each item, and the map wins") {
  batch_bench b;
  b.ndjson(R"({"id":7,"tenant":"acme","n":3})");
  b.what.map = R"({"payload":{"order":"{{ item.id }}","line":"{{ line }}"},"concurrency_key":"{{ item.tenant }}"})";
  b.what.options = R"({"concurrency_key":"all","queue":"imports","priority":"{{ item.n }}"})";
  b.set();
  const auto line = batch_bench::lines_of(b.plan().actions.at(0).row).at(0);
  CHECK(batch_bench::payload_of(line) == json{{"order", 7}, {"line", 1}});
  CHECK(line.at("options").at("concurrencyKey") == "acme");
  CHECK(line.at("options").at("queue").at("name") == "imports");
  CHECK(line.at("options").at("priority") == 3);
}

TEST_CASE("chunks close by count, and by bytes before the line that does not fit") {
  batch_bench b;
  b.numbered(25);
  SUBCASE("count") {
    b.what.chunk_items = 10;
    b.set();
    const auto all = b.plan();
    REQUIRE(all.actions.size() == 3);
    CHECK(all.actions[0].row.items == 10);
    CHECK(all.actions[2].row.items == 5);
    CHECK(all.actions[0].row.number == 0);
    CHECK(all.actions[2].row.number == 2);
    for (const auto& action : all.actions) CHECK(batch_bench::lines_of(action.row).at(0).at("index") == 0);
    CHECK(batch_bench::payload_of(batch_bench::lines_of(all.actions[1].row).at(0)).at("id") == 10);
  }
  SUBCASE("bytes") {
    b.what.chunk_bytes = 1'024;
    b.set();
    const auto all = b.plan();
    std::uint64_t items = 0;
    for (const auto& action : all.actions) {
      CHECK(action.row.body.size() <= 1'024);
      CHECK(batch_bench::lines_of(action.row).size() == action.row.items);
      items += action.row.items;
    }
    CHECK(items == 25);
    CHECK(all.actions.size() > 1);
  }
  SUBCASE("a line larger than the bound goes alone") {
    b.what.chunk_bytes = 64;
    b.set();
    const auto all = b.plan();
    CHECK(all.actions.size() == 25);
    for (const auto& action : all.actions) CHECK(action.row.items == 1);
  }
}

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

TEST_CASE("keys are of the item and the fire, or of the item alone, or of its place") {
  batch_bench b;
  b.ndjson("{\"id\":5}\n");
  const auto key = [&] {
    b.set();
    return batch_bench::key_of(b.plan().actions.at(0).row, 0);
  };
  const std::string by_place = key();
  b.what.item_key = "{{ item.id }}";
  const std::string in_fire = key();
  CHECK(in_fire != by_place);
  b.fire.due += seconds(1);
  CHECK(key() != in_fire);
  b.job.idempotency.across_fires = true;
  const std::string across = key();
  b.fire.due += seconds(1);
  CHECK(key() == across);
  b.shop.name = "shop-staging";
  CHECK(key() != across);
  b.job.idempotency.key = "mine";
  CHECK(key() == sha256_hex("mine\nkey\n5"));
}

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

TEST_CASE("a million items never sit in memory: one bounded chunk at a time") {
  batch_bench b;
  b.inputs.reader = [] { return std::make_unique<counting_reader>(1'000'000, 200); };
  b.what.chunk_items = 1'000;
  b.set();
  auto made = b.planner();
  REQUIRE(made.has_value());
  std::uint64_t items = 0, chunks = 0;
  std::size_t largest = 0;
  // A sanitised build takes long over all of them; what is left works as what came before.
  while (chunks < 60) {
    auto step = b.run((*made)->next());
    REQUIRE(step.has_value());
    const auto& action = std::get<job::planned_action>(**step);
    ++chunks;
    items += action.row.items;
    largest = std::max(largest, action.row.body.size());
    CHECK(json::parse(action.position).at("at") == items);
  }
  CHECK(items == 60'000);
  CHECK(largest < 1'000 * 600);
}

TEST_CASE("send = each makes one trigger of each item, with the tag of its own number") {
  batch_bench b;
  b.what.each = true;
  b.what.options = R"({"tags":["a"]})";
  b.ndjson("{\"id\":1}\nbroken\n{\"id\":2}\n");
  b.first_number = 40;
  b.set();
  const auto all = b.plan();
  REQUIRE(all.actions.size() == 2);
  CHECK(all.rejects.size() == 1);
  for (std::size_t i = 0; i < 2; ++i) {
    const auto& row = all.actions[i].row;
    CHECK(row.kind == "trigger");
    CHECK(row.number == 40 + i);
    const json options = json::parse(row.body).at("options");
    CHECK(options.at("tags").at(1) == job::action_tag(b.stored(row)));
    CHECK(options.at("idempotencyKey") == row.key);
  }
  CHECK(json::parse(all.actions[0].row.memo).at("look") == true);
  CHECK(all.actions[1].row.memo.empty());  // the first one speaks for all
  // The same items have the same keys whichever way they go.
  b.what.each = false;
  b.set();
  const auto chunk = b.plan().actions.at(0).row;
  CHECK(batch_bench::key_of(chunk, 0) == all.actions[0].row.key);
  CHECK(batch_bench::key_of(chunk, 1) == all.actions[1].row.key);
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

TEST_CASE("pace follows the spec: a stream, so many chunks at once, so many items per time") {
  batch_bench b;
  b.what.concurrent = 3;
  b.what.pace = spec::rate{20, seconds(1)};
  b.set();
  auto pace = b.kind->pace(b.leg());
  CHECK_FALSE(pace.whole);
  CHECK(pace.concurrent == 3);
  CHECK(pace.items == spec::rate{20, seconds(1)});
  b.what.each = true;
  b.set();
  CHECK(b.kind->pace(b.leg()).concurrent == limits::triggers_at_once);
}
