#include "job/batch_watch.hpp"

#include "api/bulk_actions.hpp"
#include "api/codes.hpp"
#include "base/text.hpp"
#include "job/codes.hpp"

namespace triggerd::job {

namespace {

using api::run_phase;

std::string counted_words(std::uint64_t bad, std::uint64_t of, std::string_view what,
                          const std::vector<std::string>& examples) {
  std::string text = std::to_string(bad) + " of " + std::to_string(of) + ' ' + std::string(what);
  if (!examples.empty()) text += ": " + text::join(examples, "; ");
  if (examples.size() < bad) text += "; ...";
  return text;
}

}  // namespace

batch_watch::batch_watch(const leg_view& leg, target::access by, const kind_world& world, std::string space)
    : leg_(leg),
      spec_(std::get<spec::batch_spec>(leg.job.what)),
      by_(std::move(by)),
      space_(std::move(space)),
      waits_(leg.job.wait.until != spec::wait_spec::goal::none),
      now_(world.clock.now()) {}

task<observed> batch_watch::look(std::vector<const store::action_row*> waiting) {
  for (const store::action_row* row : waiting) {
    if (stopped_) break;
    subject one{};
    one.row = row;
    one.memo = batch_memo::read(row->memo);
    one.age = now_ - one.memo.sealed.value_or(row->intended);
    co_await look_at(one);
  }
  out_.look_again = next_.wait();
  co_return std::move(out_);
}

task<> batch_watch::look_at(subject& one) {
  auto ask = api::retrieve_batch(one.row->run);
  const auto batch = co_await by_.send(std::move(ask));
  if (!batch) {
    failed(one, batch.error());
    co_return;
  }
  const bool made = batch->processed || batch->ended();
  if (batch->status == "ABORTED") {
    aborted(one, *batch);
    co_return;
  }
  if (made && one.memo.look) {
    if (one.age < limits::pending_version_notice && !batch->ended()) {
      next_.within(limits::pending_version_notice - one.age);
      keep(one);
      co_return;
    }
    co_await check_version(one, *batch);
    if (stopped_) co_return;
  }
  if (!waits_) {
    if (made) made_runs(one, *batch);
    else if (one.age >= spec_.seal_within) {
      one.out.code = std::string(codes::unsealed.name);
      one.out.note = one.row->run + " is sealed, but its runs were not made within " + text::show(spec_.seal_within);
      settle(one, effect_state::unknown);
    } else keep(one);
    co_return;
  }
  if (batch->ended()) {
    const bool counted = co_await count(one, *batch, false);
    if (!counted) {
      keep(one);
      co_return;
    }
    add_errors(one, *batch);
    if (one.memo.bad > 0)
      one.out.note = counted_words(one.memo.bad, one.row->items, "runs did not succeed", one.examples);
    if (one.memo.cancelled) one.out.code = std::string(codes::wait_timeout.name);
    settle(one, one.memo.cancelled ? effect_state::failed : effect_state::done);
    co_return;
  }
  if (leg_.job.wait.timeout && one.age >= *leg_.job.wait.timeout) co_await time_out(one, *batch);
  else keep(one);
}

// A batch's first run speaks for all: they are of one task.
task<> batch_watch::check_version(subject& one, const api::batch_view& batch) {
  one.memo.look = false;
  one.changed = true;
  if (batch.ended() || batch.runs.empty()) co_return;
  auto ask = api::retrieve_run(batch.runs.front());
  const auto run = co_await by_.send(std::move(ask));
  if (!run) {
    stopped_ = judge_look(run.error(), one.age) == failed_look::cancelled;
    co_return;
  }
  if (run->phase() == run_phase::waiting_for_version)
    one.out.notice = one.row->run + ": its runs stay PENDING_VERSION; is there a deployed task \"" +
                     text::printable(one.row->subject, 128) + "\", and the queue it names?";
}

void batch_watch::made_runs(subject& one, const api::batch_view& batch) {
  add_errors(one, batch);
  one.memo.ok = one.row->items - std::min(one.row->items, one.memo.bad);
  if (one.memo.bad > 0) {
    one.out.note = counted_words(one.memo.bad, one.row->items, "items became no run", one.examples);
    if (one.out.notice.empty()) one.out.notice = one.row->run + ": " + *one.out.note;
  }
  settle(one, effect_state::done);
}

void batch_watch::aborted(subject& one, const api::batch_view& batch) {
  add_errors(one, batch);
  one.memo.bad = one.row->items;
  one.out.code = std::string(api::codes::refused.name);
  one.out.note = one.row->run + " was aborted: " +
                 counted_words(batch.errors.size(), one.row->items, "items became no run", one.examples);
  settle(one, effect_state::failed);
}

task<> batch_watch::time_out(subject& one, const api::batch_view& batch) {
  const std::string limit = text::show(*leg_.job.wait.timeout);
  if (leg_.job.wait.cancel_on_timeout) {
    if (!one.memo.cancelled) {
      co_await cancel(one, batch);
      co_return;
    }
    if (now_ - *one.memo.cancelled < limits::cancelled_runs_end) {
      next_.within(limits::watch_soonest);
      keep(one);
      co_return;
    }
  }
  // What the list does not show as ended had not ended.
  const bool counted = co_await count(one, batch, true);
  if (!counted) {
    keep(one);
    co_return;
  }
  add_errors(one, batch);
  one.out.code = std::string(codes::wait_timeout.name);
  one.out.note = counted_words(one.memo.bad, one.row->items, "runs had not succeeded after " + limit, one.examples);
  settle(one, effect_state::failed);
}

task<> batch_watch::cancel(subject& one, const api::batch_view& batch) {
  for (std::size_t from = 0; from < batch.runs.size(); from += limits::bulk_run_ids) {
    const auto begin = batch.runs.begin() + static_cast<std::ptrdiff_t>(from);
    const auto end =
        batch.runs.begin() + static_cast<std::ptrdiff_t>(std::min(from + limits::bulk_run_ids, batch.runs.size()));
    const std::vector<std::string> ids(begin, end);
    auto ask = api::create_bulk_action(api::bulk_kind::cancel, ids, one.row->run);
    const auto made = co_await by_.send(std::move(ask));
    if (made) continue;
    // Cancelling twice is cancelling once, so a lost answer is simply asked for again.
    const api::failure& why = made.error();
    stopped_ = why.what.code == triggerd::codes::cancelled;
    const bool lasting = why.kind == api::failure_kind::refused || why.kind == api::failure_kind::credential;
    if (!lasting) {
      next_.within(limits::watch_soonest);
      next_.not_before(why.wait.value_or(milliseconds(0)));
      keep(one);
      co_return;
    }
    one.out.code = std::string(codes::wait_timeout.name);
    one.out.note = "its runs had not ended and could not be cancelled: " + why.what.describe();
    one.memo.bad = one.row->items - std::min(one.row->items, one.memo.ok);
    settle(one, effect_state::failed);
    co_return;
  }
  one.memo.cancelled = now_;
  one.changed = true;
  next_.within(limits::watch_soonest);
  keep(one);
}

void batch_watch::add_errors(subject& one, const api::batch_view& batch) {
  one.memo.bad += batch.errors.size();
  for (const api::batch_error& error : batch.errors) {
    if (one.examples.size() == limits::examples_told) return;
    one.examples.push_back("item " + std::to_string(error.index) + ' ' +
                           (error.text.empty() ? error.code : error.text));
  }
}

void batch_watch::failed(subject& one, const api::failure& why) {
  const failed_look how = judge_look(why, one.age);
  if (how == failed_look::cancelled) {
    stopped_ = true;
    return;
  }
  if (how == failed_look::passing) {
    next_.not_before(why.wait.value_or(milliseconds(0)));
    keep(one);
    return;
  }
  one.out.note = one.row->run + " was sealed, but what became of it cannot be seen: " + why.what.describe();
  if (waits_) one.out.code = std::string(why.what.code.name);
  else one.memo.ok = one.row->items;
  settle(one, waits_ ? effect_state::failed : effect_state::done);
}

void batch_watch::settle(subject& one, effect_state state) {
  const batch_memo before = batch_memo::read(one.row->memo);
  one.out.state = state;
  one.out.items_ok = one.memo.ok - before.ok;
  one.out.items_bad = one.memo.bad - before.bad;
  one.out.memo = one.memo.write();
  out_.changes.push_back({one.row->number, std::move(one.out)});
}

// Still waiting; what was counted so far is kept.
void batch_watch::keep(subject& one) {
  next_.within(look_interval(one.age));
  if (waits_ && leg_.job.wait.timeout && one.age < *leg_.job.wait.timeout)
    next_.within(*leg_.job.wait.timeout - one.age);
  if (one.changed) settle(one, effect_state::waiting);
}

}  // namespace triggerd::job
