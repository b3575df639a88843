// The client for programs: every call is repeated as the settings' retry policy says, with one request id for all its
// attempts. What a handle was made with holds for all attempts of a call and for all pages of a list.
//
//   retrying_client prod(client(wire, time, random, settings), timers);
//   const auto login = prod.with({.branch = "feature/login"});
//   const auto run = co_await login.send(api::retrieve_run("run_..."));
//
// A cheap, immutable handle like client; the timers outlive it. On the loop's thread only.
#pragma once

#include "base/timers.hpp"
#include "client/client.hpp"

namespace triggerd::client {

class retrying_client {
 public:
  // `stop` ends waits and exchanges of every call through this handle and what is derived from it; null: none. It
  // outlives them.
  retrying_client(client once, timers& queue, cancellation* stop = nullptr)
      : once_(std::move(once)), queue_(&queue), stop_(stop) {}

  // A handle over the same connections. Composes field by field: an outer base URL and an inner token both hold.
  retrying_client with(const overrides& changes) const;
  retrying_client until(cancellation& stop) const;
  const settings& config() const { return once_.config(); }

  // The last attempt. The failures are client::perform's; base.cancelled when it was stopped before it had a result.
  task<exchange> perform(api::call what) const { return attempts(*this, std::move(what)); }

  template <class T>
  task<api::answer<T>> send(api::operation<T> what) const {
    return attempts_and_read(*this, std::move(what));
  }

  // Of an address that somebody else signed: no credential, none of our headers. Repeated by for_packets().
  task<transport::outcome> perform_bare(transport::request what) const { return bare_attempts(*this, std::move(what)); }

  // False when it was stopped.
  task<bool> wait(milliseconds how_long) const { return pause(*this, how_long); }

  const clock& time() const { return once_.time(); }
  random_source& random() const { return once_.random(); }
  cancellation* stop() const { return stop_; }
  const client& once() const { return once_; }

 private:
  static task<exchange> attempts(retrying_client self, api::call what);
  static task<transport::outcome> bare_attempts(retrying_client self, transport::request what);
  static task<bool> pause(retrying_client self, milliseconds how_long);
  template <class T>
  static task<api::answer<T>> attempts_and_read(retrying_client self, api::operation<T> what) {
    api::call call = what.what;
    exchange done = co_await attempts(self, std::move(call));
    co_return client::finish(what, std::move(done));
  }

  client once_;
  timers* queue_;
  cancellation* stop_;
};

// The familiar form of a scope: `call` gets the derived handle. There is nothing to restore when it ends, also by an
// error, and calls that it leaves running keep their scope.
template <class Call>
auto with_auth(const retrying_client& of, const overrides& changes, Call&& call) {
  return std::forward<Call>(call)(of.with(changes));
}

}  // namespace triggerd::client
