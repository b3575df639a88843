// Looks at sealed batches: until the server has made their runs, and where runs are waited for, until those have ended.
#pragma once

#include "api/batches.hpp"
#include "api/runs.hpp"
#include "job/batch_memo.hpp"
#include "job/run_watch.hpp"

#include <map>

namespace triggerd::job {

class batch_watch {
 public:
  // All outlive it. `space`: where the keys of items whose runs succeeded are remembered; empty: nowhere.
  batch_watch(const leg_view& leg, target::access by, const kind_world& world, std::string space);
  task<observed> look(std::vector<const store::action_row*> waiting);

 private:
  struct subject {
    const store::action_row* row;
    batch_memo memo;
    milliseconds age;  // since it was sealed
    effect out;
    bool changed = false;               // the memo
    std::vector<std::string> examples;  // of what ended badly
  };

  task<> look_at(subject& one);
  task<> check_version(subject& one, const api::batch_view& batch);
  void made_runs(subject& one, const api::batch_view& batch);
  void aborted(subject& one, const api::batch_view& batch);
  task<bool> count(subject& one, const api::batch_view& batch, bool list_only);
  task<std::map<std::string, api::run_view>> ended_runs(std::string batch);
  void count_run(subject& one, const api::run_view& run);
  task<> time_out(subject& one, const api::batch_view& batch);
  task<> cancel(subject& one, const api::batch_view& batch);
  void add_errors(subject& one, const api::batch_view& batch);
  void failed(subject& one, const api::failure& why);
  void settle(subject& one, effect_state state);
  void keep(subject& one);

  const leg_view& leg_;
  const spec::batch_spec& spec_;
  target::access by_;
  const std::string space_;
  const bool waits_;
  const instant now_;
  std::size_t retrieves_ = 0;
  bool stopped_ = false;
  observed out_;
  next_look next_;
};

}  // namespace triggerd::job
