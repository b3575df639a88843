#include "commands/origin.hpp"
#include "job/kind.hpp"

#include <doctest/doctest.h>

using namespace triggerd;
using commands::place_in_tag;
using commands::source_in;

TEST_CASE("the tag of an action leads back to it") {
  store::action_row action;
  action.fire = "f0192";
  action.target = "shop-prod";
  action.number = 41;
  const auto place = place_in_tag(job::action_tag(action));
  REQUIRE(place.has_value());
  CHECK(place->fire == "f0192");
  CHECK(place->number == 41);
}

TEST_CASE("tags of others lead nowhere") {
  for (const char* tag : {"", "td", "td:f1", "td:f1:abc", "td::abcdefgh:1", "td:f1:abcdefgh:x", "td:f1:abcdefgh:1x",
                          "td:f1:abcdefgh:", "order:f1:abcdefgh:1"}) {
    CAPTURE(tag);
    CHECK_FALSE(place_in_tag(tag).has_value());
  }
}

TEST_CASE("a stored job says where its payload, items or values come from") {
  const auto job = [](const std::string& table) { return R"({"job":{"j":)" + table + "}}"; };
  CHECK(source_in(job(R"({"type":"trigger","targets":["*"],"task":"t"})")) == "payload in the job");
  CHECK(source_in(job(R"({"type":"trigger","targets":["*"],"task":"t","payload_from":{"file":"/srv/p.json"}})")) ==
        "/srv/p.json");
  CHECK(source_in(job(R"({"type":"batch","targets":["*"],"task":"t","items_from":{"ndjson":"/srv/o.ndjson"}})")) ==
        "/srv/o.ndjson");
  CHECK(source_in("no job").empty());
}
