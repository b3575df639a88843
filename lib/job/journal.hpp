// The engine's hand on the ledger: what it writes stays in mind until it is durable, so that a disk that refused for a
// while gets it again and nothing is lost but time.
#pragma once

#include "base/async.hpp"
#include "base/log.hpp"
#include "store/ledger.hpp"

#include <deque>
#include <functional>
#include <string>

namespace triggerd::job {

class journal final : public store::write_queue {
 public:
  // All outlive it. `loop` runs its one committing child.
  journal(store::ledger& ledger, asio::any_io_executor loop, timers& timers, const clock& time, log& log);
  journal(const journal&) = delete;
  journal& operator=(const journal&) = delete;

  void add(store::write what) override;
  // Starts making durable what was written, without waiting for it.
  void flush();
  // Completes when everything written before is durable. While the disk refuses it waits. Fails with store.closed, when
  // the ledger is gone for this process, and with the disk's words after wait_no_longer().
  task<result<>> commit();

  bool well() const { return !trouble_since_; }
  std::optional<instant> trouble_since() const { return trouble_since_; }
  const std::string& trouble() const { return trouble_; }
  void on_change(std::function<void()> run) { on_change_ = std::move(run); }  // trouble began or ended

  store::ledger& reads() { return ledger_; }
  // The process ends: a disk that refuses is no longer waited for. What it does not take counts as after a crash.
  void wait_no_longer() { closing_.request(); }
  task<> close();  // after the last commit(); joins

 private:
  task<> run();
  task<bool> wait_until_writable();
  void in_trouble(const error& why);
  void mended();

  store::ledger& ledger_;
  timers& timers_;
  const clock& clock_;
  log& log_;
  std::deque<store::write> pending_;  // written and not known to be durable, oldest first
  std::uint64_t written_ = 0;
  std::uint64_t durable_ = 0;
  bool committing_ = false;
  std::optional<error> closed_;
  std::optional<instant> trouble_since_;
  std::string trouble_;
  std::function<void()> on_change_;
  condition moved_;
  cancellation closing_;
  task_group children_;
};

}  // namespace triggerd::job
