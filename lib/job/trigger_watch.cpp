#include "job/trigger_watch.hpp"

#include "base/text.hpp"
#include "job/codes.hpp"
#include "job/tagged_runs.hpp"

#include <algorithm>
#include <map>

namespace triggerd::job {

namespace {

using api::run_phase;
using api::run_view;

// What was noted before stays: that it was repeated after a failure.
std::string joined(const std::string& note, std::string text) { return note.empty() ? text : note + "; " + text; }

std::string ending_of(const run_view& run) {
  std::string text = run.id + " ended " + run.status;
  if (!run.error_text.empty()) text += ": " + run.error_text;
  return text;
}

}  // namespace

trigger_watch::trigger_watch(const leg_view& leg, target::access by, const kind_world& world, bool counted)
    : leg_(leg),
      by_(std::move(by)),
      counted_(counted),
      waits_(leg.job.wait.until != spec::wait_spec::goal::none),
      now_(world.clock.now()) {}

// Lists are a hint: only an end that they show counts. Some runs are asked by their id each time, so that a list that
// lags for ever does no harm.
task<observed> trigger_watch::look(std::vector<const store::action_row*> waiting) {
  sort_out(waiting);
  for (std::size_t i = 0; i < urgent_.size() && !stopped_; ++i) {
    if (i == limits::urgent_per_look) {
      next_.within(limits::shortest_look);
      break;
    }
    co_await look_closely(urgent_[i]);
  }
  if (others_.size() > limits::run_looks)
    for (std::size_t from = 0; from < others_.size() && !stopped_; from += limits::tags_per_list) {
      const std::size_t to = std::min(from + limits::tags_per_list, others_.size());
      co_await list(from, to);
    }
  std::size_t asked = 0;
  for (const subject& one : others_) {
    if (stopped_ || asked == limits::run_looks) break;
    if (settled_.contains(one.row->number)) continue;
    ++asked;
    co_await retrieve(one);
  }
  out_.look_again = next_.wait();
  co_return std::move(out_);
}

void trigger_watch::sort_out(const std::vector<const store::action_row*>& waiting) {
  for (const store::action_row* row : waiting) {
    subject one{row, trigger_memo::read(row->memo), {}, {}, row->run, row->note};
    const instant since = one.memo.since.value_or(row->intended);
    one.age = now_ - since;
    one.unseen = now_ - std::max(since, one.memo.doubt.value_or(since));
    const bool look_due = one.memo.look && one.unseen >= limits::pending_version_notice;
    if (one.memo.look && !look_due) next_.within(limits::pending_version_notice - one.unseen);
    if (look_due || is_overdue(one)) {
      urgent_.push_back(std::move(one));
    } else if (waits_) {
      if (leg_.job.wait.timeout) next_.within(*leg_.job.wait.timeout - one.age);
      if (one.memo.look && one.memo.doubt) continue;  // its end counts when it is known to be the only run
      next_.within(look_interval(one.age));
      others_.push_back(std::move(one));
    }
  }
}

bool trigger_watch::is_overdue(const subject& one) const {
  return waits_ && leg_.job.wait.timeout && one.age >= *leg_.job.wait.timeout;
}

task<> trigger_watch::list(std::size_t from, std::size_t to) {
  api::run_filter which;
  std::map<std::string, const subject*> sought;
  for (std::size_t i = from; i < to; ++i) {
    which.tag.push_back(action_tag(*others_[i].row));
    sought.emplace(others_[i].row->run, &others_[i]);
  }
  auto ask = api::list_runs(which);
  const auto page = co_await by_.send(std::move(ask));
  if (!page) {
    stopped_ = judge_look(page.error(), {}) == failed_look::cancelled;
    next_.not_before(page.error().wait.value_or(milliseconds(0)));
    co_return;
  }
  for (const run_view& run : page->runs) {
    const auto found = sought.find(run.id);
    if (found != sought.end() && run.ended()) ended(*found->second, run);
  }
}

task<> trigger_watch::look_closely(subject& one) {
  bool known = true;
  if (one.memo.look && one.memo.doubt) known = co_await learn_of_others(one);
  if (known) co_await retrieve(one);
}

// Did an attempt whose answer was lost make another run? Then the older one has failed, or its key would have given it
// to us. False: the server may tell later.
task<bool> trigger_watch::learn_of_others(subject& one) {
  std::string tag = action_tag(*one.row);
  const auto tagged = co_await runs_with_tag(std::move(tag), by_);
  if (!tagged) {
    const failed_look how = judge_look(tagged.error(), one.unseen);
    stopped_ = how == failed_look::cancelled;
    const bool later = how == failed_look::passing && one.unseen < limits::lookup_after;
    if (later) {
      next_.within(look_interval(one.unseen));
      next_.not_before(tagged.error().wait.value_or(milliseconds(0)));
    }
    co_return !stopped_ && !later;
  }
  const auto listed = [&](const std::string& run) {
    return std::find_if(tagged->begin(), tagged->end(), [&](const run_view& other) { return other.id == run; });
  };
  auto ours = listed(one.run);
  const run_view* newest = run_of_action(*tagged, one.row->key);
  if (newest != nullptr && ours != tagged->end() && newest->idempotency_key == one.row->key) {
    one.run = newest->id;
    ours = listed(one.run);
  }
  const auto older = ours == tagged->end() ? tagged->begin() : ours + 1;
  if (older != tagged->end()) one.note = repeated_after(*older);
  co_return true;
}

task<> trigger_watch::retrieve(const subject& one) {
  auto ask = api::retrieve_run(one.run);
  auto run = co_await by_.send(std::move(ask));
  if (!run) {
    failed(one, run.error());
    co_return;
  }
  run_view view = std::move(*run);
  co_await judge(one, std::move(view));
}

task<> trigger_watch::judge(const subject& one, run_view run) {
  if (run.ended()) {
    ended(one, run);
    co_return;
  }
  effect what;
  what.state = effect_state::waiting;
  if (one.memo.look && one.unseen >= limits::pending_version_notice) {
    trigger_memo looked = one.memo;
    looked.look = false;
    what.memo = looked.write();
    if (run.phase() == run_phase::waiting_for_version)
      what.notice = run.id + " stays PENDING_VERSION; is there a deployed task \"" +
                    text::printable(one.row->subject, 128) + "\", and the queue it names?";
  }
  if (is_overdue(one)) {
    co_await give_up(one, std::move(run));
  } else if (!waits_) {
    what.state = effect_state::done;
    what.items_ok = 1;
    settle(one, std::move(what));
  } else {
    next_.within(look_interval(one.age));
    if (leg_.job.wait.timeout) next_.within(*leg_.job.wait.timeout - one.age);
    if (what.memo) change(one, std::move(what));
  }
}

task<> trigger_watch::give_up(const subject& one, run_view run) {
  effect what;
  what.state = effect_state::failed;
  what.code = std::string(codes::wait_timeout.name);
  what.items_bad = 1;
  std::string note = run.id + " was " + run.status + " after " + text::show(*leg_.job.wait.timeout);
  if (leg_.job.wait.cancel_on_timeout) {
    auto ask = api::cancel_run(run.id);
    const auto cancelled = co_await by_.send(std::move(ask));
    if (!cancelled) {
      const failed_look how = judge_look(cancelled.error(), one.age);
      stopped_ = how == failed_look::cancelled;
      if (how == failed_look::cancelled || how == failed_look::passing) {
        next_.within(limits::watch_soonest);
        co_return;
      }
      note += " and could not be cancelled: " + cancelled.error().what.describe();
    } else {
      note += " and was cancelled";
    }
  }
  what.note = joined(one.note, std::move(note));
  settle(one, std::move(what));
}

void trigger_watch::ended(const subject& one, const run_view& run) {
  effect what;
  const bool well = run.phase() == run_phase::succeeded;
  what.items_ok = well || !waits_ ? 1 : 0;
  what.items_bad = 1 - what.items_ok;
  if (!well && waits_) {
    what.note = joined(one.note, ending_of(run));
    if (!counted_ && leg_.job.wait.until == spec::wait_spec::goal::success) {
      what.state = effect_state::failed;
      what.code = std::string(codes::run_failed.name);
    }
  }
  settle(one, std::move(what));
}

void trigger_watch::failed(const subject& one, const api::failure& why) {
  const failed_look how = judge_look(why, one.age);
  effect what;
  if (how == failed_look::cancelled) {
    stopped_ = true;
    return;
  }
  if (!waits_) {  // it was a look for the operator's sake only
    what.items_ok = 1;
    settle(one, std::move(what));
    return;
  }
  if (how == failed_look::passing) {
    next_.within(look_interval(one.age));
    next_.not_before(why.wait.value_or(milliseconds(0)));
    return;
  }
  what.state = effect_state::failed;
  what.code = std::string(why.what.code.name);
  what.note = joined(one.note, one.run + " was triggered, but its end cannot be seen: " + why.what.describe());
  settle(one, std::move(what));
}

void trigger_watch::settle(const subject& one, effect what) {
  settled_.insert(one.row->number);
  change(one, std::move(what));
}

void trigger_watch::change(const subject& one, effect what) {
  if (!what.note && one.note != one.row->note) what.note = one.note;
  if (one.run != one.row->run) what.run = one.run;
  out_.changes.push_back({one.row->number, std::move(what)});
}

}  // namespace triggerd::job
