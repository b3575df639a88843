#include "client/subscribing.hpp"

#include "api/codes.hpp"
#include "unit/client/patient_world.hpp"

using namespace triggerd;
using namespace triggerd::client;
using namespace triggerd::client::test;
using wire = triggerd::test::scripted_transport;

namespace {

const wire::header_list first_head{{"electric-handle", "h-1"}, {"electric-offset", "0_0"}, {"electric-schema", "{}"}};
const wire::header_list live_head{{"electric-handle", "h-1"}, {"electric-offset", "1_0"}, {"electric-cursor", "c1"}};
constexpr const char* up_to_date = R"({"headers":{"control":"up-to-date"}})";

std::string row(std::string_view operation, std::string_view status) {
  return R"([{"key":"k1","value":{"id":"1","friendlyId":"run_1","status":")" + std::string(status) +
         R"("},"headers":{"operation":")" + std::string(operation) + "\"}}," + up_to_date + "]";
}

struct run_changes {
  std::vector<std::string> seen;
  bool goes_on = true;
  run_reader tell() {
    return [this](const api::realtime_run& run) {
      seen.push_back(run.status);
      return goes_on;
    };
  }
};

}  // namespace

TEST_CASE("a run is told as it changes until it has ended, over trouble of the server's") {
  patient_world w;
  w.wire->answer(200, row("insert", "EXECUTING"), first_head);
  w.wire->break_off();
  w.wire->answer(503, "down");
  w.wire->answer(200, row("update", "COMPLETED_SUCCESSFULLY"), live_head);
  run_changes r;
  const auto end = w.ended(subscribe(w.by, api::run_subscription::of_run("run_1"), r.tell()));
  CHECK(end.has_value());
  CHECK(r.seen == std::vector<std::string>{"EXECUTING", "COMPLETED"});
  REQUIRE(w.wire->requests.size() == 4);
  CHECK(value(w.wire->requests[0], "x-trigger-electric-version") == "1.0.0-beta.1");
  CHECK(values(w.wire->requests[0], "x-trigger-request-idempotency-key").empty());
  CHECK(w.wire->requests[1].url == w.wire->requests[3].url);
}

TEST_CASE("a server that has forgotten its account is asked from the beginning") {
  patient_world w;
  w.wire->answer(200, row("insert", "EXECUTING"), first_head);
  w.wire->answer(409, R"([{"headers":{"control":"must-refetch"}}])", {{"electric-handle", "h-2"}});
  w.wire->answer(200, row("insert", "CANCELED"), first_head);
  run_changes r;
  CHECK(w.ended(subscribe(w.by, api::run_subscription::of_run("run_1"), r.tell())).has_value());
  REQUIRE(w.wire->requests.size() == 3);
  CHECK(w.wire->requests[2].url.find("offset=-1") != std::string::npos);
}

TEST_CASE("a refusal ends it, and so does a reader that has enough") {
  patient_world w;
  w.wire->answer(404, "Run not found");
  run_changes r;
  const auto refused = w.ended(subscribe(w.by, api::run_subscription::of_run("run_1"), r.tell()));
  REQUIRE(refused.has_error());
  CHECK(refused.error().what.code == api::codes::not_found);

  w.wire->answer(200, row("insert", "EXECUTING"), first_head);
  r.goes_on = false;
  CHECK(w.ended(subscribe(w.by, api::run_subscription::with_tags({"a"}), r.tell())).has_value());
  CHECK(w.wire->requests.size() == 2);
}
