// What each operation asks for: endpoint, path, query and body.
#include "api/address.hpp"
#include "api/json_fields.hpp"
#include "unit/api/family_bench.hpp"

using namespace triggerd;
using namespace triggerd::api;
using namespace triggerd::api::test;

TEST_CASE("names in a path are percent-encoded, each as one segment") {
  CHECK(retrieve_run("run_1").what.path == "/api/v3/runs/run_1");
  CHECK(retrieve_run("a/b?c#d e").what.path == "/api/v3/runs/a%2Fb%3Fc%23d%20e");
  CHECK(retrieve_variable("proj_1", "prod", "ä=1").what.path == "/api/v1/projects/proj_1/envvars/prod/%C3%A4%3D1");
  CHECK(retrieve_batch("-_.!~*'()").what.path == "/api/v2/batches/-_.!~*'()");
}

TEST_CASE("a query keeps its order and leaves empty values out") {
  query text;
  CHECK(text.text().empty());
  text.add("page[size]", "5").add("nothing", "").add_list("tags", {"a b", "c,d"}).add_list("none", {}).add("é", "/~*");
  CHECK(text.text() == "?page%5Bsize%5D=5&tags=a+b%2Cc%2Cd&%C3%A9=%2F%7E*");
}

TEST_CASE("runs are listed with every filter in the contract's order") {
  run_filter which;
  which.status = {"COMPLETED", "FAILED"};
  which.task = {"a", "b"};
  which.version = {"20260115.1"};
  which.bulk_action = "bulk_1";
  which.tag = {"user:1"};
  which.schedule = "sched_1";
  which.test = false;
  which.from = instant(milliseconds(1'767'225'600'000));
  which.to = instant(milliseconds(1'769'817'600'000));
  which.period = "7d";
  which.batch = "batch_1";
  which.queue = {"task/send", "q1"};
  which.machine = {"micro"};
  which.region = {"us-east-1"};
  which.page_size = 50;
  which.after = "cursor=";
  const std::string filters =
      "filter%5Bstatus%5D=COMPLETED%2CFAILED&filter%5BtaskIdentifier%5D=a%2Cb&filter%5Bversion%5D=20260115.1&"
      "filter%5BbulkAction%5D=bulk_1&filter%5Btag%5D=user%3A1&filter%5Bschedule%5D=sched_1&filter%5BisTest%5D=false&"
      "filter%5BcreatedAt%5D%5Bfrom%5D=1767225600000&filter%5BcreatedAt%5D%5Bto%5D=1769817600000&"
      "filter%5BcreatedAt%5D%5Bperiod%5D=7d&filter%5Bbatch%5D=batch_1&filter%5Bqueue%5D=task%2Fsend%2Cq1&"
      "filter%5Bmachine%5D=micro&filter%5Bregion%5D=us-east-1";
  const std::string page = "&page%5Bsize%5D=50&page%5Bafter%5D=cursor%3D";
  CHECK(line_of("GET", list_runs(which).what) == "/api/v1/runs?" + filters + page);
  CHECK(line_of("GET", list_project_runs("proj_1", "stg", which).what) ==
        "/api/v1/projects/proj_1/runs?" + filters + "&filter%5Benv%5D=stg" + page);
}

TEST_CASE("without filters only the page size is asked for, or nothing") {
  CHECK(list_runs({}).what.path == "/api/v1/runs?page%5Bsize%5D=100");
  run_filter none;
  none.page_size = 0;
  CHECK(list_runs(none).what.path == "/api/v1/runs");
  none.before = "c";
  CHECK(list_runs(none).what.path == "/api/v1/runs?page%5Bbefore%5D=c");
}

TEST_CASE("cancelling and replaying have no body") {
  CHECK(line_of("POST", cancel_run("run_1").what) == "/api/v2/runs/run_1/cancel");
  CHECK(line_of("POST", replay_run("run_1").what) == "/api/v1/runs/run_1/replay");
  for (const auto& what : {cancel_run("r").what, replay_run("r").what}) {
    CHECK(what.body == nullptr);
    CHECK(what.content_type.empty());
    CHECK(what.mutates());
  }
  CHECK(cancel_run("r").what.repeatable());
  CHECK_FALSE(replay_run("r").what.repeatable());
}

