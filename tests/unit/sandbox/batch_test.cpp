#include "site.hpp"

#include <doctest/doctest.h>

namespace triggerd::sandbox::test {

namespace {

json line(std::size_t index, json options = json::object()) {
  json out = {{"index", index}, {"task", "hello"}, {"payload", {{"i", index}}}};
  if (!options.empty()) out["options"] = std::move(options);
  return out;
}

answered create(site& at, std::size_t count, const char* key = prod_key, json more = json::object()) {
  more["runCount"] = count;
  return at.post("/api/v3/batches", more, key);
}

json batch(site& at, const std::string& id) { return at.get("/api/v2/batches/" + id).body; }

}  // namespace

TEST_SUITE("batch") {
  TEST_CASE("a batch is announced, filled, sealed, processed and completed") {
    site at;
    const answered made = create(at, 2);
    CHECK(made.status == 202);
    CHECK(made.body.at("runCount") == 2);
    CHECK(batch(at, made.id()).at("status") == "PENDING");
    const answered first = at.items(made.id(), {line(0)});
    CHECK(first.status == 200);
    CHECK(first.body == json({{"id", made.id()},
                              {"itemsAccepted", 1},
                              {"itemsDeduplicated", 0},
                              {"sealed", false},
                              {"enqueuedCount", 1},
                              {"expectedCount", 2},
                              {"runCount", 2}}));
    const answered second = at.items(made.id(), {line(0), line(1)});
    CHECK(second.body.at("itemsAccepted") == 1);
    CHECK(second.body.at("itemsDeduplicated") == 1);
    CHECK(second.body.at("sealed") == true);
    CHECK(batch(at, made.id()).at("status") == "PROCESSING");
    CHECK(batch(at, made.id()).at("runs").empty());
    at.pass(milliseconds(260));
    const json running = batch(at, made.id());
    CHECK(running.at("status") == "PENDING");  // all runs made, none finished
    CHECK(running.at("runs").size() == 2);
    at.pass(seconds(1));
    CHECK(batch(at, made.id()).at("status") == "COMPLETED");
    CHECK(at.status(running.at("runs")[0]) == "COMPLETED");
    CHECK(at.run(running.at("runs")[1]).at("batchId") == made.id());
    CHECK(at.items(made.id(), {line(0)}).body.at("itemsAccepted") == 0);
  }

  TEST_CASE("a repeated key is refused without the id") {
    site at;
    CHECK(create(at, 1, prod_key, {{"idempotencyKey", "b"}}).body.at("idempotencyKey") == "b");
    const answered again = create(at, 1, prod_key, {{"idempotencyKey", "b"}});
    CHECK(again.status == 422);
    CHECK(again.error() == "Cannot create batch as it has already been created with the same idempotency key.");
    CHECK_FALSE(again.body.contains("id"));
    CHECK(create(at, 1, staging_key, {{"idempotencyKey", "b"}}).status == 202);
  }

  TEST_CASE("items that break off leave what came before") {
    site at;
    const std::string id = create(at, 3).id();
    request cut = at.make("POST", "/api/v3/batches/" + id + "/items", line(0).dump() + "\n" + R"({"index":1,"ta)",
                          prod_key, {{"content-type", "application/x-ndjson"}});
    const answered broken = at.send(cut);
    CHECK(broken.status == 400);
    CHECK(broken.error().starts_with("Invalid JSON at line 2"));
    const answered whole = at.items(id, {line(0), line(1), line(2)});
    CHECK(whole.body.at("itemsDeduplicated") == 1);
    CHECK(whole.body.at("sealed") == true);
    at.pass(seconds(1));
    CHECK(batch(at, id).at("runs").size() == 3);
  }

  TEST_CASE("items are checked: media type, index, task, batch") {
    site at;
    const std::string id = create(at, 1).id();
    CHECK(
        at.post("/api/v3/batches/" + id + "/items", line(0), prod_key, {{"content-type", "application/json"}}).status ==
        415);
    CHECK(at.items(id, {line(1)}).status == 422);
    CHECK(at.items(id, {json({{"index", 0}})}).status == 422);
    CHECK(at.items("batch_nobody", {line(0)}).error() == "Batch batch_nobody not found");
    CHECK(at.items(id, {line(0)}, staging_key).status == 422);
    CHECK(at.items(id, {line(0)}).body.at("sealed") == true);
  }

