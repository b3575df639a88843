// A ledger without a file, for tests and the simulation: it can be slow, refuse, and lose what was not durable.
//
// The disk and the process that uses it are two objects. A crash kills the process's ledger and leaves the disk; the
// next life opens a new ledger on the same disk. What the dead process still tries has no effect.
#pragma once

#include "base/async.hpp"
#include "store/ledger.hpp"
#include "store/memory_tables.hpp"

#include <deque>
#include <functional>
#include <map>

namespace triggerd::store {

// What survives a crash. Its switches act on every ledger and spool that uses it.
class memory_disk {
 public:
  // How long the next commit takes; asked once per group. Unset or zero: commits complete at once.
  std::function<std::chrono::nanoseconds()> commit_takes;
  // Asked at the end of each commit, with the number of its writes; words are a refusal of this one commit, after
  // which the disk is well again unless broken. Unset: none.
  std::function<std::optional<std::string>(std::size_t)> refuse_commit;
  // While set, every commit and every spool write fails with these words.
  std::optional<std::string> broken;

  // Every text that is durable, one per line.
  std::string dump() const;
  const memory_tables& rows() const { return rows_; }
  const std::map<std::string, std::string>& bodies() const { return bodies_; }

 private:
  friend class memory_ledger;
  friend class memory_spool;
  memory_tables rows_;
  std::map<std::string, std::string> bodies_;
};

// One commit is under way at a time; it carries what was written before it began, and what comes meanwhile goes with the
// next, as with the real one. Deterministic: time comes from `timers` alone. All three outlive the ledger, and the
// ledger outlives the coroutines that wait in it.
class memory_ledger final : public ledger {
 public:
  memory_ledger(memory_disk& disk, timers& timers, const clock& time);
  ~memory_ledger() override;

  // The process dies: everything not durable is lost, commits and calls under way and to come fail with store.closed.
  // With `in_flight_survives` the group that was being committed had just reached the disk, though nobody was told.
  void crash(bool in_flight_survives = false);
  bool dead() const { return dead_; }

  // Everything a scan for secrets should see: the durable rows, the visible ones and the writes on their way.
  std::string dump() const;

  void add(write what) override;
  task<result<>> commit() override;

  task<result<std::vector<fire_row>>> unfinished_fires() override;
  task<result<std::vector<fire_row>>> fires(fire_filter which) override;
  task<result<std::optional<fire_row>>> fire(std::string id) override;
  task<result<std::vector<leg_row>>> legs(std::string fire) override;
  task<result<std::vector<action_row>>> actions(std::string fire, std::string target, std::uint64_t from,
                                                std::size_t most, bool unsettled_only) override;
  task<result<std::uint64_t>> done_actions(std::string fire, std::string target, int attempt) override;
  task<result<std::optional<action_row>>> action_behind(std::string run) override;
  task<result<std::vector<memory_row>>> recall(std::string space, std::vector<std::string> names) override;
  task<result<std::vector<memory_row>>> recall_all(std::string space, std::string after, std::size_t most) override;
  task<result<std::optional<std::string>>> get(std::string name) override;
  task<result<std::map<std::string, std::string>>> settings(std::string prefix) override;
  task<result<std::vector<job_end>>> last_ends() override;
  task<result<std::vector<std::string>>> spooled() override;
  ledger_health health() const override;

 private:
  struct waiter;
  using group = std::vector<write>;

  void begin_commit();
  void end_commit();
  void refuse(const error& why);
  error why_broken() const;
  template <class T>
  result<T> seen(T rows) const;

  memory_disk& disk_;
  timers& timers_;
  const clock& clock_;
  memory_tables seen_;  // durable rows with every queued write on top
  group pending_;       // not yet in a commit
  group under_way_;     // in the commit that runs
  bool committing_ = false;
  timer_id timer_ = 0;
  std::uint64_t written_ = 0;  // writes ever queued
  std::uint64_t carried_ = 0;  // of these handed to a commit
  std::uint64_t settled_ = 0;  // of these durable or refused
  std::deque<waiter*> waiters_;
  std::optional<error> lost_;  // a write was refused and no commit() has said so yet
  std::optional<instant> since_;
  bool dead_ = false;
  ledger_health health_;
};

// Bodies on a memory_disk; durable as soon as write() completes.
class memory_spool final : public spool {
 public:
  explicit memory_spool(memory_disk& disk, std::uint64_t most_bytes = ~std::uint64_t{0})
      : disk_(disk), most_bytes_(most_bytes) {}
  // The process dies: nothing it still tries has an effect.
  void crash() { dead_ = true; }

  task<result<>> write(std::string name, std::shared_ptr<const std::string> body) override;
  task<result<std::string>> read(std::string name) override;
  task<result<>> remove(std::string name) override;
  task<result<std::size_t>> sweep(std::vector<std::string> keep) override;
  std::uint64_t bytes() const override;

 private:
  memory_disk& disk_;
  const std::uint64_t most_bytes_;
  bool dead_ = false;
};

}  // namespace triggerd::store
