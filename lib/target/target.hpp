// A target at work: its client, what was proved about its key, its place in the budgets, its health.
#pragma once

#include "base/async.hpp"
#include "base/log.hpp"
#include "client/client.hpp"
#include "spec/job_spec.hpp"
#include "spec/target_spec.hpp"
#include "target/access.hpp"

#include <memory>
#include <optional>
#include <string>

namespace triggerd::target {

enum class target_state { ok, unproved, parked, paused, disabled };
std::string_view name(target_state s);

// For people: what is wrong, since when, and what happens next.
struct health_view {
  target_state state = target_state::unproved;
  instant since{};
  std::string trouble;  // empty: nothing is wrong
  std::string next;     // "proved before the next write", "tried again at ...", "mend the credential and reload"
};

struct pause_note {
  std::string by;
  instant since{};
  std::optional<instant> until;
};

struct budget_view {  // of the bucket this target draws from, as the last reply told it
  std::uint64_t limit = 0, remaining = 0;
  std::optional<instant> reset;
};

struct totals_view {
  std::uint64_t requests = 0, retries = 0, failures = 0;
  double p50_ms = 0, p99_ms = 0;  // of recent replies; 0 when there was none
};

// Owned by the registry and by every access that is open; everything it refers to outlives both.
class target : public std::enable_shared_from_this<target> {
 public:
  virtual ~target() = default;

  virtual const spec::target_spec& spec() const = 0;
  virtual health_view health() const = 0;
  virtual std::optional<pause_note> paused() const = 0;
  virtual std::optional<budget_view> budget() const = 0;
  virtual totals_view totals() const = 0;
  virtual std::size_t in_flight() const = 0;        // requests on the wire
  virtual std::size_t queued() const = 0;           // and those that wait for their turn
  virtual std::size_t most_in_flight() const = 0;   // its own bound of them
  virtual const std::string& identity() const = 0;  // empty before the proof

  // Proves the key (and the job's own key, which must open the same environment), then opens an access. From memory when
  // the proof is younger than limits::identity_age. Errors: target.parked, target.unproved, target.unreachable (may pass:
  // try later), target.disabled, target.no-credential, target.other-environment, base.cancelled.
  virtual task<result<access>> open(std::string lane, spec::auth_spec auth, cancellation& cancel) = 0;
  // The same without proof, for reads of a plan: nothing is written through it.
  virtual task<result<access>> open_for_reading(std::string lane, cancellation& cancel) = 0;

  // An attempt after the first one of the same thing; for the counters only.
  virtual void count_retry() = 0;

 protected:
  friend class access;
  // A coroutine that owns `by`, and with it all that an access holds.
  virtual task<client::exchange> perform(access by, api::call what, std::uint64_t batch_items) = 0;

  static access make_access(std::shared_ptr<target> of, client::client reads, client::client writes, std::string lane,
                            std::string identity, cancellation& cancel) {
    return access(std::make_shared<access::parts>(access::parts{
        std::move(of), std::move(reads), std::move(writes), std::move(lane), std::move(identity), &cancel, {}}));
  }
  static const client::client& client_of(const access& by, const api::call& what) {
    return what.mutates() ? by.of_->writes : by.of_->reads;
  }
  static const std::string& lane_of(const access& by) { return by.of_->lane; }
  static cancellation& cancel_of(const access& by) { return *by.of_->cancel; }
  static usage& used_by(const access& by) { return by.of_->used; }
};

}  // namespace triggerd::target
