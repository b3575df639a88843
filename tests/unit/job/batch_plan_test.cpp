// Items become chunks or triggers: lines, bounds, keys and pace.
#include "job/batch_plan.hpp"
#include "base/digest.hpp"
#include "base/limits.hpp"
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
