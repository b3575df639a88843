// Plans an env-sync: reads the sources, lists what is there, looks up who owns what, and decides. One request when
// nothing has to change; a preview branch with a personal access token may need its parent's list too.
#pragma once

#include "job/kind.hpp"
#include "job/read_patience.hpp"
#include "job/variable_actions.hpp"

#include <deque>
#include <optional>

namespace triggerd::job {

class env_sync_planner final : public planner {
 public:
  // World, leg and cancellation outlive it.
  env_sync_planner(const kind_world& world, const leg_view& leg, target::access by, memory remembered,
                   cancellation& cancel);
  ~env_sync_planner() override;
  env_sync_planner(const env_sync_planner&) = delete;
  env_sync_planner& operator=(const env_sync_planner&) = delete;

  task<result<boxed<plan_step>>> next() override;

 private:
  enum class stage { sources, listing, parent, ready };
  using step = boxed<plan_step>;

  task<result<>> read_sources();
  task<result<step>> read_list(bool parent);
  result<> take(std::vector<api::variable_view> list, listed_variables& into);
  task<result<>> recall();
  bool sees_levels() const;
  void decide_once();
  void decide();
  void drop_values();
  result<step> next_step();

  const kind_world& world_;
  const leg_view& leg_;
  target::access by_;
  memory remembered_;
  cancellation& cancel_;
  read_patience patience_;
  variable_home home_;
  variable_place place_;

  stage stage_ = stage::sources;
  wanted_variables wanted_;
  sync_facts facts_;
  std::deque<plan_step> steps_;
  std::optional<error> problem_;  // told after the steps
};

}  // namespace triggerd::job
