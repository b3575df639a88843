#include "job/journal.hpp"

#include "base/limits.hpp"
#include "store/codes.hpp"

namespace triggerd::job {

journal::journal(store::ledger& ledger, asio::any_io_executor loop, timers& timers, const clock& time, log& log)
    : ledger_(ledger), timers_(timers), clock_(time), log_(log), children_(std::move(loop)) {}

void journal::add(store::write what) {
  if (closed_) return;
  // While the disk refuses, the ledger would only lose it; run() gives it everything once it is back.
  if (!trouble_since_) ledger_.add(what);
  pending_.push_back(std::move(what));
  ++written_;
}

void journal::flush() {
  if (committing_ || closed_ || durable_ == written_) return;
  committing_ = true;
  children_.spawn(run());
}

task<result<>> journal::commit() {
  const std::uint64_t mine = written_;
  flush();
  while (durable_ < mine && !closed_) co_await moved_.wait();
  if (durable_ < mine) co_return *closed_;
  co_return result<>();
}

task<> journal::run() {
  while (durable_ < written_ && !closed_) {
    const std::uint64_t upto = written_;
    const result<> done = co_await ledger_.commit();
    if (done) {
      mended();
      pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(upto - durable_));
      durable_ = upto;
    } else if (done.error().code == store::codes::closed) {
      closed_ = done.error();
    } else {
      in_trouble(done.error());
      if (!co_await wait_until_writable()) closed_ = done.error();
      else
        for (const store::write& one : pending_) ledger_.add(one);
    }
    moved_.notify_all();
  }
  committing_ = false;
  moved_.notify_all();
}

task<bool> journal::wait_until_writable() {
  while (!closing_.requested()) {
    co_await sleep_for(timers_, clock_, limits::disk_probe, closing_);
    if (ledger_.health().writable) co_return true;
  }
  co_return false;
}

void journal::in_trouble(const error& why) {
  if (trouble_since_) return;
  trouble_since_ = clock_.now();
  trouble_ = why.describe();
  log_.error("nothing new is started until the ledger can be written: " + trouble_, {{"code", why.code.name}});
  if (on_change_) on_change_();
}

void journal::mended() {
  if (!trouble_since_) return;
  trouble_since_.reset();
  trouble_.clear();
  log_.notice("the ledger can be written again", {});
  if (on_change_) on_change_();
}

task<> journal::close() {
  closing_.request();
  co_await children_.join();
}

}  // namespace triggerd::job
