// One target as one leg of a fire sees it: every attempt passes the server's budget, the caps and the fair queue, and
// what the reply says about budgets and keys is learnt before the caller sees it.
#pragma once

#include "api/failure.hpp"
#include "api/operation.hpp"
#include "api/public_tokens.hpp"
#include "base/async.hpp"
#include "client/client.hpp"
#include "spec/target_spec.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace triggerd::target {

class target;

// What went over the wire on behalf of one leg. Times are those of whole exchanges, bounded in number.
struct usage {
  std::uint64_t requests = 0;
  std::uint64_t failures = 0;                    // of these, without a 2xx
  std::vector<std::chrono::microseconds> times;  // the newest limits::reply_times, in no order
};

class access {
 public:
  // Waits for its turn (pause of the target, caps, budget; fair between lanes), then sends once. `batch_items` are
  // charged to the second bucket. Not sent with base.cancelled when `cancel` ends the wait; a request on the wire is
  // never broken off by it.
  template <class T>
  task<api::answer<T>> send(api::operation<T> what, std::uint64_t batch_items = 0) {
    client::exchange done = co_await perform(what.what, batch_items);
    co_return client::client::finish(what, std::move(done));
  }
  task<client::exchange> perform(api::call what, std::uint64_t batch_items);

  const spec::target_spec& spec() const;
  // The proved environment id, with "@branch" for a branch.
  const std::string& identity() const { return of_->identity; }
  // The target's own; a PAT sees more levels.
  spec::credential_kind reads_with() const { return of_->reads.config().key->kind; }
  // A public token for what `wish` says, when it reads with a root key; the key itself stays here. api.wrong-credential
  // with another credential, else the errors of api::sign_token.
  result<secret> sign(const api::token_wish& wish, const api::token_subject& subject, instant now) const;
  const usage& used() const { return of_->used; }

 private:
  friend class target;
  struct parts {
    std::shared_ptr<target> at;  // stays the one the leg began with, also over a reload
    client::client reads;
    client::client writes;  // with the job's own credential, when it has one
    std::string lane;       // fairness: one queue per job
    std::string identity;
    cancellation* cancel;
    usage used;
  };
  explicit access(std::shared_ptr<parts> of) : of_(std::move(of)) {}

  std::shared_ptr<parts> of_;  // a copy of an access is the same one
};

}  // namespace triggerd::target
