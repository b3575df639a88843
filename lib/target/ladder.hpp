// The steps that prove whose environment a credential opens, as a machine: it names the next question, is fed the answer,
// and ends in a verdict. Pure. (contract API.md 1.5 and 21: a secret key ignores the environment in the URL, so a key of
// prod in a target of staging would write to prod.)
#pragma once

#include "api/failure.hpp"
#include "api/identity.hpp"
#include "client/client.hpp"
#include "spec/target_spec.hpp"
#include "target/identity.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace triggerd::target {

struct verdict {
  enum class kind { proved, parked, unproved, unreachable };
  kind is = kind::unproved;
  identity who;                                         // proved only
  std::string reason;                                   // else: what is wrong, in a sentence
  std::string next;                                     // and what mends it
  std::shared_ptr<const client::credential> exchanged;  // the environment's own key, when a token was exchanged for it
};

class ladder {
 public:
  enum class question {
    none,          // there is a verdict
    key,           // api::whoami_key with the credential
    user,          // api::whoami_user
    environments,  // api::list_environments
    branches,      // api::list_branches
    exchange,      // api::fetch_environment_key
    exchanged,     // api::whoami_key with verdict().exchanged
    witness,       // which environment another key of the same target or one like it has proved
    token,         // api::mint_public_token with scope()
  };

  // `of` as the credential is used: its base URL and branch may be a job's own.
  ladder(const spec::target_spec& of, const client::credential& with, bool exchange);

  question next() const { return next_; }
  std::string_view scope() const;  // an additional key grants only what it has: one is tried after another
  const verdict& result() const { return verdict_; }

  void feed(const api::answer<api::environment_view>& answer);  // key, exchanged
  void feed(const api::answer<api::user_view>& answer);
  void feed(const api::answer<std::vector<api::environment_entry>>& answer);
  void feed(const api::answer<std::vector<api::branch_entry>>& answer);
  void feed(const api::answer<api::exchanged_key>& answer);
  void feed(const api::answer<api::token_subject>& answer);
  void feed(const std::optional<identity>& witness);

 private:
  void begin(const client::credential& with);
  bool opens_as_named(const api::environment_view& seen);
  void compare_with_witness(std::string environment);
  void without_witness(std::string environment);
  void settle_user();
  void failed(const api::failure& f, std::string_view doing);
  void prove(identity who);
  void park(std::string reason, std::string next = {});
  void unproved(std::string reason, std::string next);
  void unreachable(const error& why);
  std::string named() const;  // "prod of proj_x", "branch b of preview of proj_x"

  spec::target_spec of_;
  spec::credential_kind kind_;
  bool exchange_;
  question next_ = question::none;
  std::size_t scope_ = 0;
  std::string subject_;  // environment id a token names
  identity found_;       // by a user's token, before the exchange
  std::optional<identity> witness_;
  verdict verdict_;
};

std::string_view name(ladder::question q);

}  // namespace triggerd::target
