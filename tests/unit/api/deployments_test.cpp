#include "api/deployments.hpp"

#include "unit/api/family_bench.hpp"

using namespace triggerd;
using namespace triggerd::api;
using namespace triggerd::api::test;

namespace {

const std::string deployment_row =
    R"({"id":"deployment_1","createdAt":"2026-01-15T10:00:00.000Z","shortCode":"ab12cd34","version":"20260115.1",)"
    R"("runtime":"node","runtimeVersion":"21.7.3","status":"DEPLOYED","deployedAt":"2026-01-15T10:00:05.000Z",)"
    R"("git":{"commitRef":"main","dirty":false},"externalId":"ext-1","contentHash":"h3","imageReference":"img:1",)"
    R"("canceledReason":"test","errorData":{"name":"E"},"worker":{"tasks":[]}})";
const std::map<std::string, form> deployment_needs{
    {"/id", form::text}, {"/version", form::text}, {"/status", form::text}};

}  // namespace

TEST_CASE("deployments are listed with filters and a cursor") {
  CHECK(list_deployments({}).what.path == "/api/v1/deployments");
  deployment_filter which;
  which.status = "DEPLOYED";
  which.period = "7d";
  which.page_size = 20;
  which.after = "deployment_9";
  CHECK(line_of("GET", list_deployments(which).what) ==
        "/api/v1/deployments?status=DEPLOYED&period=7d&page%5Bsize%5D=20&page%5Bafter%5D=deployment_9");
  which = {};
  which.from = which.to = instant(milliseconds(1'767'225'600'000));
  CHECK(list_deployments(which).what.path ==
        "/api/v1/deployments?from=2026-01-01T00%3A00%3A00.000Z&to=2026-01-01T00%3A00%3A00.000Z");
  std::map<std::string, form> needs{{"/data", form::list}, {"/data/0", form::object}};
  for (const auto& [pointer, wanted] : deployment_needs) needs["/data/0" + pointer] = wanted;
  const std::string body = R"({"data":[)" + deployment_row + R"(],"pagination":{"next":"c"}})";
  hold_reader(list_deployments({}), {body, needs});
  CHECK(value_of(list_deployments({}), body).next == "c");
  CHECK(value_of(list_deployments({}), R"({"data":[],"pagination":{}})").next.empty());
}

TEST_CASE("one deployment is retrieved: the current, the latest, or by id") {
  CHECK(line_of("GET", current_deployment().what) == "/api/v1/deployments/current");
  CHECK(line_of("GET", latest_deployment().what) == "/api/v1/deployments/latest");
  CHECK(line_of("GET", retrieve_deployment("deployment_1").what) == "/api/v1/deployments/deployment_1");
  for (const auto& what : {current_deployment(), latest_deployment(), retrieve_deployment("d")})
    hold_reader(what, {deployment_row, deployment_needs});
  const auto view = value_of(retrieve_deployment("d"), deployment_row);
  CHECK(view.id == "deployment_1");
  CHECK(view.version == "20260115.1");
  CHECK(view.short_code == "ab12cd34");
  CHECK(view.status == "DEPLOYED");
  CHECK(view.runtime == "node");
  CHECK(view.runtime_version == "21.7.3");
  CHECK(view.external_id == "ext-1");
  CHECK(view.created == instant(milliseconds(1'768'471'200'000)));
  CHECK(view.deployed == instant(milliseconds(1'768'471'205'000)));
  CHECK(json::parse(view.git)["commitRef"] == "main");
  CHECK(json::parse(view.error)["name"] == "E");
  CHECK(view.content_hash == "h3");
  CHECK(view.image == "img:1");
  CHECK(view.canceled_reason == "test");
  CHECK(json::parse(view.worker)["tasks"].empty());
  const auto bare =
      value_of(current_deployment(), R"({"id":"d","version":"1","status":"NEW","git":null,"runtime":null})");
  CHECK(bare.status == "NEW");
  CHECK(bare.git.empty());
  CHECK(bare.runtime.empty());
  CHECK_FALSE(bare.deployed.has_value());
}

TEST_CASE("a value nested deeper than is safe to write makes the reply unreadable") {
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  CHECK_FALSE(reads(current_deployment(), R"({"id":"d","version":"1","status":"S","git":)" + deep + '}'));
  CHECK(reads(current_deployment(), R"({"id":"d","version":"1","status":"S","other":)" + deep + '}'));
}

TEST_CASE("a version is promoted, an older one only when that is meant") {
  CHECK(line_of("POST", promote_deployment("20260115.1").what) == "/api/v1/deployments/20260115.1/promote");
  CHECK(promote_deployment("20260115.1", true).what.path ==
        "/api/v1/deployments/20260115.1/promote?allowRollbacks=true");
  CHECK(promote_deployment("v").what.body == nullptr);
  hold_reader(promote_deployment("v"), {R"({"id":"deployment_1","version":"20260115.1","shortCode":"ab"})",
                                        {{"/id", form::text}, {"/version", form::text}}});
  CHECK(value_of(promote_deployment("v"), R"({"id":"d","version":"1","shortCode":"ab"})").short_code == "ab");
}

TEST_CASE("a deployment is cancelled with a reason or without") {
  const auto what = cancel_deployment("deployment_1", "test").value();
  CHECK(line_of("POST", what.what) == "/api/v1/deployments/deployment_1/cancel");
  CHECK(sent(what.what) == json{{"reason", "test"}});
  CHECK(sent(cancel_deployment("d")->what) == json::object());
  CHECK(reads(what, "", 204));
  CHECK_FALSE(reads(what, "", 200));
  hold_refused(cancel_deployment("d", "a\nb"), "reason", "a\nb");
}
