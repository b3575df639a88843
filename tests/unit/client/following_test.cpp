#include "client/following.hpp"

#include "api/codes.hpp"
#include "api/sessions.hpp"
#include "unit/client/patient_world.hpp"

using namespace triggerd;
using namespace triggerd::client;
using namespace triggerd::client::test;
using wire = triggerd::test::scripted_transport;

namespace {

api::call subscription() { return api::subscribe_channel({.session = "chat-1"}, {}).value(); }

std::string batch(int seq, std::string_view text) {
  return "event: batch\nid: " + std::to_string(seq) + "\ndata: {\"records\":[{\"seq_num\":" + std::to_string(seq) +
         R"(,"timestamp":1,"body":"{\"data\":\")" + std::string(text) + R"(\",\"id\":\"p)" + std::to_string(seq) +
         "\\\"}\",\"headers\":[]}]}\n\n";
}

struct reader {
  std::vector<std::string> seen;
  std::size_t most = 100;
  record_reader tell() {
    return [this](const api::channel_record& one) {
      seen.push_back(one.data);
      return seen.size() < most;
    };
  }
};

}  // namespace

TEST_CASE("records are told in order until the server ends the stream") {
  patient_world w;
  w.wire->answer(200, batch(1, "a") + ": ping\n\n" + batch(2, "b"));
  reader r;
  const auto end = w.ended(follow(w.by, subscription(), r.tell()));
  REQUIRE(end.has_value());
  CHECK(end->position == "2");
  CHECK(r.seen == std::vector<std::string>{"\"a\"", "\"b\""});
  CHECK(w.wire->requests.size() == 1);
}

TEST_CASE("a broken stream goes on after its last record, and what comes twice is told once") {
  patient_world w;
  w.wire->play([](const transport::request& what) {
    auto out = wire::ambiguous();
    const std::string bytes = batch(1, "a") + "event: batch\nid: 2\nda";
    what.sink->began(200, {});
    what.sink->take(bytes);
    return out;
  });
  w.wire->answer(503, "down");
  w.wire->answer(200, batch(1, "a") + batch(2, "b"));
  reader r;
  const auto end = w.ended(follow(w.by, subscription(), r.tell()));
  REQUIRE(end.has_value());
  CHECK(r.seen == std::vector<std::string>{"\"a\"", "\"b\""});
  REQUIRE(w.wire->requests.size() == 3);
  CHECK(values(w.wire->requests[0], "last-event-id").empty());
  CHECK(value(w.wire->requests[1], "last-event-id") == "1");
  CHECK(value(w.wire->requests[2], "last-event-id") == "1");
}

TEST_CASE("a reader that has enough ends the subscription") {
  patient_world w;
  w.wire->answer(200, batch(1, "a") + batch(2, "b") + batch(3, "c"));
  reader r;
  r.most = 2;
  const auto end = w.ended(follow(w.by, subscription(), r.tell()));
  REQUIRE(end.has_value());
  CHECK(r.seen.size() == 2);
  CHECK(end->position == "2");
}

TEST_CASE("a refusal is final, and so is a stop") {
  patient_world w;
  w.wire->answer(404, "Session not found");
  reader r;
  const auto refused = w.ended(follow(w.by, subscription(), r.tell()));
  REQUIRE(refused.has_error());
  CHECK(refused.error().what.code == api::codes::not_found);
  CHECK(w.wire->requests.size() == 1);

  w.wire->hold(wire::reply(200, ""));
  std::optional<api::answer<followed>> out;
  w.time.spawn([](retrying_client by, record_reader tell, std::optional<api::answer<followed>>& into) -> task<> {
    into.emplace(co_await follow(by, subscription(), tell));
  }(w.by, r.tell(), out));
  w.time.advance(seconds(5));
  CHECK_FALSE(out.has_value());
  w.stop.request();
  w.time.advance(seconds(1));
  REQUIRE(out.has_value());
  REQUIRE(out->has_error());
  CHECK(out->error().what.code == codes::cancelled);
}

TEST_CASE("a token without the scope is refused before anything is sent") {
  patient_world w(settings_of("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJlbnZfMSIsInNjb3BlcyI6WyJyZWFkOnJ1bnMiXX0.c2ln"));
  reader r;
  const auto refused = w.ended(follow(w.by, subscription(), r.tell()));
  REQUIRE(refused.has_error());
  CHECK(refused.error().what.code == api::codes::wrong_credential);
  CHECK(w.wire->requests.empty());
}
