#include "store/sqlite_ledger.hpp"

#include "base/limits.hpp"
#include "store/codes.hpp"
#include "store/row_writes.hpp"

#include <boost/asio/post.hpp>

#include <map>
#include <string_view>
#include <utility>

namespace triggerd::store {

namespace {

// A leg's row is written with every step of its; of one transaction the last counts, and the others need no work. It
// stands where the first stood: what a leg does comes after it.
std::vector<const write*> those_that_count(const std::vector<write>& writes) {
  std::vector<const write*> out;
  out.reserve(writes.size());
  std::map<std::pair<std::string_view, std::string_view>, std::size_t> places;
  for (const write& one : writes) {
    const auto* leg = std::get_if<shared<leg_row>>(&one);
    const auto place =
        leg == nullptr ? out.size() : places.try_emplace({(*leg)->fire, (*leg)->target}, out.size()).first->second;
    if (place == out.size()) out.push_back(&one);
    else out[place] = &one;
  }
  return out;
}

result<> apply_all(connection& db, const std::vector<write>& writes) {
  for (const write* one : those_that_count(writes)) {
    const auto applied = apply(db, *one);
    if (!applied) return applied.error();
  }
  return {};
}

}  // namespace

// A commit() under way.
struct sqlite_ledger::waiter {
  std::uint64_t batch = 0;
  result<> outcome;
  wakeup woken;
};

result<std::unique_ptr<sqlite_ledger>> sqlite_ledger::open(const std::string& path, asio::any_io_executor loop,
                                                           const clock& time, log& to, options how) {
  auto file = open_ledger_file(path, time);
  if (!file) return file.error();
  const auto bounded = limit_file(file->db, how.most_bytes);
  if (!bounded) return bounded.error();
  return std::unique_ptr<sqlite_ledger>(new sqlite_ledger(std::move(*file), std::move(loop), time, to, std::move(how)));
}

sqlite_ledger::sqlite_ledger(ledger_file file, asio::any_io_executor loop, const clock& time, log& to, options how)
    : loop_(loop), clock_(time), log_(to) {
  writer::events tell;
  tell.trouble = [this](const error& why) { in_trouble(why); };
  tell.mended = [this] { mended(); };
  tell.committed = [this, heard = std::move(how.on_commit)](std::size_t rows, std::chrono::nanoseconds took) {
    ++health_.commits;
    health_.rows += rows;
    if (heard) heard(took);
  };
  tell.ended = [this] { ended_.set(1); };
  writer_ =
      std::make_unique<writer>(std::move(file.db), std::move(file.mark), std::move(loop), std::move(tell), how.pacing);
}

sqlite_ledger::~sqlite_ledger() = default;

void sqlite_ledger::add(write what) {
  if (closed_) return;
  // After a loss nothing counts until a commit() has said so: a later write may build on the lost one.
  if (trouble_ && !lost_) lost_ = trouble_;
  if (lost_) return;
  pending_.push_back(std::move(what));
  // A writer without commits must not hold ever more in memory.
  if (pending_.size() == limits::ledger_group) flush_soon();
}

// Not now: what is written in one turn of the loop belongs together, and a crash must not part it.
void sqlite_ledger::flush_soon() {
  asio::post(loop_, [this, alive = std::weak_ptr<bool>(alive_)] {
    if (!alive.expired() && !trouble_ && !lost_) flush();
  });
}

void sqlite_ledger::flush() {
  if (pending_.empty()) return;
  const std::size_t count = pending_.size();
  if (health_.queued + count > limits::ledger_queue) {
    pending_.clear();
    lost_ =
        fail(codes::overload, "the ledger: " + std::to_string(health_.queued) +
                                  " writes wait for the disk, which is more than it can be trusted to catch up with");
    return;
  }
  health_.queued += count;
  auto writes = std::make_shared<std::vector<write>>(std::move(pending_));
  pending_.clear();
  writer::job batch;
  batch.writes = count;
  batch.epoch = epoch_;
  batch.run = [writes](connection& db) { return apply_all(db, *writes); };
  batch.done = [this, number = ++batches_, count](const result<>& outcome) {
    health_.queued -= count;
    flushed(number, outcome);
  };
  writer_->queue(std::move(batch));
}

void sqlite_ledger::flushed(std::uint64_t batch, const result<>& outcome) {
  done_ = batch;
  // Whoever waits for this batch or a later one is told: the later ones fail with it.
  if (!outcome && waiters_.empty() && !lost_) lost_ = outcome.error();
  while (!waiters_.empty() && waiters_.front()->batch <= batch) {
    waiter& first = *waiters_.front();
    waiters_.pop_front();
    first.outcome = outcome;
    first.woken.set(1);
  }
}

task<result<>> sqlite_ledger::commit() {
  if (closed_) co_return fail(codes::closed, "the ledger is closed");
  if (!trouble_ && !lost_) flush();
  if (trouble_ || lost_) {
    const error why = lost_ ? *lost_ : *trouble_;
    pending_.clear();
    lost_.reset();
    co_return why;
  }
  if (done_ == batches_) co_return result<>();
  const steady_time begun = clock_.steady();
  waiter me;
  me.batch = batches_;
  waiters_.push_back(&me);
  co_await me.woken.wait();
  const auto took = std::chrono::duration_cast<std::chrono::microseconds>(clock_.steady() - begun);
  if (me.outcome) health_.last_commit_us = static_cast<std::uint64_t>(took.count());
  co_return me.outcome;
}

void sqlite_ledger::in_trouble(const error& why) {
  trouble_ = why;
  ++epoch_;
  if (!pending_.empty()) {
    pending_.clear();
    lost_ = why;
  }
  health_.writable = false;
  health_.trouble = why.message;
  health_.since = clock_.now();
  log_.error("the ledger cannot be written; nothing new is started until it can: " + why.message,
             {{"code", why.code.name}});
}

void sqlite_ledger::mended() {
  trouble_.reset();
  health_.writable = true;
  health_.trouble.clear();
  health_.since.reset();
  log_.notice("the ledger can be written again");
}

ledger_health sqlite_ledger::health() const {
  ledger_health now = health_;
  now.queued += pending_.size();
  return now;
}

task<> sqlite_ledger::close() {
  if (closed_) co_return;
  flush();
  closed_ = true;
  writer_->finish();
  co_await ended_.wait();
  writer_->join();
}

}  // namespace triggerd::store
