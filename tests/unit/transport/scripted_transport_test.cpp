#include "support/scripted_transport.hpp"
#include "support/virtual_time.hpp"

#include <doctest/doctest.h>

using namespace triggerd;

namespace {

task<> ask(test::scripted_transport& wire, std::string url, std::vector<transport::outcome>& out) {
  transport::request what;
  what.method = "GET";
  what.url = std::move(url);
  transport::outcome got = co_await wire.perform(std::move(what));
  out.push_back(std::move(got));
}

}  // namespace

TEST_CASE("a scripted transport plays its outcomes in order and says when the script is over") {
  test::virtual_time time;
  test::scripted_transport wire;
  wire.answer(200, "{}", {{"X-RateLimit-Limit", "5"}, {"x-ratelimit-limit", "7"}});
  wire.break_off();
  std::vector<transport::outcome> out;
  for (int i = 0; i < 3; ++i) {
    time.spawn(ask(wire, "https://api.example/" + std::to_string(i), out));
    time.run();
  }
  REQUIRE(out.size() == 3);
  CHECK(out[0].reply.head.all("x-ratelimit-limit").size() == 2);
  CHECK(out[1].what == transport::knowledge::ambiguous);
  CHECK(out[2].failure.code == transport::codes::unusable);
  CHECK(wire.requests.at(1).url == "https://api.example/1");
  CHECK(wire.in_flight() == 0);
}

TEST_CASE("a held exchange stays in flight until it is released or the transport closes") {
  test::virtual_time time;
  test::scripted_transport wire;
  wire.hold(wire.reply(201, ""));
  wire.hold(wire.reply(202, ""));
  std::vector<transport::outcome> out;
  time.spawn(ask(wire, "https://api.example/a", out));
  time.spawn(ask(wire, "https://api.example/b", out));
  time.run();
  CHECK(wire.in_flight() == 2);
  CHECK(wire.release());
  time.run();
  REQUIRE(out.size() == 1);
  CHECK(out[0].reply.status == 201);
  wire.close();
  time.run();
  REQUIRE(out.size() == 2);
  CHECK(out[1].failure.code == transport::codes::closed);
}
