#include "store/memory_ledger.hpp"

#include "store/codes.hpp"

#include <algorithm>

namespace triggerd::store {

namespace {

error dead_words() { return fail(codes::closed, "the ledger is closed"); }

}  // namespace

std::string memory_disk::dump() const {
  std::string out = rows_.dump();
  for (const auto& [name, body] : bodies_) out.append(name).append("\n").append(body).append("\n");
  return out;
}

// A commit() under way.
struct memory_ledger::waiter {
  std::uint64_t until = 0;  // of written_
  result<> outcome;
  wakeup woken;

  void tell(const result<>& what) {
    outcome = what;
    woken.set(1);
  }
};

memory_ledger::memory_ledger(memory_disk& disk, timers& timers, const clock& time)
    : disk_(disk), timers_(timers), clock_(time), seen_(disk.rows_) {}

memory_ledger::~memory_ledger() { timers_.disarm(timer_); }

void memory_ledger::crash(bool in_flight_survives) {
  if (dead_) return;
  dead_ = true;
  timers_.disarm(timer_);
  if (committing_ && in_flight_survives)
    for (const write& one : under_way_) disk_.rows_.apply(one);
  refuse(dead_words());
}

std::string memory_ledger::dump() const {
  std::string out = disk_.dump() + seen_.dump();
  for (const group* writes : {&under_way_, &pending_})
    for (const write& one : *writes) out += store::dump(one);
  return out;
}

error memory_ledger::why_broken() const { return fail(codes::disk, "the ledger: " + *disk_.broken); }

void memory_ledger::add(write what) {
  if (dead_) return;
  // As on a real disk: after a loss nothing counts until a commit() has said so.
  if (disk_.broken && !lost_) lost_ = why_broken();
  if (lost_) return;
  seen_.apply(what);
  pending_.push_back(std::move(what));
  ++written_;
}

task<result<>> memory_ledger::commit() {
  if (dead_) co_return dead_words();
  if (disk_.broken && !lost_) lost_ = why_broken();
  if (lost_) {
    const error why = *lost_;
    refuse(why);
    lost_.reset();
    co_return why;
  }
  if (settled_ == written_) co_return result<>();
  waiter me;
  me.until = written_;
  waiters_.push_back(&me);
  if (!committing_) begin_commit();
  co_await me.woken.wait();
  co_return me.outcome;
}

void memory_ledger::begin_commit() {
  committing_ = true;
  under_way_ = std::move(pending_);
  pending_.clear();
  carried_ = written_;
  const auto takes = disk_.commit_takes ? disk_.commit_takes() : std::chrono::nanoseconds(0);
  if (takes <= std::chrono::nanoseconds(0)) {
    end_commit();
    return;
  }
  health_.last_commit_us =
      static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(takes).count());
  timer_ = timers_.arm(clock_.steady() + takes, [this] { end_commit(); });
}

void memory_ledger::end_commit() {
  if (disk_.broken) return refuse(why_broken());
  if (disk_.refuse_commit)
    if (const auto words = disk_.refuse_commit(under_way_.size()))
      return refuse(fail(codes::disk, "the ledger: " + *words));
  committing_ = false;
  for (const write& one : under_way_) disk_.rows_.apply(one);
  ++health_.commits;
  health_.rows += under_way_.size();
  under_way_.clear();
  settled_ = carried_;
  while (!waiters_.empty() && waiters_.front()->until <= settled_) {
    waiters_.front()->tell({});
    waiters_.pop_front();
  }
  if (!waiters_.empty()) begin_commit();
}

// Everything not durable is void, and whoever waits is told.
void memory_ledger::refuse(const error& why) {
  timers_.disarm(timer_);
  committing_ = false;
  const std::uint64_t told = waiters_.empty() ? settled_ : waiters_.back()->until;
  if (written_ > told && !dead_) lost_ = why;
  under_way_.clear();
  pending_.clear();
  settled_ = carried_ = written_;
  seen_ = disk_.rows_;
  if (disk_.broken && !since_) since_ = clock_.now();
  for (waiter* one : waiters_) one->tell(why);
  waiters_.clear();
}

