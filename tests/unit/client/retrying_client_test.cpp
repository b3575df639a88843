#include "client/retrying_client.hpp"

#include "client/pages.hpp"
#include "unit/client/patient_world.hpp"

#include <optional>

using namespace triggerd;
using namespace triggerd::client;
using namespace triggerd::client::test;

namespace {

constexpr std::string_view run_text = R"({"id":"run_1","status":"COMPLETED","taskIdentifier":"t"})";

struct counting_world : patient_world {
  // The offsets of the requests, in milliseconds from the first.
  std::vector<std::int64_t> asked_at;
  void watch() {
    wire->otherwise([this, start = time.steady()](const transport::request&) {
      asked_at.push_back(std::chrono::duration_cast<milliseconds>(time.steady() - start).count());
      return triggerd::test::scripted_transport::reply(500, R"({"error":"down"})");
    });
  }
};

template <class T>
task<> into(retrying_client by, api::operation<T> what, std::optional<api::answer<T>>& out) {
  out.emplace(co_await by.send(std::move(what)));
}

template <class T>
std::optional<api::answer<T>> sent(patient_world& w, const retrying_client& by, api::operation<T> what,
                                   std::chrono::nanoseconds within = std::chrono::minutes(10)) {
  std::optional<api::answer<T>> out;
  w.time.spawn(into(by, std::move(what), out));
  w.time.advance(within);
  return out;
}

}  // namespace

TEST_CASE("a call is repeated with the waits of its policy and one id for all attempts") {
  counting_world w;
  w.watch();
  const auto got = sent(w, w.by, api::retrieve_run("run_1"));
  REQUIRE(got.has_value());
  REQUIRE(got->has_error());
  CHECK(got->error().status == 500);
  CHECK(w.asked_at == std::vector<std::int64_t>{0, 1000, 2600, 5160, 9256});
  for (const auto& request : w.wire->requests)
    CHECK(value(request, "x-trigger-request-idempotency-key") ==
          value(w.wire->requests[0], "x-trigger-request-idempotency-key"));
  (void)sent(w, w.by, api::retrieve_run("run_1"));
  CHECK(value(w.wire->requests[0], "x-trigger-request-idempotency-key") !=
        value(w.wire->requests[5], "x-trigger-request-idempotency-key"));
}

TEST_CASE("a mutation that may have happened is repeated only when it carries a key") {
  const auto asked = [](bool keyed) {
    counting_world w;
    w.wire->otherwise([](const auto&) { return triggerd::test::scripted_transport::ambiguous(); });
    auto what = api::trigger("t", std::make_shared<const std::string>("{}"), keyed, false).value();
    const auto got = sent(w, w.by, std::move(what));
    REQUIRE(got.has_value());
    CHECK(got->has_error());
    return w.wire->requests.size();
  };
  CHECK(asked(true) == 5);
  CHECK(asked(false) == 1);
}

TEST_CASE("a handle keeps its scope for every attempt of a call, whatever is derived meanwhile") {
  counting_world w;
  w.watch();
  const auto inner = w.by.with({.key = key_of(preview_key)}).with({.branch = "b1"});
  std::optional<api::answer<api::run_view>> out;
  w.time.spawn(into(inner, api::retrieve_run("run_1"), out));
  w.time.run();
  const auto other = inner.with({.key = key_of(staging_key), .base_url = "https://other.test"});
  w.time.advance(std::chrono::minutes(1));
  REQUIRE(w.wire->requests.size() == 5);
  for (const auto& request : w.wire->requests) {
    CHECK(value(request, "authorization") == "Bearer " + preview_key);
    CHECK(value(request, "x-trigger-branch") == "b1");
    CHECK(request.url.starts_with("https://api.test/"));
  }
  CHECK(other.config().branch == "b1");
  CHECK(w.by.config().branch.empty());
}

