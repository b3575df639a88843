// The ledger as one SQLite file, written by one thread.
#pragma once

#include "base/log.hpp"
#include "store/ledger.hpp"
#include "store/ledger_file.hpp"
#include "store/writer.hpp"

#include <deque>
#include <memory>

namespace triggerd::store {

// All functions are called on the loop's thread.
//
// Writes gather here until a commit() or a read hands them to the writer's thread as one batch. A batch is never split
// over two transactions: what was put between two commits of one turn of the loop becomes durable together or not at
// all. After a failed commit everything written up to the commit() that reports it is void, also when the disk was
// back in between; so a caller that never sees an error has lost nothing.
class sqlite_ledger final : public ledger {
 public:
  struct options {
    writer_options pacing;
    std::uint64_t most_bytes = 0;  // of the file; reaching it is a full disk. 0: no bound of ours
    std::function<void(std::chrono::nanoseconds)> on_commit = {};  // every transaction, for metrics
  };

  // Opens or makes the file (mode 0600), checks it, brings it to our schema and starts the writer. Blocks for the
  // check: about a second per gigabyte. A damaged file is moved to PATH.damaged-TIME with its log beside it, and nothing
  // is begun in its place: store.damaged the first time, store.missing afterwards, until somebody imports a backup or
  // asks for a new ledger. A file that is a copy says so by store::restored_setting. Other errors: store.disk,
  // store.newer-schema, store.foreign-file.
  // `loop` and `time` and `to` outlive the ledger.
  static result<std::unique_ptr<sqlite_ledger>> open(const std::string& path, asio::any_io_executor loop,
                                                     const clock& time, log& to, options how);
  static result<std::unique_ptr<sqlite_ledger>> open(const std::string& path, asio::any_io_executor loop,
                                                     const clock& time, log& to) {
    return open(path, std::move(loop), time, to, options{});
  }
  ~sqlite_ledger() override;

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

  // Retention: removes ended fires that ended longer ago than `keep` (0: no such bound) or are not among the newest
  // `keep_per_job` of their job (0: no such bound), with their legs and actions; never one that runs or is queued, and
  // nothing a job remembers. In steps of a few rows between which other work passes. Returns the rows removed.
  task<result<std::uint64_t>> prune(milliseconds keep, std::size_t keep_per_job);

  // A new bound on the file's size; 0 takes it away. The file never shrinks by it.
  task<result<>> limit_size(std::uint64_t bytes);

  // Writes and folds all that is queued, closes the file and ends the thread. Later calls fail with store.closed.
  task<> close();

 private:
  struct waiter;

  sqlite_ledger(ledger_file file, asio::any_io_executor loop, const clock& time, log& to, options how);
  void flush();
  void flush_soon();
  void flushed(std::uint64_t batch, const result<>& outcome);
  void in_trouble(const error& why);
  void mended();
  task<result<std::vector<action_row>>> unsettled(std::string fire, std::string target, std::uint64_t from,
                                                  std::size_t most);
  template <class T>
  task<result<T>> ask(std::function<result<T>(connection&)> how, std::size_t writes = 0);

  asio::any_io_executor loop_;
  const clock& clock_;
  log& log_;

  std::vector<write> pending_;    // not yet handed over
  std::uint64_t batches_ = 0;     // handed over
  std::uint64_t done_ = 0;        // of these came back
  std::deque<waiter*> waiters_;   // in order of the batch they wait for
  std::optional<error> lost_;     // writes were lost and no commit() has said so yet
  std::optional<error> trouble_;  // the disk refuses
  std::uint64_t epoch_ = 0;
  bool closed_ = false;
  wakeup ended_;
  ledger_health health_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  std::unique_ptr<writer> writer_;
};

}  // namespace triggerd::store
