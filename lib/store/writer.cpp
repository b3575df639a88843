#include "store/writer.hpp"

#include "base/limits.hpp"
#include "store/codes.hpp"
#include "store/signals_blocked.hpp"

#include <boost/asio/post.hpp>

namespace triggerd::store {

namespace {

// Pages in the log before it is folded into the file: any number in a quiet moment, these also under load, so that it
// stays bounded (16,000 pages are 64 MiB).
constexpr int fold_under_load = 16'000;

// Large enough to need new pages on a full disk.
constexpr const char* probe_write =
    "BEGIN IMMEDIATE; INSERT OR REPLACE INTO probe VALUES(1, zeroblob(65536)); COMMIT;"
    "BEGIN IMMEDIATE; DELETE FROM probe; COMMIT;";

}  // namespace

writer::writer(connection db, ledger_mark mark, asio::any_io_executor loop, events tell, writer_options options)
    : db_(std::move(db)),
      mark_(std::move(mark)),
      loop_(std::move(loop)),
      tell_(std::make_shared<events>(std::move(tell))),
      options_(options) {
  const signals_blocked quiet;
  thread_ = std::thread([this] { work(); });
}

writer::~writer() {
  *tell_ = {};  // on the loop's thread, like every use of it
  if (!thread_.joinable()) return;
  finish();
  thread_.join();
}

void writer::queue(job what) {
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(what));
  }
  wake_.notify_one();
}

void writer::finish() {
  {
    const std::lock_guard lock(mutex_);
    finishing_ = true;
  }
  wake_.notify_one();
}

void writer::join() { thread_.join(); }

void writer::work() {
  // A sync that must also note a new size of the file takes twice as long. Without room nothing is wrong.
  (void)db_.make_log_room(options_.log_room);
  while (!ended_) {
    group jobs = take();
    const bool quiet = jobs.empty();
    if (!quiet) run_group(std::move(jobs));
    if (!ended_) tend(quiet);
  }
  last_beat();
  // A log that cannot be folded now is read at the next start: nothing is lost.
  (void)db_.checkpoint(true);
  { const connection closing = std::move(db_); }
  post([](events& tell) { tell.ended(); });
}

writer::group writer::take() {
  std::unique_lock lock(mutex_);
  const auto ready = [this] { return finishing_ || !queue_.empty(); };
  if (troubled_) wake_.wait_until(lock, next_probe_, ready);
  else if (db_.log_pages() > 0) wake_.wait_for(lock, options_.idle_checkpoint, ready);
  else wake_.wait(lock, ready);

  group jobs;
  std::size_t writes = 0;
  while (!queue_.empty() && writes < limits::ledger_group) {
    writes += queue_.front().writes;
    jobs.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  ended_ = finishing_ && jobs.empty();
  return jobs;
}

// Between two groups: what keeps the file well.
void writer::tend(bool quiet) {
  if (troubled_) {
    if (std::chrono::steady_clock::now() >= next_probe_) probe();
    return;
  }
  if (db_.log_pages() < fold_under_load && !(quiet && db_.log_pages() > 0)) return;
  const auto folded = db_.checkpoint(false);
  if (!folded) fall_into(folded.error());
}

bool writer::refused(const job& one) const { return one.writes > 0 && (troubled_ || one.epoch != troubles_); }

void writer::run_group(group jobs) {
  std::vector<result<>> outcomes(jobs.size());
  const auto begun = std::chrono::steady_clock::now();
  const auto written = write_group(jobs, outcomes);
  const auto took = std::chrono::steady_clock::now() - begun;
  if (!written) {
    fall_into(written.error());
    // The reads of this group saw writes that are gone: answer them anew.
    for (std::size_t i = 0; i < jobs.size(); ++i)
      outcomes[i] = jobs[i].writes > 0 ? result<>(trouble_) : jobs[i].run(db_);
  }
  // The jobs travel back whole: what they own belongs to the loop and dies there.
  auto back = std::make_shared<std::pair<group, std::vector<result<>>>>(std::move(jobs), std::move(outcomes));
  post([back = std::move(back), took](events& tell) {
    std::size_t rows = 0;
    for (std::size_t i = 0; i < back->first.size(); ++i)
      if (back->second[i]) rows += back->first[i].writes;
    if (rows > 0) tell.committed(rows, took);
    for (std::size_t i = 0; i < back->first.size(); ++i) back->first[i].done(back->second[i]);
  });
}

// Does the jobs in order, their writes in one transaction. An error: none of the writes counts.
result<> writer::write_group(const group& jobs, std::vector<result<>>& outcomes) {
  bool writes = false;
  for (const job& one : jobs) writes = writes || (one.writes > 0 && !refused(one));
  if (writes) {
    const auto begun = db_.run("BEGIN IMMEDIATE");
    if (!begun) return begun.error();
  }
  const std::int64_t before = db_.total_changes();
  result<> failure;
  for (std::size_t i = 0; i < jobs.size() && failure; ++i) {
    if (refused(jobs[i])) {
      outcomes[i] = trouble_;
      continue;
    }
    outcomes[i] = jobs[i].run(db_);
    if (!outcomes[i] && jobs[i].writes > 0) failure = outcomes[i].error();
  }
  if (!writes) return {};
  // A look for old rows that found none stays without a trace.
  if (failure && mark_.due() && db_.total_changes() != before) failure = mark_.beat(db_);
  if (failure) return commit();
  if (db_.in_transaction()) (void)db_.run("ROLLBACK");
  mark_.rolled_back();
  return failure;
}

result<> writer::commit() {
  const auto kept = db_.run("COMMIT");
  if (kept) {
    mark_.committed();
    return kept;
  }
  // Some failures roll back by themselves, others leave the transaction open.
  if (db_.in_transaction()) (void)db_.run("ROLLBACK");
  mark_.rolled_back();
  return kept;
}

// So that a copy made a moment ago is told from the ledger that was closed in good order.
void writer::last_beat() {
  if (troubled_ || !db_.run("BEGIN IMMEDIATE")) return;
  const auto beaten = mark_.beat(db_);
  if (beaten) (void)commit();
}

void writer::fall_into(const error& why) {
  troubled_ = true;
  ++troubles_;
  trouble_ = why;
  next_probe_ = std::chrono::steady_clock::now() + options_.probe_every;
  post([why](events& tell) { tell.trouble(why); });
}

void writer::probe() {
  next_probe_ = std::chrono::steady_clock::now() + options_.probe_every;
  // A damaged file does not mend itself, and writing into it makes things worse. The next start sets it aside.
  if (trouble_.code == codes::damaged) return;
  const auto tried = db_.run(probe_write);
  if (!tried && db_.in_transaction()) (void)db_.run("ROLLBACK");
  if (!tried) return;
  troubled_ = false;
  post([](events& tell) { tell.mended(); });
}

void writer::post(std::function<void(events&)> what) {
  asio::post(loop_, [tell = tell_, what = std::move(what)] {
    if (tell->ended) what(*tell);
  });
}

}  // namespace triggerd::store
