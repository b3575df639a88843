// What the ledger asks its writer's thread: reads, retention and the bound on the file's size.
#include "store/codes.hpp"
#include "store/row_reads.hpp"
#include "store/row_writes.hpp"
#include "store/sqlite_ledger.hpp"

#include <iterator>
#include <utility>

namespace triggerd::store {

namespace {

// In one step: a few milliseconds.
constexpr std::size_t prune_rows = 256;
constexpr std::size_t search_rows = 4'096;

// What a question to the writer's thread brings back.
template <class T>
struct answer {
  result<T> value = fail(codes::closed, "the ledger is closed");
  wakeup came;
};

}  // namespace

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

task<result<std::uint64_t>> sqlite_ledger::done_actions(std::string fire, std::string target, int attempt) {
  std::uint64_t count = 0;
  std::optional<std::uint64_t> next = 0;
  while (next) {
    const std::function<result<row_reads::done_step>(connection&)> look = [fire, target, attempt,
                                                                           from = *next](connection& db) {
      return row_reads::done_actions(db, fire, target, attempt, from, search_rows);
    };
    const auto found = co_await ask<row_reads::done_step>(look);
    if (!found) co_return found.error();
    count += found->count;
    next = found->next;
  }
  co_return count;
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

}  // namespace triggerd::store
