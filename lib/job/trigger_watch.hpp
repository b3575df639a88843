// Looks at the runs of triggers that are not settled: those that are waited for, and once at those that may wait for a
// version that never comes or may have been made twice.
#pragma once

#include "api/runs.hpp"
#include "job/run_watch.hpp"
#include "job/trigger_memo.hpp"

#include <set>

namespace triggerd::job {

class trigger_watch {
 public:
  // All outlive it. `counted`: a run that ended badly counts against a share (batches); else it fails its action.
  trigger_watch(const leg_view& leg, target::access by, const kind_world& world, bool counted);
  task<observed> look(std::vector<const store::action_row*> waiting);

 private:
  struct subject {
    const store::action_row* row;
    trigger_memo memo;
    milliseconds age;       // of its run
    milliseconds unseen;    // since anything could be made that this process does not know of
    std::string run, note;  // the row's, or what was learnt since
  };

  void sort_out(const std::vector<const store::action_row*>& waiting);
  bool is_overdue(const subject& one) const;
  task<> list(std::size_t from, std::size_t to);
  task<> look_closely(subject& one);
  task<bool> learn_of_others(subject& one);
  task<> retrieve(const subject& one);
  task<> judge(const subject& one, api::run_view run);
  task<> give_up(const subject& one, api::run_view run);
  void ended(const subject& one, const api::run_view& run);
  void failed(const subject& one, const api::failure& why);
  void settle(const subject& one, effect what);
  void change(const subject& one, effect what);

  const leg_view& leg_;
  target::access by_;
  const bool counted_;
  const bool waits_;
  const instant now_;
  std::vector<subject> urgent_;  // a deadline, or the one look, is due: asked one by one
  std::vector<subject> others_;
  std::set<std::uint64_t> settled_;  // numbers
  bool stopped_ = false;
  observed out_;
  next_look next_;
};

}  // namespace triggerd::job