  TEST_CASE("item keys find the runs of other batches and of single triggers") {
    site at;
    const std::string single = at.trigger("hello", {{"idempotencyKey", "order-1"}}).id();
    const std::string id = create(at, 2).id();
    at.items(id, {line(0, {{"idempotencyKey", "order-1"}}), line(1, {{"idempotencyKey", "order-2"}})});
    at.pass(seconds(1));
    CHECK(batch(at, id).at("runs")[0] == single);
    const std::string again = create(at, 1).id();
    at.items(again, {line(0, {{"idempotencyKey", "order-2"}})});
    at.pass(seconds(1));
    CHECK(batch(at, again).at("runs")[0] == batch(at, id).at("runs")[1]);
    CHECK(at.server.effects().count(effect_kind::run_created) == 2);
    CHECK(at.server.effects().count(effect_kind::run_cached) == 2);
  }

  TEST_CASE("an item's string payload is JSON already") {
    site at;
    const std::string id = create(at, 2).id();
    json text = line(0);
    text["payload"] = "{\"i\":0}";
    at.items(id, {text, line(1)});
    at.pass(seconds(1));
    CHECK(at.run(batch(at, id).at("runs")[0]).at("payload") == json({{"i", 0}}));
    CHECK(at.run(batch(at, id).at("runs")[1]).at("payload") == json({{"i", 1}}));
    const std::string single = at.post("/api/v1/tasks/hello/trigger", {{"payload", "{\"i\":0}"}}).id();
    CHECK(at.run(single).at("payload") == "{\"i\":0}");
  }

  TEST_CASE("an item that cannot be triggered becomes a failed run after 40 seconds") {
    site at;
    json tags = json::array();
    for (int i = 0; i < 12; ++i) tags.push_back(std::to_string(i));
    const std::string id = create(at, 2).id();
    at.items(id, {line(0), line(1, {{"tags", tags}})});
    at.pass(seconds(20));
    CHECK(batch(at, id).at("status") == "PROCESSING");
    at.pass(seconds(25));
    const json done = batch(at, id);
    CHECK(done.at("status") == "COMPLETED");
    const json bad = at.run(done.at("runs")[1]);
    CHECK(bad.at("status") == "SYSTEM_FAILURE");
    CHECK(bad.at("error").at("message") == "trigger.dev internal error (BATCH_ITEM_COULD_NOT_TRIGGER)");
    CHECK(at.server.effects().count(effect_kind::batch_item_failed) == 1);
  }

  TEST_CASE("a batch with a run that waits for a version stays pending") {
    site at;
    const std::string id = create(at, 1).id();
    json typo = line(0);
    typo["task"] = "helo";
    at.items(id, {typo});
    at.pass(std::chrono::hours(1));
    CHECK(batch(at, id).at("status") == "PENDING");
  }

  TEST_CASE("a batch whose every item meets a full queue is aborted") {
    world of = small_world();
    of.projects[0].environments[3].paused = true;
    of.projects[0].environments[3].queue_limit = 1;
    site at(of);
    at.trigger("hello");
    const std::string id = create(at, 1).id();
    at.items(id, {line(0)});
    at.pass(seconds(1));
    const json done = batch(at, id);
    CHECK(done.at("status") == "ABORTED");
    CHECK(done.at("processing").at("errors")[0].at("errorCode") == "QUEUE_SIZE_LIMIT_EXCEEDED");
  }

  TEST_CASE("bounds of a batch") {
    site at;
    CHECK(create(at, 1'000).status == 202);
    CHECK(create(at, 1'001).status == 400);
    CHECK(at.post("/api/v3/batches", {{"runCount", "3"}}).status == 400);
    CHECK(at.post("/api/v3/batches", {{"runCount", 0}}).status == 400);
    CHECK(at.get("/api/v3/batches/batch_x").status == 404);
  }

  TEST_CASE("the older batch call makes its runs by itself, and refuses nothing at all as forbidden") {
    site at;
    const json items = {{{"task", "hello"}, {"payload", 1}}, {{"task", "hello"}, {"payload", 2}}};
    const answered made = at.post("/api/v2/tasks/batch", {{"items", items}});
    CHECK(made.status == 202);
    CHECK(made.body == json({{"id", made.id()}, {"isCached", false}, {"runCount", 2}}));
    at.pass(seconds(1));
    CHECK(batch(at, made.id()).at("runs").size() == 2);
    CHECK(at.post("/api/v2/tasks/batch", {{"items", json::array()}}).status == 403);
    json many = json::array();
    for (int i = 0; i < 501; ++i) many.push_back(items[0]);
    CHECK(at.post("/api/v2/tasks/batch", {{"items", many}}).status == 400);
  }
}

}  // namespace triggerd::sandbox::test
