// How the runs of a batch ended, counted for batch_watch.hpp.
#include "job/batch_watch.hpp"

namespace triggerd::job {

namespace {

using api::run_phase;
using api::run_view;

}  // namespace

// True when every run's end is counted. Lists are a hint, so that only what they lack is asked for by id; runs that an
// earlier batch made for the same key are never in this one's list.
task<bool> batch_watch::count(subject& one, const api::batch_view& batch, bool list_only) {
  std::vector<std::string> ids = batch.runs;
  std::sort(ids.begin(), ids.end());
  std::map<std::string, run_view> listed;
  const std::size_t left = ids.size() - std::min<std::size_t>(ids.size(), one.memo.counted);
  if (list_only || left > limits::run_looks) listed = co_await ended_runs(batch.id);
  while (one.memo.counted < ids.size() && !stopped_) {
    const std::string& id = ids[one.memo.counted];
    const auto known = listed.find(id);
    if (known != listed.end()) {
      count_run(one, known->second);
      continue;
    }
    if (list_only) {
      ++one.memo.counted;
      ++one.memo.bad;
      continue;
    }
    if (retrieves_ == limits::batch_retrieves) {
      next_.within(limits::watch_soonest);
      co_return false;
    }
    ++retrieves_;
    auto ask = api::retrieve_run(id);
    const auto run = co_await by_.send(std::move(ask));
    if (!run) {
      const failed_look how = judge_look(run.error(), one.age);
      stopped_ = how == failed_look::cancelled;
      next_.not_before(run.error().wait.value_or(milliseconds(0)));
      if (how == failed_look::cancelled || how == failed_look::passing) co_return false;
      ++one.memo.counted;
      ++one.memo.bad;
      one.changed = true;
      if (one.examples.size() < limits::examples_told)
        one.examples.push_back(id + " cannot be seen: " + run.error().what.describe());
      continue;
    }
    if (!run->ended()) co_return false;
    count_run(one, *run);
  }
  co_return !stopped_;
}

task<std::map<std::string, run_view>> batch_watch::ended_runs(std::string batch) {
  std::map<std::string, run_view> found;
  api::run_filter which;
  which.batch = std::move(batch);
  // A server that pages for ever is broken; a batch has ten pages, and reruns of cached items none.
  for (std::size_t pages = 0; pages < 2 * limits::batch_items / which.page_size; ++pages) {
    auto ask = api::list_runs(which);
    auto page = co_await by_.send(std::move(ask));
    if (!page) {
      stopped_ = judge_look(page.error(), {}) == failed_look::cancelled;
      break;
    }
    for (run_view& run : page->runs) {
      std::string id = run.id;
      if (run.ended()) found.insert_or_assign(std::move(id), std::move(run));
    }
    if (page->next.empty()) break;
    which.after = std::move(page->next);
  }
  co_return std::move(found);
}

void batch_watch::count_run(subject& one, const run_view& run) {
  ++one.memo.counted;
  one.changed = true;
  if (run.phase() == run_phase::succeeded) {
    ++one.memo.ok;
    if (!space_.empty() && !run.idempotency_key.empty()) {
      store::memory_row done;
      done.space = space_;
      done.name = run.idempotency_key;
      done.value = run.id;
      one.out.remember.push_back(std::move(done));
    }
    return;
  }
  ++one.memo.bad;
  if (one.examples.size() == limits::examples_told) return;
  std::string text = run.id + ' ' + run.status;
  if (!run.error_text.empty()) text += " (" + run.error_text + ')';
  one.examples.push_back(std::move(text));
}

}  // namespace triggerd::job
