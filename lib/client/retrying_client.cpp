#include "client/retrying_client.hpp"

#include "client/request.hpp"
#include "transport/codes.hpp"

namespace triggerd::client {

namespace {

constexpr std::string_view request_id = "x-trigger-request-idempotency-key";

exchange stopped(exchange last) {
  if (!last.failed) last.failed.emplace();
  last.failed->what = fail(codes::cancelled, "the call was stopped before it had a result");
  return last;
}

// Worth another attempt: nothing came, or the store had a bad moment.
bool failed_for_now(const transport::outcome& seen) {
  if (seen.what != transport::knowledge::answered) return seen.failure.code != transport::codes::unusable;
  return seen.reply.status >= 500 || seen.reply.status == 429 || seen.reply.status == 408;
}

}  // namespace

retrying_client retrying_client::with(const overrides& changes) const {
  retrying_client derived = *this;
  derived.once_ = once_.with(changes);
  return derived;
}

retrying_client retrying_client::until(cancellation& stop) const {
  retrying_client derived = *this;
  derived.stop_ = &stop;
  return derived;
}

task<bool> retrying_client::pause(retrying_client self, milliseconds how_long) {
  cancellation never;
  cancellation& stop = self.stop_ != nullptr ? *self.stop_ : never;
  const bool whole = co_await sleep_for(*self.queue_, self.time(), how_long, stop);
  co_return whole;
}

task<exchange> retrying_client::attempts(retrying_client self, api::call what) {
  const retry_policy policy = for_calls(self.config().retry);
  if (sends_request_id(*what.endpoint)) what.headers.emplace_back(request_id, self.random().uuid_v4());
  const watching how{.stop = self.stop_};
  for (int attempt = 1;; ++attempt) {
    exchange done = co_await self.once_.perform(what, how);
    if (!done.failed) co_return done;
    if (self.stop_ != nullptr && self.stop_->requested()) co_return stopped(std::move(done));
    const auto wait = next_attempt(policy, what, attempt, *done.failed, self.random());
    if (!wait) co_return done;
    const bool whole = co_await pause(self, *wait);
    if (!whole) co_return stopped(std::move(done));
  }
}

task<transport::outcome> retrying_client::bare_attempts(retrying_client self, transport::request what) {
  const retry_policy policy = for_packets(self.config().retry);
  what.stop = self.stop_;
  for (int attempt = 1;; ++attempt) {
    transport::request again = what;
    transport::outcome seen = co_await self.once_.perform_bare(std::move(again));
    if (!failed_for_now(seen) || attempt >= policy.attempts) co_return seen;
    const milliseconds wait = backoff(policy, attempt, self.random());
    const bool whole = co_await pause(self, wait);
    if (!whole) co_return seen;
  }
}

}  // namespace triggerd::client
