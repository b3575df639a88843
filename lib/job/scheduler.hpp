// When jobs fire: the nominal instants of their schedules, through jitter, missed time and clocks that jump.
//
// One timer is armed, for the nearest instant, and none when there is none. What is due is taken in portions, oldest
// first, so that the ledger writes the first while the next are made.
#pragma once

#include "base/log.hpp"
#include "base/timers.hpp"
#include "spec/schedule.hpp"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace triggerd::job {

struct due_fire {
  std::string job;
  instant nominal{};
  instant at{};           // jitter included
  std::string_view mark;  // of the schedule, until the job's next set() or remove()
  bool missed = false;    // caught up
};

struct next_fire {
  std::string job;
  instant at{};  // jitter included
};

class scheduler {
 public:
  // `due` runs on the loop, never inside another call of this class. Whoever is told takes until nothing is left.
  scheduler(const clock& time, timers& timers, log& log, std::function<void()> due);
  ~scheduler();
  scheduler(const scheduler&) = delete;
  scheduler& operator=(const scheduler&) = delete;

  // `last`: the nominal instant that was handled last; instants after it that have passed are caught up.
  void set(const std::string& job, spec::schedule when, instant last);
  void remove(const std::string& job);
  // A held job passes no instants; what it missed is caught up by the job's policy when it is released.
  void hold(const std::string& job);
  void release(const std::string& job);

  // What is due now, of at most so many fires, and of one job's missed ones as many more as it has. Empty: nothing, and
  // from here on the next instant is told.
  std::vector<due_fire> take(std::size_t most);

  void start();  // until then nothing is due
  void stop();
  void hold_until(instant wall);  // the clock was set back: nothing is due before
  std::optional<instant> held_until() const;
  void clock_changed();  // somebody set the wall clock: look at every instant again

  std::vector<next_fire> upcoming(const std::string& job, std::size_t most) const;  // empty: of all jobs
  std::optional<instant> last_of(const std::string& job) const;

 private:
  struct entry {
    spec::schedule when;
    instant last{};
    std::optional<instant> nominal;  // the next one
    instant at{};                    // with jitter
    bool held = false;
  };
  using job_map = std::map<std::string, entry>;
  struct earlier {
    bool operator()(const std::pair<instant, job_map::iterator>& a,
                    const std::pair<instant, job_map::iterator>& b) const {
      return a.first != b.first ? a.first < b.first : a.second->first < b.second->first;
    }
  };
  void enqueue(job_map::iterator job);
  void dequeue(job_map::iterator job);
  void arm();
  void take_due(const std::string& job, entry& of, instant now, std::vector<due_fire>& out);
  void catch_up(const std::string& job, entry& of, instant now, std::vector<due_fire>& out);

  const clock& clock_;
  timers& timers_;
  log& log_;
  std::function<void()> due_;
  job_map jobs_;
  std::set<std::pair<instant, job_map::iterator>, earlier> queue_;
  std::optional<instant> held_until_;
  timer_id timer_ = 0;
  bool started_ = false;
  bool told_ = false;  // somebody takes what is due
};

}  // namespace triggerd::job
