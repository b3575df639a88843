#include "api/codes.hpp"
#include "unit/client/bench.hpp"

#include <optional>

using namespace triggerd;
using namespace triggerd::client;
using namespace triggerd::client::test;
using api::failure_kind;
using spec::environment;

namespace {

struct world {
  triggerd::test::virtual_time time;
  std::shared_ptr<triggerd::test::scripted_transport> wire = std::make_shared<triggerd::test::scripted_transport>();
  seeded_random random{1};

  triggerd::client::client client(settings of) { return {wire, time, random, std::move(of)}; }
  const transport::request& asked(std::size_t i) { return wire->requests.at(i); }
};

template <class T>
task<> into(triggerd::client::client by, api::operation<T> what, std::optional<api::answer<T>>& out) {
  out.emplace(co_await by.send(std::move(what)));
}

template <class T>
api::answer<T> sent(world& w, const triggerd::client::client& by, api::operation<T> what) {
  std::optional<api::answer<T>> out;
  w.time.spawn(into(by, std::move(what), out));
  w.time.run();
  REQUIRE(out.has_value());
  return std::move(*out);
}

task<> performed(triggerd::client::client by, api::call what, std::optional<exchange>& out) {
  out.emplace(co_await by.perform(std::move(what)));
}

api::operation<api::triggered> a_trigger(bool keyed) {
  return api::trigger("t", std::make_shared<const std::string>("{}"), keyed, false).value();
}

}  // namespace

TEST_CASE("a credential is told from its prefix, and its value never from an error") {
  const std::pair<std::string, spec::credential_kind> known[] = {
      {prod_key, spec::credential_kind::secret_key},
      {additional_key, spec::credential_kind::additional_key},
      {pat, spec::credential_kind::pat},
      {org_token, spec::credential_kind::org_token},
      {jwt, spec::credential_kind::public_token}};
  for (const auto& [value, kind] : known) {
    const auto made = make_credential(secret(value)).value();
    CHECK(made->kind == kind);
    CHECK(made->value.expose() == value);
  }
  CHECK(make_credential(secret(preview_key)).value()->env == environment::preview);
  CHECK_FALSE(make_credential(secret(pat)).value()->env.has_value());
  for (const std::string value : {"", "sesame", "pk_prod_sesame", "tr_live_sesame", "Bearer tr_prod_sesame"}) {
    const auto made = make_credential(secret(value));
    REQUIRE_FALSE(made.has_value());
    CHECK(made.error().code == api::codes::wrong_credential);
    CHECK(made.error().describe().find("sesame") == std::string::npos);
  }
}

TEST_CASE("a call is one request, and its reply is read") {
  world w;
  w.wire->answer(200, R"({"id":"run_7","isCached":true})");
  const auto got = sent(w, w.client(settings_of(prod_key)), a_trigger(true));
  REQUIRE(got.has_value());
  CHECK(got->run == "run_7");
  CHECK(got->cached);
  REQUIRE(w.wire->requests.size() == 1);
  CHECK(w.asked(0).url == "https://api.test/api/v1/tasks/t/trigger");
}

TEST_CASE("a failed call is never repeated, whatever it failed of") {
  world w;
  const auto by = w.client(settings_of(prod_key));
  const transport::outcome ends[] = {w.wire->reply(503, "", {{"x-should-retry", "true"}}), w.wire->reply(429, "{}"),
                                     w.wire->not_sent(), w.wire->ambiguous(), w.wire->reply(200, "<html>")};
  for (const auto& end : ends) {
    const auto before = w.wire->requests.size();
    w.wire->play(end);
    CHECK_FALSE(sent(w, by, a_trigger(true)).has_value());
    CHECK(w.wire->requests.size() == before + 1);
  }
}

TEST_CASE("failures arrive judged") {
  world w;
  const auto by = w.client(settings_of(prod_key));
  w.wire->answer(401, R"({"error":"Invalid API key"})");
  CHECK(sent(w, by, a_trigger(true)).error().kind == failure_kind::credential);
  w.wire->break_off();
  CHECK(sent(w, by, a_trigger(false)).error().kind == failure_kind::ambiguous);
  w.wire->break_off();
  CHECK(sent(w, by, a_trigger(true)).error().kind == failure_kind::transient);
  w.wire->refuse();
  CHECK(sent(w, by, a_trigger(false)).error().kind == failure_kind::not_sent);
}