TEST_CASE("a batch is created with its distinct tasks, sorted") {
  const auto what = create_batch(3, {"b", "a", "b"}, "key").what;
  CHECK(line_of("POST", what) == "/api/v3/batches");
  CHECK(sent(what) == json{{"runCount", 3}, {"taskIdentifiers", {"a", "b"}}, {"idempotencyKey", "key"}});
  CHECK(sent(create_batch(1, {"t"}, {}).what) == json{{"runCount", 1}, {"taskIdentifiers", json::array({"t"})}});
  CHECK(sent(create_batch(1, {}, {}).what) == json{{"runCount", 1}});
  CHECK_FALSE(what.repeatable());  // a repeated key is a 422 without an id
  CHECK_FALSE(what.chunked);
}

TEST_CASE("a batch line is one line of JSON with its end") {
  const json options{{"ttl", "60s"}};
  const json payload{{"a", "line\nbreak"}};
  const auto line = batch_line(7, "send \"x\"", &payload, options);
  CHECK(line.back() == '\n');
  CHECK(line.find('\n') == line.size() - 1);
  CHECK(json::parse(line) ==
        json{{"index", 7},
             {"task", "send \"x\""},
             {"payload", R"({"json":{"a":"line\nbreak"}})"},
             {"options", {{"ttl", "60s"}, {"payloadType", "application/super+json"}, {"payloadSize", 28}}}});
  const json text = "";
  CHECK(json::parse(batch_line(0, "t", &text, json::object())) ==
        json{{"index", 0},
             {"task", "t"},
             {"payload", ""},
             {"options", {{"payloadType", "text/plain"}, {"payloadSize", 0}}}});
}

TEST_CASE("a batch line without payload has no size either") {
  CHECK(json::parse(batch_line(0, "t", nullptr, json::object())) ==
        json{{"index", 0}, {"task", "t"}, {"options", {{"payloadType", "application/json"}}}});
  CHECK(json::parse(batch_line(0, "t", nullptr, json())) == json::parse(batch_line(0, "t", nullptr, json::object())));
}

TEST_CASE("bad UTF-8 in a task id cannot break a chunk of lines") {
  const auto line = batch_line(0, "t\xff\n", nullptr, json::object());
  CHECK(line.find('\n') == line.size() - 1);
  CHECK(json::accept(line));
}

TEST_CASE("items are streamed in chunks of NDJSON and may be sent again") {
  const auto lines = body_of("{}\n");
  const auto what = stream_items("batch_1", lines).what;
  CHECK(line_of("POST", what) == "/api/v3/batches/batch_1/items");
  CHECK(what.content_type == "application/x-ndjson");
  CHECK(what.chunked);
  CHECK(what.repeatable());
  CHECK(what.body == lines);
}

TEST_CASE("bulk actions name their runs and themselves") {
  const auto what = create_bulk_action(bulk_kind::cancel, {"run_a", "run_b"}, "td:1").what;
  CHECK(line_of("POST", what) == "/api/v1/bulk-actions");
  CHECK(sent(what) == json{{"action", "cancel"}, {"runIds", {"run_a", "run_b"}}, {"name", "td:1"}});
  CHECK(sent(create_bulk_action(bulk_kind::replay, {"r"}, {}).what) ==
        json{{"action", "replay"}, {"runIds", json::array({"r"})}});
  CHECK_FALSE(what.repeatable());
  CHECK(line_of("GET", retrieve_bulk_action("bulk_1").what) == "/api/v1/bulk-actions/bulk_1");
  CHECK(line_of("GET", list_bulk_actions(5, "eyJ").what) ==
        "/api/v1/bulk-actions?page%5Bsize%5D=5&page%5Bafter%5D=eyJ");
  CHECK(list_bulk_actions(5, {}).what.path == "/api/v1/bulk-actions?page%5Bsize%5D=5");
}

TEST_CASE("variables are read under project and slug, and their replies are kept secret") {
  CHECK(line_of("GET", list_variables("proj_1", "staging").what) == "/api/v1/projects/proj_1/envvars/staging");
  CHECK(line_of("GET", retrieve_variable("proj_1", "prod", "A").what) == "/api/v1/projects/proj_1/envvars/prod/A");
  CHECK(list_variables("p", "prod").what.secret_reply);
  CHECK(retrieve_variable("p", "prod", "A").what.secret_reply);
}

TEST_CASE("an import says override only when it means it") {
  variable_import what;
  what.values = {{"B", "two words"}, {"A", "1"}};
  CHECK(json::parse(import_body(what)) == json{{"variables", {{"A", "1"}, {"B", "two words"}}}, {"override", true}});
  what.override_existing = false;
  what.secret = false;
  CHECK(json::parse(import_body(what)) == json{{"variables", {{"A", "1"}, {"B", "two words"}}}, {"isSecret", false}});
  CHECK(json::parse(import_body({})) == json{{"variables", json::object()}, {"override", true}});
  const auto call = import_variables("proj_1", "prod", body_of("{}"), true).what;
  CHECK(line_of("POST", call) == "/api/v1/projects/proj_1/envvars/prod/import");
  CHECK(call.repeatable());
  CHECK_FALSE(import_variables("proj_1", "prod", body_of("{}"), false).what.repeatable());
}