TEST_CASE("with_auth gives the derived handle to its function and hands on what that returns") {
  counting_world w;
  w.wire->answer(200, std::string(run_text));
  const auto branch = with_auth(w.by, {.branch = "b2"}, [](const retrying_client& scoped) {
    return scoped.with({.headers = std::map<std::string, std::string>{{"x-tenant", "acme"}}}).config().branch;
  });
  CHECK(branch == "b2");
  CHECK(w.by.config().branch.empty());
}

TEST_CASE("additional headers and retries are part of a scope") {
  counting_world w;
  w.watch();
  const auto scoped =
      w.by.with({.headers = std::map<std::string, std::string>{{"x-tenant", "acme"}}, .retry = {.attempts = 1}});
  (void)sent(w, scoped, api::retrieve_run("run_1"));
  REQUIRE(w.wire->requests.size() == 1);
  CHECK(value(w.wire->requests[0], "x-tenant") == "acme");
}

TEST_CASE("a stopped handle waits no longer and says that it was stopped") {
  counting_world w;
  w.watch();
  std::optional<api::answer<api::run_view>> out;
  w.time.spawn(into(w.by, api::retrieve_run("run_1"), out));
  w.time.advance(milliseconds(1'500));
  CHECK_FALSE(out.has_value());
  w.stop.request();
  w.time.run();
  REQUIRE(out.has_value());
  REQUIRE(out->has_error());
  CHECK(out->error().what.code == codes::cancelled);
  CHECK(w.wire->requests.size() == 2);
}

// --- pages ---

namespace {

task<> all_of(pages<api::run_page>& list, std::vector<std::string>& runs, std::vector<error_code>& errors) {
  for (;;) {
    auto page = co_await list.next();
    if (!page) co_return;
    if (!*page) {
      errors.push_back(page->error().what.code);
      co_return;
    }
    for (const auto& run : (*page)->runs) runs.push_back(run.id);
  }
}

pages<api::run_page> runs_of(const retrying_client& by) {
  return {by, [](std::string_view cursor) {
            api::run_filter which;
            which.tag = {"x"};
            which.after = cursor;
            return api::list_runs(which);
          }};
}

std::string page_text(std::string_view ids, std::string_view next) {
  std::string text = R"({"data":[)";
  for (const char c : ids)
    text += std::string(text.back() == '[' ? "" : ",") + R"({"status":"QUEUED","id":"run_)" + c + "\"}";
  text += R"(],"pagination":{)";
  if (!next.empty()) text += R"("next":")" + std::string(next) + '"';
  return text + "}}";
}

}  // namespace

TEST_CASE("pages are asked for one by one, with their filter, past empty ones") {
  counting_world w;
  w.wire->answer(200, page_text("ab", "c1"));
  w.wire->answer(200, page_text("", "c2"));
  w.wire->answer(200, page_text("c", ""));
  auto list = runs_of(w.by);
  CHECK(w.wire->requests.empty());
  std::vector<std::string> runs;
  std::vector<error_code> errors;
  w.time.spawn(all_of(list, runs, errors));
  w.time.run();
  CHECK(runs == std::vector<std::string>{"run_a", "run_b", "run_c"});
  CHECK(errors.empty());
  REQUIRE(w.wire->requests.size() == 3);
  CHECK(w.wire->requests[2].url.find("page%5Bafter%5D=c2") != std::string::npos);
  CHECK(w.wire->requests[2].url.find("filter%5Btag%5D=x") != std::string::npos);
}

TEST_CASE("a list that goes in a circle ends with an error") {
  counting_world w;
  w.wire->otherwise([](const auto&) { return triggerd::test::scripted_transport::reply(200, page_text("a", "c1")); });
  auto list = runs_of(w.by);
  std::vector<std::string> runs;
  std::vector<error_code> errors;
  w.time.spawn(all_of(list, runs, errors));
  w.time.run();
  REQUIRE(errors.size() == 1);
  CHECK(errors[0] == api::codes::unreadable);
  CHECK(w.wire->requests.size() == 2);
}
