#include "commands/interface.hpp"
#include "ctl/commands.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>

using namespace triggerd;

TEST_CASE("the interface is sound varlink") {
  const auto faults = control::faults(commands::control_interface());
  for (const auto& fault : faults) MESSAGE(fault);
  CHECK(faults.empty());
}

TEST_CASE("the text in config is what the table says") {
  std::ifstream file(TRIGGERD_SOURCE_DIR "/config/io.triggerd.Control.varlink");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  CHECK_MESSAGE(text == control::render(commands::control_interface()),
                "run: triggerctl interface > config/io.triggerd.Control.varlink");
}

TEST_CASE("every reply carries the schema version") {
  for (const auto& method : commands::control_interface().methods) {
    CAPTURE(method.name);
    REQUIRE_FALSE(method.reply.empty());
    CHECK(method.reply.front().name == "schema_version");
  }
}

TEST_CASE("every reply that streams may say what was missed, unless the interface says it does not stream") {
  for (const auto& method : commands::control_interface().methods) {
    CAPTURE(method.name);
    bool says_missed = false;
    for (const auto& field : method.reply) says_missed = says_missed || field.name == "missed";
    CHECK(says_missed == method.streams);
  }
}