TEST_CASE("the wait of a 429 is counted from the clock's now") {
  world w;
  const auto reset = w.time.now().time_since_epoch().count() + 9'000;
  w.wire->play([&](const transport::request&) {
    w.time.step_wall(milliseconds(4'000));  // while the reply was under way
    return w.wire->reply(429, "{}", {{"x-ratelimit-remaining", "0"}, {"x-ratelimit-reset", std::to_string(reset)}});
  });
  CHECK(sent(w, w.client(settings_of(prod_key)), a_trigger(true)).error().wait == milliseconds(5'000));
}

TEST_CASE("a success that cannot be read is a doubt for what may not be repeated") {
  world w;
  const auto by = w.client(settings_of(prod_key));
  w.wire->answer(200, R"({"unexpected":true})");
  const auto lost = sent(w, by, a_trigger(false));
  CHECK(lost.error().kind == failure_kind::ambiguous);
  CHECK(lost.error().what.code == api::codes::unreadable);
  CHECK(lost.error().status == 200);
  w.wire->answer(200, "<html>a proxy</html>");
  const auto read = sent(w, by, api::retrieve_run("r"));
  CHECK(read.error().kind == failure_kind::transient);
  CHECK(read.error().what.describe().find("proxy") == std::string::npos);
}

TEST_CASE("what may not be called is refused without a request") {
  world w;
  const auto refused = sent(w, w.client(settings_of(pat)), a_trigger(true));
  CHECK(refused.error().kind == failure_kind::refused);
  CHECK(refused.error().what.code == api::codes::wrong_credential);
  CHECK(refused.error().status == 0);
  CHECK_FALSE(refused.error().may_have_happened);
  std::optional<exchange> done;
  w.time.spawn(performed(w.client(settings_of(preview_key, environment::preview, "a\nb")), reading(), done));
  w.time.run();
  REQUIRE(done.has_value());
  REQUIRE(done->failed.has_value());
  CHECK(done->failed->what.code == api::codes::bad_argument);
  CHECK(done->seen.what == transport::knowledge::not_sent);
  CHECK(w.wire->requests.empty());
}

TEST_CASE("one trailing slash of the base URL is taken off, and its path is kept") {
  world w;
  for (const auto& [base, expected] :
       {std::pair("https://h", "https://h/api/v3/runs/run_1"), std::pair("https://h/", "https://h/api/v3/runs/run_1"),
        std::pair("https://h/p/q/", "https://h/p/q/api/v3/runs/run_1")}) {
    auto of = settings_of(prod_key);
    of.base_url = base;
    const auto by = w.client(of);
    w.wire->answer(200, R"({"id":"run_1","status":"QUEUED"})");
    CHECK(sent(w, by, api::retrieve_run("run_1")).has_value());
    CHECK(w.wire->requests.back().url == expected);
    overrides same;
    same.base_url = base;
    CHECK(by.with(same).config().base_url == by.config().base_url);
  }
}

TEST_CASE("scopes compose field by field, and the inner one holds") {
  world w;
  auto of = settings_of(prod_key, environment::preview);
  of.headers = {{"x-tenant", "acme"}};
  const auto base = w.client(of);
  overrides outer;
  outer.base_url = "https://outer";
  outer.branch = "outer-branch";
  overrides inner;
  inner.key = key_of(preview_key);
  inner.branch = "inner-branch";
  const auto derived = base.with(outer).with(inner);
  w.wire->otherwise([](const auto&) { return triggerd::test::scripted_transport::reply(404, "{}"); });
  CHECK_FALSE(sent(w, derived, api::retrieve_run("r")).has_value());
  CHECK(w.asked(0).url.starts_with("https://outer/"));
  CHECK(value(w.asked(0), "authorization") == "Bearer " + preview_key);
  CHECK(value(w.asked(0), "x-trigger-branch") == "inner-branch");
  CHECK(value(w.asked(0), "x-tenant") == "acme");

  // The handle it came from is as it was.
  CHECK_FALSE(sent(w, base, api::retrieve_run("r")).has_value());
  CHECK(w.asked(1).url.starts_with("https://api.test/"));
  CHECK(value(w.asked(1), "authorization") == "Bearer " + prod_key);
  CHECK(values(w.asked(1), "x-trigger-branch").empty());

  overrides no_branch;
  no_branch.branch = "";
  CHECK_FALSE(sent(w, derived.with(no_branch), api::retrieve_run("r")).has_value());
  CHECK(values(w.asked(2), "x-trigger-branch").empty());
  CHECK(derived.with({}).config().branch == "inner-branch");
}

TEST_CASE("two clients never mix, however their calls interleave") {
  triggerd::test::virtual_time time;
  seeded_random random(1);
  auto first_wire = std::make_shared<triggerd::test::scripted_transport>();
  auto second_wire = std::make_shared<triggerd::test::scripted_transport>();
  auto other = settings_of(preview_key, environment::preview, "feature-xyz");
  other.base_url = "https://other.test";
  other.headers = {{"x-tenant", "other"}};
  const triggerd::client::client first(first_wire, time, random, settings_of(prod_key));
  const triggerd::client::client second(second_wire, time, random, other);

  constexpr int rounds = 20;
  std::vector<std::optional<api::answer<api::run_view>>> got(2 * rounds);
  for (int i = 0; i < rounds; ++i) {
    for (const auto& wire : {first_wire, second_wire}) {
      const auto reply = wire->reply(200, R"({"id":")" + std::string(wire == first_wire ? "first" : "second") +
                                              std::to_string(i) + R"(","status":"QUEUED"})");
      if ((i + (wire == first_wire)) % 2 == 0) wire->hold(reply);
      else wire->play(reply);
    }
    time.spawn(into(first, api::retrieve_run("a" + std::to_string(i)), got[static_cast<std::size_t>(2 * i)]));
    time.spawn(into(second, api::retrieve_run("b" + std::to_string(i)), got[static_cast<std::size_t>(2 * i + 1)]));
    if (i % 3 == 0) time.run();
  }
  while (second_wire->release() || first_wire->release()) time.run();
  time.run();

  CHECK(first.in_flight() == 0);
  CHECK(second.in_flight() == 0);
  for (int i = 0; i < rounds; ++i) {
    CHECK(got[static_cast<std::size_t>(2 * i)]->value().id == "first" + std::to_string(i));
    CHECK(got[static_cast<std::size_t>(2 * i + 1)]->value().id == "second" + std::to_string(i));
  }
  REQUIRE(first_wire->requests.size() == rounds);
  REQUIRE(second_wire->requests.size() == rounds);
  for (const auto& request : first_wire->requests) {
    CHECK(request.url.starts_with("https://api.test/api/v3/runs/a"));
    CHECK(value(request, "authorization") == "Bearer " + prod_key);
    CHECK(values(request, "x-trigger-branch").empty());
    CHECK(values(request, "x-tenant").empty());
  }
  for (const auto& request : second_wire->requests) {
    CHECK(request.url.starts_with("https://other.test/api/v3/runs/b"));
    CHECK(value(request, "authorization") == "Bearer " + preview_key);
    CHECK(value(request, "x-trigger-branch") == "feature-xyz");
    CHECK(value(request, "x-tenant") == "other");
  }
}

TEST_CASE("a call keeps what it was started with, also when its handle is gone") {
  world w;
  std::optional<api::answer<api::run_view>> got;
  w.wire->hold(w.wire->reply(200, R"({"id":"run_1","status":"COMPLETED"})"));
  {
    const auto by = w.client(settings_of(prod_key));
    overrides scope;
    scope.key = key_of(dev_key);
    w.time.spawn(into(by.with(scope), api::retrieve_run("run_1"), got));
    w.time.run();
  }
  CHECK_FALSE(got.has_value());
  CHECK(w.wire->release());
  w.time.run();
  REQUIRE(got.has_value());
  CHECK(got->value().id == "run_1");
  CHECK(value(w.asked(0), "authorization") == "Bearer " + dev_key);
}

TEST_CASE("closing a client ends what is in flight, and a later call goes out again") {
  world w;
  const auto by = w.client(settings_of(prod_key));
  std::optional<api::answer<api::triggered>> got;
  w.wire->hold(w.wire->reply(200, R"({"id":"run_1"})"));
  w.time.spawn(into(by, a_trigger(false), got));
  w.time.run();
  CHECK(by.in_flight() == 1);
  by.close();
  w.time.run();
  REQUIRE(got.has_value());
  CHECK(got->error().kind == failure_kind::ambiguous);
  CHECK(w.wire->closes == 1);
  w.wire->answer(200, R"({"id":"run_2"})");
  CHECK(sent(w, by, a_trigger(false)).value().run == "run_2");
}

TEST_CASE("a finished exchange can be read later, by whoever holds the operation") {
  world w;
  const auto what = api::retrieve_run("run_1");
  std::optional<exchange> done;
  w.wire->answer(200, R"({"id":"run_1","status":"FAILED"})", {{"x-ratelimit-remaining", "3"}});
  w.time.spawn(performed(w.client(settings_of(prod_key)), what.what, done));
  w.time.run();
  REQUIRE(done.has_value());
  CHECK_FALSE(done->failed.has_value());
  CHECK(done->seen.reply.head.first("x-ratelimit-remaining") == "3");
  CHECK(triggerd::client::client::finish(what, std::move(*done)).value().failed());
  exchange refused;
  refused.failed.emplace();
  refused.failed->status = 418;
  CHECK(triggerd::client::client::finish(what, refused).error().status == 418);
}
