// The thread that owns the database: it takes what is queued, in order, does it in one transaction, and posts the
// results back to the loop. There is no other connection, so SQLite's hazards of several writers do not arise.
//
// Nobody waits for company: a group is whatever stands in the queue when the thread looks. Reads take part in queue
// order and see the writes before them; their answers, too, leave only after the commit.
//
// When the disk refuses, the transaction is rolled back, all its writes fail and so does every write queued before the
// loop has heard of it. The thread then tries a small write of its own from time to time, and says when it succeeded.
#pragma once

#include "base/async.hpp"
#include "store/ledger_mark.hpp"
#include "store/sqlite.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace triggerd::store {

struct writer_options {
  std::chrono::milliseconds probe_every{2'000};    // after a failure, until the disk takes writes again
  std::chrono::milliseconds idle_checkpoint{500};  // of silence; then the log is copied into the file
  std::size_t log_room = 4 << 20;                  // of the log, written before it is needed
};

class writer {
 public:
  // One thing to do. A write job is all or nothing; a read job may run twice, after a rollback.
  struct job {
    std::size_t writes = 0;                     // rows it writes; 0 makes it a read
    std::uint64_t epoch = 0;                    // troubles() as the loop knew it when it queued
    std::function<result<>(connection&)> run;   // on the writer's thread
    std::function<void(const result<>&)> done;  // on the loop
  };
  struct events {                               // on the loop
    std::function<void(const error&)> trouble;  // writes fail from now on
    std::function<void()> mended;               // and succeed again
    // Rows of one more transaction and how long it took, before their done().
    std::function<void(std::size_t, std::chrono::nanoseconds)> committed;
    std::function<void()> ended;  // the last thing posted; the thread can be joined
  };

  writer(connection db, ledger_mark mark, asio::any_io_executor loop, events tell, writer_options options);
  ~writer();  // joins; what is queued is still written, nobody hears of it
  writer(const writer&) = delete;
  writer& operator=(const writer&) = delete;

  void queue(job what);
  // No job may follow. Drains the queue, folds the log into the file, closes the database, then calls ended().
  void finish();
  void join();

 private:
  using group = std::vector<job>;

  void work();
  group take();  // empty: a deadline passed or the end has come
  void run_group(group jobs);
  bool refused(const job& one) const;
  result<> write_group(const group& jobs, std::vector<result<>>& outcomes);
  result<> commit();
  void last_beat();
  void fall_into(const error& why);
  void tend(bool quiet);
  void probe();
  void post(std::function<void(events&)> what);

  connection db_;
  ledger_mark mark_;
  const asio::any_io_executor loop_;
  const std::shared_ptr<events> tell_;  // emptied when we go: what was posted before then says nothing
  const writer_options options_;

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<job> queue_;   // under mutex_
  bool finishing_ = false;  // under mutex_

  // The thread's own.
  bool ended_ = false;
  bool troubled_ = false;
  std::uint64_t troubles_ = 0;
  error trouble_;
  // Pacing of a condition variable, not a time anybody sees: the machine's clock is right here.
  std::chrono::steady_clock::time_point next_probe_;
  std::thread thread_;
};

}  // namespace triggerd::store
