// Plans a replay: lists the runs, counts them, leaves out what was replayed before, and makes groups or single actions.
// Nothing is planned before everything has been read, so a failure means that nothing was started.
#pragma once

#include "job/kind.hpp"
#include "job/read_patience.hpp"
#include "job/replay_history.hpp"
#include "job/replay_selection.hpp"

#include <deque>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace triggerd::job {

// Runs in one group: never more than may be open at once.
std::uint32_t group_size(const spec::replay_spec& how);

class replay_planner final : public planner {
 public:
  // World, leg and cancellation outlive it.
  replay_planner(const kind_world& world, const leg_view& leg, target::access by, memory remembered,
                 cancellation& cancel);
  task<result<boxed<plan_step>>> next() override;

 private:
  enum class stage { selecting, listing, counting, acting };
  using step = boxed<plan_step>;

  result<> select();
  task<result<step>> read_page();
  result<> take(const api::run_page& page);
  result<> count() const;
  task<result<>> leave_out();
  step next_action();
  planned_action group();
  planned_action single();
  void finish(planned_action& action, std::vector<std::string> runs) const;
  std::string key_of_next() const;
  void say(std::string text) { notes_.push_back({std::move(text)}); }

  const leg_view& leg_;
  const spec::replay_spec& how_;
  target::access by_;
  cancellation& cancel_;
  read_patience patience_;
  replay_history history_;

  stage stage_ = stage::selecting;
  api::run_filter filter_;
  std::deque<std::string> ids_;                    // in the order of the list: newest first
  std::unordered_set<std::string_view> seen_ids_;  // into ids_; looked up only
  std::set<std::string> cursors_;
  std::deque<plan_note> notes_;
  bool watch_ = false;
  std::uint64_t planned_ = 0;
  std::uint64_t groups_ = 0;
};

}  // namespace triggerd::job
