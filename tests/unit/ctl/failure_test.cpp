#include "ctl/failure_view.hpp"

#include "control/codes.hpp"
#include "samples.hpp"

using namespace triggerd;
using control::failure;

namespace {

failure answered(const std::string& name, const std::string& parameters) {
  const auto& table = commands::control_interface();
  for (const auto& e : table.errors)
    if (e.name == name) {
      const auto fits = control::check(table, e.parameters, nlohmann::json::parse(parameters));
      REQUIRE_MESSAGE(fits.has_value(), (fits ? "" : fits.error().message));
    }
  failure out;
  out.why = fail(control::codes::refused, "the daemon answered " + name);
  out.name = "io.triggerd.Control." + name;
  out.parameters = nlohmann::json::parse(parameters);
  return out;
}

std::string shown(const failure& f) {
  return std::to_string(ctl::verdict_of_failure(f)) + " " + show_failure(f, test::paper());
}

failure unanswered(error_code code) {
  failure out;
  out.why = fail(code, "words");
  return out;
}

}  // namespace

TEST_CASE("each failure has its words and its exit code") {
  CHECK(shown(unanswered(control::codes::no_daemon)) == "69 triggerctl: words\n");
  CHECK(shown(unanswered(control::codes::lost)) == "69 triggerctl: words\n");
  CHECK(shown(unanswered(control::codes::denied)) == "77 triggerctl: words\n");
  CHECK(shown(unanswered(triggerd::codes::timeout)) == "1 triggerctl: words\n");
  CHECK(shown(answered("PermissionDenied", R"({"needs":"admin","has":"read"})")) ==
        "77 triggerctl: this needs the role admin, you have read; an administrator grants it with [[socket.allow]]\n");
  CHECK(shown(answered("UnknownJob", R"({"job":"nigthly","nearest":"nightly"})")) ==
        "64 triggerctl: no job is named nigthly; did you mean nightly?\n");
  CHECK(shown(answered("UnknownFire", R"({"fire":"01","reason":"several begin with it"})")) ==
        "64 triggerctl: fire 01: several begin with it\n");
  CHECK(shown(answered("BadSelector", R"({"selector":"=","reason":"no label"})")) ==
        "64 triggerctl: selector =: no label\n");
  CHECK(shown(answered("BadVariable", R"({"name":"n","reason":"required"})")) == "64 triggerctl: --var n: required\n");
  CHECK(shown(answered("Overlap", R"({"job":"j","fire":"01x"})")) == "1 triggerctl: j is running already: fire 01x\n");
  CHECK(shown(answered("NotNow", R"({"state":"draining","reason":"nothing new starts"})")) ==
        "1 triggerctl: nothing new starts (draining)\n");
  CHECK(shown(answered("TooManySessions", R"({"most":256})")) ==
        "1 triggerctl: 256 connections are open, and no more are allowed\n");
  CHECK(shown(answered("InvalidParameter", R"({"parameter":"on"})")) ==
        "64 triggerctl: the daemon does not take parameter on\n");
  CHECK(shown(answered("MethodNotFound", R"({"method":"Top"})")) ==
        "64 triggerctl: the daemon does not know Top; it may be of another version\n");
  CHECK(shown(answered("Failed", R"({"code":"api.x","message":"no","peer":"why"})")) ==
        "1 triggerctl: no (api.x); server said: why\n");
  CHECK(shown(answered("UnknownEndpoint", R"({"endpoint":"runs.lst","nearest":"runs.list"})")) ==
        "64 triggerctl: no endpoint is named runs.lst; did you mean runs.list?\n");
  CHECK(shown(answered("UnknownEndpoint", R"({"endpoint":"x"})")) ==
        "64 triggerctl: no endpoint is named x; triggerctl endpoints lists them\n");
  CHECK(shown(answered("BadArgument", R"({"reason":"runs.retrieve needs runId"})")) ==
        "64 triggerctl: runs.retrieve needs runId\n");
  CHECK(shown(answered("Failed", R"({"code":"api.server","message":"no","status":500,"unknown":true})")) ==
        "3 triggerctl: no (api.server); it may have had its effect: look before you repeat it\n");
}
