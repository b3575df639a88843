// What was replayed before: by earlier fires of the job, when it says `once`, and by earlier attempts of this fire.
#pragma once

#include "job/kind.hpp"

#include <map>
#include <string>
#include <unordered_set>
#include <vector>

namespace triggerd::job {

std::string replayed_space(const leg_view& leg);  // "replayed:JOB:TARGET"
// That `run` is about to be replayed by the action of that key (groups), or alone (empty).
store::memory_row replayed_row(const leg_view& leg, std::string run, std::string key);

// An action claims its runs when it is intended. The claim is void when the action never had an effect: given up before
// it was sent, or refused for good.
class replay_history {
 public:
  replay_history(const leg_view& leg, memory remembered) : leg_(leg), remembered_(remembered) {}

  // Reads this leg's own actions; call it once, first. An error when an earlier action does not say any more which runs
  // it held: replaying them again cannot be excluded then.
  task<result<>> read_own_leg();
  bool in_own_leg(std::string_view run) const { return own_.contains(std::string(run)); }
  // Those of `runs` (at most limits::recall_names) that another fire of the job has replayed.
  task<result<std::vector<std::string>>> claimed(std::vector<std::string> runs);

 private:
  using claims = std::map<std::string, bool, std::less<>>;  // key or run -> whether it still stands
  task<result<>> read_fire(std::string fire);

  const leg_view& leg_;
  memory remembered_;
  std::unordered_set<std::string> own_;  // looked up only
  std::map<std::string, claims, std::less<>> fires_;
};

}  // namespace triggerd::job
