// The target that a registry keeps: its own standing, those of jobs with credentials of their own, and its health.
#pragma once

#include "target/common.hpp"
#include "target/line.hpp"
#include "target/standing.hpp"
#include "target/target.hpp"

#include <map>
#include <memory>
#include <string>

namespace triggerd::target {

class member final : public target, public standing::owner {
 public:
  // Everything about it that a reload compares.
  struct make_up {
    std::shared_ptr<const spec::target_spec> spec;  // shared with the settings
    spec::limit_spec limit;
    bool exchange = false;                          // of its credential
    std::shared_ptr<const client::credential> key;  // null: has no value now
  };
  member(std::shared_ptr<common> shared, make_up of);

  const spec::target_spec& spec() const override { return *spec_; }
  health_view health() const override;
  std::optional<pause_note> paused() const override;
  std::optional<budget_view> budget() const override;
  totals_view totals() const override { return line_.counts.view(); }
  std::size_t in_flight() const override { return shared_->door.in_flight(spec_->name); }
  std::size_t queued() const override { return shared_->door.queued(spec_->name); }
  std::size_t most_in_flight() const override { return own_.limit().in_flight; }
  const std::string& identity() const override { return identity_; }
  void count_retry() override { line_.counts.count_retry(); }

  task<result<access>> open(std::string lane, spec::auth_spec auth, cancellation& cancel) override;
  task<result<access>> open_for_reading(std::string lane, cancellation& cancel) override;

  bool same_as(const make_up& other) const;
  bool may_witness() const { return own_.may_witness(); }
  const boxed<triggerd::target::identity>& proved() const { return own_.proved(); }
  static task<> prove(std::shared_ptr<member> self, cancellation& cancel);

  void renew(const std::map<std::string, std::shared_ptr<const client::credential>>& keys);
  void forgive();          // parked standings may be asked again
  void retire(bool gone);  // replaced by a new one, or gone from the configuration
  void refresh();          // looks whether its state has changed, and says so
  void tell_pause(std::string_view kind, const std::string& text);  // "target-paused", "target-resumed"
  void close() { wire_->close(); }

 protected:
  task<client::exchange> perform(access by, api::call what, std::uint64_t batch_items) override;

 private:
  std::shared_ptr<void> keep_alive() override { return shared_from_this(); }
  task<std::optional<triggerd::target::identity>> witness(const standing& of, cancellation& cancel) override;
  void standing_changed() override { refresh(); }

  target_state state() const;
  bool take_state();  // false: as before
  std::optional<error> closed_to_all() const;
  standing& standing_for(const spec::auth_spec& auth);
  standing& standing_of(const client::client& by);
  task<boxed<error>> prove_now(standing& its, cancellation& cancel);

  std::shared_ptr<common> shared_;
  std::shared_ptr<const spec::target_spec> spec_;
  std::shared_ptr<transport::transport> wire_;
  line line_;
  standing own_;
  std::map<std::string, std::unique_ptr<standing>> of_jobs_;  // by what the job's auth changes
  std::string identity_;
  target_state state_;
  instant since_;
  bool retired_ = false;  // nobody hears of its states any more
  bool gone_ = false;     // a replaced one still opens for those who had found it before the reload
};

}  // namespace triggerd::target
