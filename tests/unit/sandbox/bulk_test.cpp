#include "site.hpp"

#include <doctest/doctest.h>

namespace triggerd::sandbox::test {

namespace {

std::vector<std::string> failed_runs(site& at, int count) {
  std::vector<std::string> out;
  for (int i = 0; i < count; ++i) out.push_back(at.trigger("flaky", {{"tags", {"t"}}}).id());
  at.pass(seconds(5));
  return out;
}

answered replay(site& at, const json& ids, const std::string& name = {}) {
  json body = {{"action", "replay"}, {"runIds", ids}};
  if (!name.empty()) body["name"] = name;
  return at.post("/api/v1/bulk-actions", body);
}

json bulk(site& at, const std::string& id) { return at.get("/api/v1/bulk-actions/" + id).body; }

}  // namespace

TEST_SUITE("bulk actions") {
  TEST_CASE("a bulk replay echoes its name from the first moment and lists what it made") {
    site at;
    const auto ids = failed_runs(at, 3);
    const answered made = replay(at, ids, "td:x:0");
    CHECK(made.status == 202);
    const json pending = bulk(at, made.id());
    CHECK(pending.at("name") == "td:x:0");
    CHECK(pending.at("status") == "PENDING");
    CHECK(pending.at("counts") == json({{"total", 3}, {"success", 0}, {"failure", 0}}));
    at.pass(seconds(5));
    const json done = bulk(at, made.id());
    CHECK(done.at("status") == "COMPLETED");
    CHECK(done.at("counts").at("success") == 3);
    CHECK(at.listed("filter[bulkAction]=" + made.id()).size() == 3);
    CHECK(at.listed("filter[tag]=t").size() == 6);  // replays inherit tags
  }

  TEST_CASE("a name is no key: the same name twice makes two, newest first") {
    site at;
    const auto ids = failed_runs(at, 1);
    const std::string first = replay(at, ids, "same").id();
    const std::string second = replay(at, ids, "same").id();
    CHECK(first != second);
    const json list = at.get("/api/v1/bulk-actions").body.at("data");
    REQUIRE(list.size() == 2);
    CHECK(list[0].at("id") == second);
    CHECK(list[1].at("id") == first);
  }

  TEST_CASE("a fourth replay while three are pending is refused and not to be retried; cancels are not counted") {
    site at;
    const auto ids = failed_runs(at, 1);
    for (int i = 0; i < 3; ++i) CHECK(replay(at, ids).status == 202);
    const answered fourth = replay(at, ids);
    CHECK(fourth.status == 429);
    CHECK(fourth.header("x-should-retry") == "false");
    CHECK(at.post("/api/v1/bulk-actions", {{"action", "cancel"}, {"runIds", ids}}).status == 202);
    at.pass(seconds(5));
    CHECK(replay(at, ids).status == 202);
  }

  TEST_CASE("ids: 500 at most, unknown ones are accepted and make nothing") {
    site at;
    json many = json::array();
    for (int i = 0; i < 501; ++i) many.push_back("run_" + std::to_string(i));
    CHECK(replay(at, many).status == 400);
    many.erase(many.begin());
    const answered made = replay(at, many);
    CHECK(made.status == 202);
    at.pass(seconds(5));
    CHECK(bulk(at, made.id()).at("counts").at("total") == 0);
    CHECK(replay(at, json::array()).status == 400);
    CHECK(at.post("/api/v1/bulk-actions", {{"action", "replay"}}).status == 400);
    CHECK(at.post("/api/v1/bulk-actions", {{"action", "replay"}, {"filter", json::object()}}).status == 400);
  }

  TEST_CASE("a filter selects what lists know, and a cancel ends it") {
    site at;
    const std::string id = at.trigger("slow", {{"tags", {"t"}}}).id();
    at.pass(seconds(2));
    const answered made = at.post("/api/v1/bulk-actions", {{"action", "cancel"}, {"filter", {{"tag", "t"}}}});
    CHECK(made.status == 202);
    at.pass(seconds(2));
    CHECK(at.status(id) == "CANCELED");
    CHECK(bulk(at, made.id()).at("type") == "CANCEL");
    CHECK(at.server.effects().count(effect_kind::bulk_finished) == 1);
  }

  TEST_CASE("an aborted bulk action makes no more runs") {
    world of = small_world();
    of.pace.bulk_group = 2;
    site at(of);
    const std::string id = replay(at, failed_runs(at, 6)).id();
    at.pass(milliseconds(800));
    CHECK(at.post("/api/v1/bulk-actions/" + id + "/abort", json::object()).status == 200);
    at.pass(seconds(5));
    CHECK(bulk(at, id).at("status") == "ABORTED");
    CHECK(at.server.effects().count(effect_kind::replay_created) == 2);
    CHECK(at.post("/api/v1/bulk-actions/" + id + "/abort", json::object()).status == 409);
  }
}

}  // namespace triggerd::sandbox::test