template <class T>
result<T> memory_ledger::seen(T rows) const {
  if (dead_) return dead_words();
  return rows;
}

task<result<std::vector<fire_row>>> memory_ledger::unfinished_fires() { co_return seen(seen_.unfinished_fires()); }

task<result<std::vector<fire_row>>> memory_ledger::fires(fire_filter which) { co_return seen(seen_.fires(which)); }

task<result<std::optional<fire_row>>> memory_ledger::fire(std::string id) { co_return seen(seen_.fire(id)); }

task<result<std::vector<leg_row>>> memory_ledger::legs(std::string fire) { co_return seen(seen_.legs(fire)); }

task<result<std::vector<action_row>>> memory_ledger::actions(std::string fire, std::string target, std::uint64_t from,
                                                             std::size_t most, bool unsettled_only) {
  co_return seen(seen_.actions(fire, target, from, most, unsettled_only));
}

task<result<std::uint64_t>> memory_ledger::done_actions(std::string fire, std::string target, int attempt) {
  co_return seen(seen_.done_actions(fire, target, attempt));
}

task<result<std::optional<action_row>>> memory_ledger::action_behind(std::string run) {
  co_return seen(seen_.action_behind(run));
}

task<result<std::vector<memory_row>>> memory_ledger::recall(std::string space, std::vector<std::string> names) {
  co_return seen(seen_.recall(space, names));
}

task<result<std::vector<memory_row>>> memory_ledger::recall_all(std::string space, std::string after,
                                                                std::size_t most) {
  co_return seen(seen_.recall_all(space, after, most));
}

task<result<std::optional<std::string>>> memory_ledger::get(std::string name) { co_return seen(seen_.get(name)); }

task<result<std::map<std::string, std::string>>> memory_ledger::settings(std::string prefix) {
  co_return seen(seen_.settings(prefix));
}

task<result<std::vector<job_end>>> memory_ledger::last_ends() { co_return seen(seen_.last_ends()); }

task<result<std::vector<std::string>>> memory_ledger::spooled() { co_return seen(seen_.spooled()); }

ledger_health memory_ledger::health() const {
  ledger_health now = health_;
  now.queued = written_ - settled_;
  now.writable = !disk_.broken && !dead_;
  if (disk_.broken) {
    now.trouble = why_broken().message;
    now.since = since_ ? *since_ : clock_.now();
  }
  return now;
}

task<result<>> memory_spool::write(std::string name, std::shared_ptr<const std::string> body) {
  if (dead_) co_return dead_words();
  if (disk_.broken) co_return fail(codes::disk, "the spool: " + *disk_.broken);
  const auto found = disk_.bodies_.find(name);
  const std::uint64_t replaced = found == disk_.bodies_.end() ? 0 : found->second.size();
  if (bytes() - replaced + body->size() > most_bytes_) co_return fail(codes::spool_full, "the spool is full");
  disk_.bodies_[name] = *body;
  co_return result<>();
}

task<result<std::string>> memory_spool::read(std::string name) {
  if (dead_) co_return dead_words();
  const auto found = disk_.bodies_.find(name);
  if (found == disk_.bodies_.end()) co_return fail(codes::no_spool_file, "the spool has no file " + name);
  co_return found->second;
}

task<result<>> memory_spool::remove(std::string name) {
  if (dead_) co_return dead_words();
  disk_.bodies_.erase(name);
  co_return result<>();
}

task<result<std::size_t>> memory_spool::sweep(std::vector<std::string> keep) {
  if (dead_) co_return dead_words();
  co_return std::erase_if(disk_.bodies_, [&keep](const auto& body) {
    return std::find(keep.begin(), keep.end(), body.first) == keep.end();
  });
}

std::uint64_t memory_spool::bytes() const {
  std::uint64_t sum = 0;
  for (const auto& [name, body] : disk_.bodies_) sum += body.size();
  return sum;
}

}  // namespace triggerd::store
