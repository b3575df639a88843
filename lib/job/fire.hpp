// One fire at work: its legs, so many at once as the job says, and what they come to together.
#pragma once

#include "job/leg.hpp"

#include <memory>
#include <string>
#include <vector>

namespace triggerd::job {

// What the legs of a fire come to. Pure.
store::fire_state together(const std::vector<store::leg_row>& legs);

class fire_runner {
 public:
  fire_runner(leg_world& world, std::shared_ptr<const spec::job_spec> job, store::fire_row row,
              std::vector<store::leg_row> legs, bool recovered);
  ~fire_runner();
  fire_runner(const fire_runner&) = delete;
  fire_runner& operator=(const fire_runner&) = delete;

  // Until every leg has ended, or all were suspended.
  task<> run();
  void end(ending why);

  const store::fire_row& row() const { return row_; }
  const spec::job_spec& job() const { return *job_; }
  bool suspended() const { return ending_ == ending::suspended; }
  struct leg_now {
    store::leg_row row;
    std::vector<std::chrono::microseconds> reply_times;
  };
  std::vector<leg_now> legs() const;

 private:
  struct slot {
    store::leg_row row;  // as it is when no runner has it
    std::unique_ptr<leg_runner> runner;
    bool lets_on = false;  // the next target may begin
  };
  task<> work();
  task<> see_through(slot& mine);
  void skip_the_rest();
  void conclude();

  leg_world& world_;
  const std::shared_ptr<const spec::job_spec> job_;
  store::fire_row row_;
  std::vector<slot> slots_;
  bool recovered_;
  std::size_t next_ = 0;
  ending ending_ = ending::none;
  condition moved_;
  task_group children_;
};

}  // namespace triggerd::job
