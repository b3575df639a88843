#include "store/sqlite_ledger.hpp"

#include "base/limits.hpp"
#include "store/codes.hpp"
#include "store/row_reads.hpp"
#include "store/row_writes.hpp"

#include <boost/asio/post.hpp>

#include <iterator>
#include <map>
#include <string_view>
#include <utility>

namespace triggerd::store {

namespace {

// In one step: a few milliseconds.
constexpr std::size_t prune_rows = 256;
constexpr std::size_t search_rows = 4'096;

// A leg's row is written with every step of its; of one transaction the last counts, and the others need no work. It
// stands where the first stood: what a leg does comes after it.
std::vector<const write*> those_that_count(const std::vector<shared_write>& writes) {
  std::vector<const write*> out;
  out.reserve(writes.size());
  std::map<std::pair<std::string_view, std::string_view>, std::size_t> places;
  for (const shared_write& one : writes) {
    const auto* leg = std::get_if<leg_row>(one.get());
    const auto place =
        leg == nullptr ? out.size() : places.try_emplace({leg->fire, leg->target}, out.size()).first->second;
    if (place == out.size()) out.push_back(one.get());
    else out[place] = one.get();
  }
  return out;
}

result<> apply_all(connection& db, const std::vector<shared_write>& writes) {
  for (const write* one : those_that_count(writes)) {
    const auto applied = apply(db, *one);
    if (!applied) return applied.error();
  }
  return {};
}

// What a question to the writer's thread brings back.
template <class T>
struct answer {
  result<T> value = fail(codes::closed, "the ledger is closed");
  wakeup came;
};

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

void sqlite_ledger::add(shared_write what) {
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
  auto writes = std::make_shared<std::vector<shared_write>>(std::move(pending_));
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

template <class T>
task<result<T>> sqlite_ledger::ask(std::function<result<T>(connection&)> how, std::size_t writes) {
  if (closed_) co_return fail(codes::closed, "the ledger is closed");
  flush();
  const auto got = std::make_shared<answer<T>>();
  writer::job question;
  question.writes = writes;
  question.epoch = epoch_;
  question.run = [got, how = std::move(how)](connection& db) {
    got->value = how(db);
    return got->value ? result<>() : result<>(got->value.error());
  };
  question.done = [got](const result<>& outcome) {
    if (!outcome) got->value = outcome.error();
    got->came.set(1);
  };
  writer_->queue(std::move(question));
  co_await got->came.wait();
  co_return std::move(got->value);
}

task<result<std::vector<fire_row>>> sqlite_ledger::unfinished_fires() {
  return ask<std::vector<fire_row>>(row_reads::unfinished_fires);
}

task<result<std::vector<fire_row>>> sqlite_ledger::fires(fire_filter which) {
  return ask<std::vector<fire_row>>([which = std::move(which)](connection& db) { return row_reads::fires(db, which); });
}

task<result<std::optional<fire_row>>> sqlite_ledger::fire(std::string id) {
  return ask<std::optional<fire_row>>([id = std::move(id)](connection& db) { return row_reads::fire(db, id); });
}

task<result<std::vector<leg_row>>> sqlite_ledger::legs(std::string fire) {
  return ask<std::vector<leg_row>>([fire = std::move(fire)](connection& db) { return row_reads::legs(db, fire); });
}

task<result<std::vector<action_row>>> sqlite_ledger::actions(std::string fire, std::string target, std::uint64_t from,
                                                             std::size_t most, bool unsettled_only) {
  if (unsettled_only) return unsettled(std::move(fire), std::move(target), from, most);
  return ask<std::vector<action_row>>([fire = std::move(fire), target = std::move(target), from, most](connection& db) {
    return row_reads::actions(db, fire, target, from, most);
  });
}

task<result<std::vector<action_row>>> sqlite_ledger::unsettled(std::string fire, std::string target, std::uint64_t from,
                                                               std::size_t most) {
  std::vector<action_row> out;
  std::optional<std::uint64_t> next = from;
  while (next && out.size() < most) {
    const std::size_t room = most - out.size();
    const std::function<result<row_reads::unsettled_step>(connection&)> look = [fire, target, begin = *next,
                                                                                room](connection& db) {
      return row_reads::unsettled(db, fire, target, begin, room, search_rows);
    };
    auto found = co_await ask<row_reads::unsettled_step>(look);
    if (!found) co_return found.error();
    std::move(found->rows.begin(), found->rows.end(), std::back_inserter(out));
    next = found->next;
  }
  co_return std::move(out);
}

task<result<std::optional<action_row>>> sqlite_ledger::action_behind(std::string run) {
  const std::function<result<std::int64_t>(connection&)> begin = row_reads::last_action;
  const auto last = co_await ask<std::int64_t>(begin);
  if (!last) co_return last.error();
  constexpr auto step = static_cast<std::int64_t>(search_rows);
  for (std::int64_t upto = *last; upto > 0; upto -= step) {
    const std::function<result<std::optional<action_row>>(connection&)> look = [run, upto](connection& db) {
      return row_reads::action_behind(db, run, upto, step);
    };
    auto found = co_await ask<std::optional<action_row>>(look);
    if (!found || *found) co_return std::move(found);
  }
  co_return std::optional<action_row>();
}

task<result<std::vector<memory_row>>> sqlite_ledger::recall(std::string space, std::vector<std::string> names) {
  return ask<std::vector<memory_row>>([space = std::move(space), names = std::move(names)](connection& db) {
    return row_reads::recall(db, space, names);
  });
}

task<result<std::vector<memory_row>>> sqlite_ledger::recall_all(std::string space, std::string after,
                                                                std::size_t most) {
  return ask<std::vector<memory_row>>([space = std::move(space), after = std::move(after), most](connection& db) {
    return row_reads::recall_all(db, space, after, most);
  });
}

task<result<std::optional<std::string>>> sqlite_ledger::get(std::string name) {
  return ask<std::optional<std::string>>([name = std::move(name)](connection& db) { return row_reads::get(db, name); });
}

task<result<std::map<std::string, std::string>>> sqlite_ledger::settings(std::string prefix) {
  return ask<std::map<std::string, std::string>>(
      [prefix = std::move(prefix)](connection& db) { return row_reads::settings(db, prefix); });
}

task<result<std::vector<job_end>>> sqlite_ledger::last_ends() {
  return ask<std::vector<job_end>>(row_reads::last_ends);
}

task<result<std::vector<std::string>>> sqlite_ledger::spooled() {
  return ask<std::vector<std::string>>(row_reads::spooled);
}

ledger_health sqlite_ledger::health() const {
  ledger_health now = health_;
  now.queued += pending_.size();
  return now;
}

task<result<std::uint64_t>> sqlite_ledger::prune(milliseconds keep, std::size_t keep_per_job) {
  const instant before = keep > milliseconds(0) ? clock_.now() - keep : instant(milliseconds(0));
  const std::function<result<std::size_t>(connection&)> step = [before, keep_per_job](connection& db) {
    return prune_step(db, before, keep_per_job, prune_rows);
  };
  std::uint64_t rows = 0;
  for (;;) {
    const auto gone = co_await ask<std::size_t>(step, 1);
    if (!gone) co_return gone.error();
    if (*gone == 0) co_return rows;
    rows += *gone;
  }
}

task<result<>> sqlite_ledger::limit_size(std::uint64_t bytes) {
  const std::function<result<bool>(connection&)> set = [bytes](connection& db) -> result<bool> {
    const auto done = limit_file(db, bytes);
    if (!done) return done.error();
    return true;
  };
  const auto done = co_await ask<bool>(set);
  if (!done) co_return done.error();
  co_return result<>();
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
