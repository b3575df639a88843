// One target's client: credential + base URL + branch + connections. One attempt per call; it never waits for a budget
// and never repeats.
//
// A client is a cheap, immutable handle: copies and what with() derives share the connections and nothing else. Use it
// on the loop's thread. A call always completes with an answer, also when the handle is gone by then; closing the
// transport ends it early.
#pragma once

#include "api/failure.hpp"
#include "api/operation.hpp"
#include "base/clock.hpp"
#include "base/random.hpp"
#include "base/secret.hpp"
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
};

// From the value's prefix; api.wrong-credential for what is no Trigger.dev credential, without quoting it.
result<std::shared_ptr<const credential>> make_credential(secret value);

struct settings {
  std::string base_url = "https://api.trigger.dev";  // one trailing slash is taken off
  std::string project;                               // "proj_..."; needed in some paths
  spec::environment env = spec::environment::dev;    // as configured; proved elsewhere
  std::string branch;                                // preview and dev only
  std::map<std::string, std::string> headers;        // additional ones; never replace ours
  milliseconds connect_timeout{5'000};
  milliseconds first_byte_timeout{30'000};
  std::shared_ptr<const triggerd::client::credential> key;
};

// What one scope changes; unset fields keep what they were. Composes field by field.
struct overrides {
  std::shared_ptr<const triggerd::client::credential> key;
  std::optional<std::string> base_url, branch;
};

// One attempt, with what the reply said about it.
struct exchange {
  transport::outcome seen;
  std::optional<api::failure> failed;  // unset: a 2xx, unread
};

class client {
 public:
  // Clock, random source and transport outlive it.
  client(std::shared_ptr<transport::transport> wire, const clock& time, random_source& random, settings of);

  client with(const overrides& changes) const;
  const settings& config() const { return *settings_; }

  // Refused before a byte is sent (kind refused): api.wrong-credential when this credential may not call the endpoint,
  // api.bad-argument when a header cannot carry its value.
  task<exchange> perform(api::call what) const { return attempt(*this, std::move(what)); }

  template <class T>
  task<api::answer<T>> send(api::operation<T> what) const {
    return attempt_and_read(*this, std::move(what));
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

  void close() const { wire_->close(); }  // ends what is in flight; later calls reconnect
  std::size_t in_flight() const { return wire_->in_flight(); }

 private:
  // The coroutines own a copy of the handle, so that client.with(...).send(...) may be awaited.
  static task<exchange> attempt(client self, api::call what);
  template <class T>
  static task<api::answer<T>> attempt_and_read(client self, api::operation<T> what) {
    api::call call = what.what;
    exchange done = co_await attempt(self, std::move(call));
    co_return finish(what, std::move(done));
  }

  std::shared_ptr<transport::transport> wire_;
  const clock* clock_;
  random_source* random_;
  std::shared_ptr<const settings> settings_;
};

}  // namespace triggerd::client
