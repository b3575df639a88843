// One credential at work for one target: its clients, the bucket it draws from, and what was proved about it.
//
// One proof runs at a time, for everyone who asks. It is remembered for limits::identity_age; a refused key (401) makes
// it run once more.
#pragma once

#include "base/boxed.hpp"
#include "base/result.hpp"
#include "client/client.hpp"
#include "target/common.hpp"
#include "target/ladder.hpp"
#include "target/line.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace triggerd::target {

class standing {
 public:
  // Who the credential works for.
  class owner {
   public:
    virtual ~owner() = default;
    virtual std::shared_ptr<void> keep_alive() = 0;
    // The identity that another, stronger credential has proved for what `of` names.
    virtual task<std::optional<identity>> witness(const standing& of, cancellation& cancel) = 0;
    virtual void standing_changed() = 0;
  };

  struct terms {
    // The target, with a job's own base URL, branch and credential name where it has them.
    std::shared_ptr<const spec::target_spec> as;
    bool exchange = false;
    spec::limit_spec limit;
  };

  standing(common& shared, line& out, owner& of, std::shared_ptr<transport::transport> wire, terms what,
           std::shared_ptr<const client::credential> key);

  const spec::target_spec& as() const { return *terms_.as; }
  const spec::limit_spec& limit() const { return terms_.limit; }
  bool exchanges() const { return terms_.exchange; }
  bool has_key() const { return key_ != nullptr; }
  const std::shared_ptr<const client::credential>& key() const { return key_; }
  const client::client& client();                   // has_key()
  bool may_witness() const;                         // proves by itself which environment it is
  bool exchanges_for(const api::call& what) const;  // may not call it, but its environment's own key may
  bool refuses(const api::call& what) const;        // may not call it, and there is no other key

  const boxed<identity>& proved() const { return proof_; }
  const verdict* last() const { return last_.get(); }
  instant again_at() const { return again_wall_; }  // unreachable: not asked again before
  std::optional<meter::view> budget() const;

  // Errors: target.no-credential, target.parked, target.unproved, target.unreachable, base.cancelled, base.stopped.
  task<result<identity>> prove(cancellation& cancel);
  // A request was answered with 401: is it the key? Returns when that is known.
  task<> doubt(cancellation& cancel);
  void forgive();  // what was parked may be asked again

  // False when it is the same value. Otherwise the proof is lost; clients made before go on with the new key.
  bool renew(std::shared_ptr<const client::credential> key);
  // Whether `by` is a client of this credential, now or before it was renewed.
  bool issued(const client::client& by) const;
  // What a request of that client goes out with; an error when the new key opens another environment than the old one.
  result<line::order> order_for(const client::client& by, api::call& what, std::string lane, std::uint64_t batch_items);

 private:
  struct former {
    std::weak_ptr<const triggerd::client::credential> key;
    std::string id;  // of the environment it had proved; empty: none
  };

  void use(std::shared_ptr<const client::credential> key);
  void begin();
  static task<> fly(std::shared_ptr<void> alive, standing* self,
                    std::shared_ptr<const triggerd::client::credential> with, std::uint64_t generation);
  task<> ask(ladder& steps);
  template <class T>
  task<api::answer<T>> put(api::operation<T> what, client::client by, std::shared_ptr<subject> payer);
  void land(const verdict& became, std::uint64_t generation);
  void take_proof(const verdict& became);
  void join_environment(const share& of, const std::string& environment);
  std::optional<result<identity>> known(bool just_asked) const;
  bool fresh() const;

  common& shared_;
  line& line_;
  owner& owner_;
  std::shared_ptr<transport::transport> wire_;
  terms terms_;
  std::shared_ptr<const client::credential> key_;
  std::optional<client::client> client_, exchanged_;  // made at the first use: most targets of many wait
  std::unique_ptr<share> share_, exchanged_share_;
  std::vector<former> formers_;

  boxed<identity> proof_;
  steady_time proved_at_{};
  std::unique_ptr<const verdict> last_;
  int failures_ = 0;  // unreachable in a row
  steady_time again_at_{};
  instant again_wall_{};
  std::optional<steady_time> doubted_at_;
  bool flying_ = false;
  std::uint64_t generation_ = 0;  // of the key: a proof of an older one says nothing
  std::uint64_t landings_ = 0;
  condition landed_;
};

}  // namespace triggerd::target