TEST_CASE("variables are created, changed and deleted one by one") {
  const auto create = create_variable("proj_1", "prod", "A", "1", {}).what;
  CHECK(line_of("POST", create) == "/api/v1/projects/proj_1/envvars/prod");
  CHECK(sent(create) == json{{"name", "A"}, {"value", "1"}});
  CHECK(sent(create_variable("p", "prod", "A", "1", true).what)["isSecret"] == true);
  CHECK(sent(create_variable("p", "prod", "A", "1", false).what)["isSecret"] == false);
  const auto update = update_variable("proj_1", "prod", "A", "2").what;
  CHECK(line_of("PUT", update) == "/api/v1/projects/proj_1/envvars/prod/A");
  CHECK(sent(update) == json{{"value", "2"}});
  CHECK(create.repeatable());
  CHECK(update.repeatable());
  const auto del = delete_variable("proj_1", "prod", "A").what;
  CHECK(line_of("DELETE", del) == "/api/v1/projects/proj_1/envvars/prod/A");
  CHECK(del.body == nullptr);
  CHECK_FALSE(del.repeatable());
}

TEST_CASE("identity is asked for where its credential may ask, and keys are kept secret") {
  CHECK(line_of("GET", whoami_key().what) == "/api/v1/whoami");
  CHECK(line_of("GET", whoami_user("proj_1").what) == "/api/v2/whoami?projectRef=proj_1");
  CHECK(line_of("GET", list_environments("proj_1").what) == "/api/v1/projects/proj_1/environments");
  CHECK(line_of("GET", list_branches("proj_1").what) == "/api/v1/projects/proj_1/branches");
  CHECK(line_of("GET", fetch_environment_key("proj_1", "prod").what) == "/api/v1/projects/proj_1/prod");
  const auto mint = mint_public_token("read:runs", 60).what;
  CHECK(line_of("POST", mint) == "/api/v1/auth/public-tokens");
  CHECK(sent(mint) == json{{"scopes", json::array({"read:runs"})}, {"expirationTime", "60s"}});
  for (const auto& what : {whoami_key().what, fetch_environment_key("p", "prod").what, mint}) CHECK(what.secret_reply);
  CHECK_FALSE(whoami_user("p").what.secret_reply);
}

TEST_CASE("members are read without trust") {
  const json of = json::parse(
      R"({"text":"t","empty":"","int":3,"float":3.0,"half":3.5,"digits":"12","neg":-4,"big":18446744073709551615,)"
      R"("huge":1e18,"null":null,"flag":true,"list":["a",1,null,"b"],"object":{},"at":"2026-01-15T10:00:00Z"})");
  CHECK(text_member(of, "text") == "t");
  CHECK(text_member(of, "empty") == "");
  for (const auto* name : {"int", "null", "flag", "list", "object", "missing"})
    CHECK_FALSE(text_member(of, name).has_value());
  CHECK(integer_member(of, "int") == 3);
  CHECK(integer_member(of, "float") == 3);
  CHECK(integer_member(of, "digits") == 12);
  CHECK(integer_member(of, "neg") == -4);
  for (const auto* name : {"half", "big", "huge", "text", "empty", "null", "flag", "list"})
    CHECK_FALSE(integer_member(of, name).has_value());
  CHECK(flag_member(of, "flag", false));
  CHECK(flag_member(of, "text", true));
  CHECK_FALSE(flag_member(of, "missing", false));
  CHECK(instant_member(of, "at").has_value());
  CHECK_FALSE(instant_member(of, "text").has_value());
  CHECK_FALSE(instant_member(of, "int").has_value());
  CHECK(texts_member(of, "list") == std::vector<std::string>{"a", "b"});
  CHECK(texts_member(of, "text").empty());
  CHECK(array_member(of, "list") != nullptr);
  CHECK(array_member(of, "object") == nullptr);
  CHECK(object_member(of, "object") != nullptr);
  CHECK(object_member(of, "null") == nullptr);
  for (const auto& other : {json(), json(1), json("x"), json::array({1})}) {
    CHECK_FALSE(text_member(other, "x").has_value());
    CHECK(array_member(other, "x") == nullptr);
    CHECK_FALSE(required_text(other, "x").has_value());
  }
}
