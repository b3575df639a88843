#include "client/subscribing.hpp"

namespace triggerd::client {

namespace {

constexpr int forgotten = 409;  // the server starts its account anew, and says so in a reply like any other

bool is_told(const exchange& done) {
  return !done.failed || (done.seen.what == transport::knowledge::answered && done.seen.reply.status == forgotten);
}

bool is_final(const api::failure& f) {
  return f.kind == api::failure_kind::refused || f.kind == api::failure_kind::credential;
}

}  // namespace

task<api::answer<api::nothing>> subscribe(retrying_client by, api::run_subscription what, run_reader tell) {
  const retry_policy policy = for_calls(by.config().retry);
  const watching how{.stop = by.stop()};
  int failures = 0;
  for (;;) {
    const exchange done = co_await by.once().perform(what.next_request(), how);
    if (by.stop() != nullptr && by.stop()->requested())
      co_return api::refused_here(fail(codes::cancelled, "the subscription was stopped"));
    if (!is_told(done)) {
      if (is_final(*done.failed)) co_return *done.failed;
      const auto asked = done.failed->wait.value_or(milliseconds(0));
      (void)co_await by.wait(std::max<milliseconds>(asked, backoff(policy, ++failures, by.random())));
      continue;
    }
    failures = 0;
    const auto changed = what.take(done.seen.reply);
    if (!changed) co_return api::refused_here(changed.error());
    for (const auto& run : *changed)
      if (!tell(run)) co_return api::nothing{};
    if (what.ended()) co_return api::nothing{};
  }
}

}  // namespace triggerd::client
