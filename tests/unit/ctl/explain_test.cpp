#include "ctl/explain.hpp"
#include "ctl/catalogue.hpp"
#include "ctl/exit_codes.hpp"

#include <doctest/doctest.h>

using namespace triggerd;
using namespace triggerd::ctl;

namespace {

constexpr std::string_view two_pages = R"(# Codes

Words before.

## pond.cold

The water is cold. It
will warm up.

Likely causes:
- winter

## pond.dry

There is no water.
)";

}  // namespace

TEST_CASE("a catalogue is cut into its pages") {
  const catalogue all(two_pages);
  REQUIRE(all.all().size() == 2);
  CHECK(all.all()[0].code == "pond.cold");
  CHECK(all.all()[0].text.starts_with("The water is cold."));
  CHECK(all.all()[0].text.ends_with("- winter\n"));
  CHECK(all.all()[0].first() == "The water is cold.");
  CHECK(all.find("pond.dry")->text == "There is no water.\n");
  CHECK(all.find("pond") == nullptr);
  CHECK(all.nearest("pond.dri") == "pond.dry");
  CHECK(catalogue("").all().empty());
}

TEST_CASE("the built-in catalogue has a page for codes of every kind") {
  const catalogue all(error_pages());
  for (const char* code : {"target.parked", "job.unknown-effect", "config.unknown-key", "store.disk", "base.stopped"}) {
    CAPTURE(code);
    REQUIRE(all.find(code) != nullptr);
    CHECK(all.find(code)->text.find("What to do:") != std::string_view::npos);
  }
}

TEST_CASE("codes are told from ids by their form") {
  CHECK(looks_like_code("target.parked"));
  CHECK(looks_like_code("config.not-supported-yet"));
  for (const char* id : {"run_cm1234", "f01j8", "", ".", "a.", ".b", "batch_1.2", "Target.parked"}) {
    CAPTURE(id);
    CHECK_FALSE(looks_like_code(id));
  }
}

TEST_CASE("the list of codes has a line for each with what it means") {
  arguments said;
  const std::string lines = show_codes(said, screen());
  CHECK(lines.find("target.parked") != std::string::npos);
  said.names = true;
  CHECK(show_codes(said, screen()).find("target.parked\n") != std::string::npos);
}

TEST_CASE("an explained run says job, file, source and action") {
  const json reply = json::parse(R"({"schema_version": 1, "known": true, "origin": "jobs.d/orders.toml:9:1",
    "source": "/srv/orders.ndjson", "notes": ["found on shop-prod as an item of batch_1"],
    "fire": {"id": "f1", "job": "orders", "kind": "batch", "cause": "manual", "by": "uid 1000", "state": "done",
             "due": "2026-11-26T10:00:00.000Z", "legs": []},
    "action": {"target": "shop-prod", "number": 3, "kind": "chunk", "subject": "import-order, items 1 to 100",
               "state": "done", "items": 100, "note": ""}})");
  const std::string words = show_explanation(reply, screen());
  for (const char* part :
       {"number 3 on shop-prod, chunk of import-order, items 1 to 100, done, 100 items",
        "f1, done, manual by uid 1000, due 2026-11-26 10:00:00 UTC", "orders (batch)", "jobs.d/orders.toml:9:1",
        "/srv/orders.ndjson", "found on shop-prod", "triggerctl fire f1"}) {
    CAPTURE(part);
    CHECK(words.find(part) != std::string::npos);
  }
  CHECK(verdict_of_explanation(reply) == exit_code::done);
}

TEST_CASE("what nobody knows is said so, and is no success") {
  const json reply = json::parse(R"({"known": false, "notes": ["shop-prod does not know it"]})");
  CHECK(show_explanation(reply, screen()).find("shop-prod does not know it") != std::string::npos);
  CHECK(verdict_of_explanation(reply) == exit_code::failed);
}
