// One target's client: credential + base URL + branch + connections. One attempt per call; it never waits for a budget
// and never repeats.
//
// A client is a cheap, immutable handle: copies and what with() derives share the connections and nothing else. Use it
// on the loop's thread. A call always completes with an answer, also when the handle is gone by then; closing the
// transport ends it early.
#pragma once

#include "api/failure.hpp"
#include "api/operation.hpp"
#include "api/public_tokens.hpp"
#include "base/boxed.hpp"
#include "base/clock.hpp"
#include "base/random.hpp"
#include "base/secret.hpp"
#include "client/context.hpp"
#include "client/retry.hpp"
#include "spec/credential_kind.hpp"
#include "transport/transport.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>

namespace triggerd::client {

// A key in memory. Shared by the clients that use it, wiped when the last one goes.
struct credential {
  spec::credential_kind kind = spec::credential_kind::secret_key;
  std::optional<spec::environment> env;  // as its prefix says
  secret value;
  boxed<api::token_view> token;  // what a public token says of itself; unset also when it cannot be read
};

// From the value's prefix; api.wrong-credential for what is no Trigger.dev credential, without quoting it.
result<std::shared_ptr<const credential>> make_credential(secret value);

struct settings {
  std::string base_url = "https://api.trigger.dev";  // one trailing slash is taken off
  std::string project;                               // "proj_..."; needed in some paths
  spec::environment env = spec::environment::dev;    // as configured; proved elsewhere
  std::string branch;                                // preview and dev only
  std::map<std::string, std::string> headers;        // additional ones; never replace ours
  retry_settings retry;                              // of retrying_client
  std::string streams_version = "v2";                // storage of the streams of runs it triggers: "v1" or "v2"
  bool check_scopes = true;       // of a public token, before anything is sent; else the server alone
  std::optional<context> around;  // of the task on whose behalf it calls; unset: none
  milliseconds connect_timeout{5'000};
  milliseconds first_byte_timeout{30'000};
  std::shared_ptr<const triggerd::client::credential> key;
};

// What one scope changes; unset fields keep what they were. Composes field by field.
struct overrides {
  std::shared_ptr<const triggerd::client::credential> key = {};
  std::optional<std::string> base_url = {}, branch = {};
  std::optional<std::map<std::string, std::string>> headers = {};  // replaced as a whole
  retry_settings retry = {};                                       // field by field, like the rest
  std::optional<context> around = {};
};

// How one attempt is watched. Both outlive it; null: not at all.
struct watching {
  cancellation* stop = nullptr;
  transport::body_sink* sink = nullptr;
};

// One attempt, with what the reply said about it.
struct exchange {
  transport::outcome seen;
  boxed<api::failure> failed;  // unset: a 2xx, unread
};

class client {
 public:
  // Clock, random source and transport outlive it.
  client(std::shared_ptr<transport::transport> wire, const clock& time, random_source& random, settings of);

  client with(const overrides& changes) const;
  const settings& config() const { return *settings_; }

  // Refused before a byte is sent (kind refused): api.wrong-credential when this credential may not call the endpoint,
  // no scope of its public token could allow it, or that token has expired; api.bad-argument when a header cannot carry
  // its value.
  task<exchange> perform(api::call what, watching by = {}) const;

  template <class T>
  task<api::answer<T>> send(api::operation<T> what) const {
    return perform_and_read(*this, std::move(what));
  }

  // Reads a finished exchange: its failure, or the typed reply. A reply that holds secrets is wiped.
  template <class T>
  static api::answer<T> finish(const api::operation<T>& what, exchange done) {
    if (done.failed) return std::move(*done.failed);
    result<T> read = what.read(done.seen.reply);
    if (what.what.secret_reply) wipe(done.seen.reply.body);
    if (!read) return api::unreadable(what.what, done.seen, read.error());
    return std::move(*read);
  }

  // An absolute address that somebody else signed, over the same connections: no credential, none of our headers.
  task<transport::outcome> perform_bare(transport::request what) const { return wire_->perform(std::move(what)); }

  const clock& time() const { return *clock_; }
  random_source& random() const { return *random_; }
  void close() const { wire_->close(); }  // ends what is in flight; later calls reconnect
  std::size_t in_flight() const { return wire_->in_flight(); }

 private:
  // Coroutines own all they need, so that client.with(...).send(...) may be awaited.
  template <class T>
  static task<api::answer<T>> perform_and_read(client self, api::operation<T> what) {
    api::call call = what.what;
    exchange done = co_await self.perform(std::move(call));
    co_return finish(what, std::move(done));
  }

  std::shared_ptr<transport::transport> wire_;
  const clock* clock_;
  random_source* random_;
  std::shared_ptr<const settings> settings_;
};

}  // namespace triggerd::client
