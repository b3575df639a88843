// The engine: jobs, their schedules, and the fires at work. Everything people and signals ask for ends here.
//
// Single-threaded on its loop. Results come when they are durable. The ledger it works on outlives it; close() first.
#pragma once

#include "base/ids.hpp"
#include "job/fire.hpp"
#include "job/scheduler.hpp"
#include "spec/selector.hpp"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace triggerd::job {

struct engine_world {
  asio::any_io_executor loop;
  triggerd::clock& clock;
  triggerd::timers& timers;
  random_source& random;
  triggerd::log& log;
  store::ledger& ledger;
  store::spool& spool;
  target::registry& targets;
  job::inputs& inputs;
  reject_files& rejects;
  event_hub& events;
  std::string digest_key;  // this installation's, for digests of secret values
  std::function<result<spec::job_spec>(const std::string&)> decode;  // job_spec::text back to a spec
  milliseconds clock_jump_tolerance{2'000};
  // How long after its instant a scheduled fire was durable.
  std::function<void(milliseconds late)> on_due = {};
};

struct run_request {
  std::string job;
  std::vector<std::string> on;  // a selector within the job's targets; empty: all of them
  std::map<std::string, std::string> vars;
  std::vector<std::string> adopt;
  std::string by;  // "uid 1000"
};

struct job_pause {
  std::string by;
  instant since{};
  std::optional<instant> until;
};

// One fire with its legs, from memory when it is at work, else from the ledger.
struct fire_view {
  store::fire_row row;
  std::vector<fire_runner::leg_now> legs;
};

struct job_view {
  const spec::job_spec* spec = nullptr;  // until the next set_jobs()
  std::vector<std::string> targets;
  std::optional<job_pause> paused;
  std::optional<instant> next;
  std::size_t running = 0;  // unfinished fires
};

struct planned_leg {
  std::string target;
  std::vector<plan_line> lines;  // at most limits::plan_lines
  std::uint64_t changes = 0;     // all of them
  std::uint64_t requests = 0;    // that a fire would cost
  std::vector<std::string> notes;
  std::optional<error> trouble;
};

struct resolution {
  std::string fire;
  std::string as;      // done, failed, retry
  std::string target;  // empty: every one
  std::optional<std::uint64_t> action;
  std::string by;
};

enum class engine_state { starting, running, draining, stopping, clock_held, disk };
std::string_view name(engine_state s);

class engine {
 public:
  explicit engine(engine_world world);
  ~engine();
  engine(const engine&) = delete;
  engine& operator=(const engine&) = delete;

  // --- life: recover, set_jobs, open, ... drain, close ---
  // Reads what was unfinished and goes on with it. Nothing of it needs a server to be reachable now.
  task<result<>> recover();
  // The first load and every reload: jobs that run keep the spec they began with.
  task<result<>> set_jobs(spec::job_list jobs);
  void open();  // schedules begin; on_start jobs fire
  // No new fires. Completes when none is at work, or when `cancel` ends the waiting.
  void begin_drain();
  task<> wait_until_idle(cancellation& cancel);
  // Every fire stops where it stands, for the next start to go on; then the ledger's last commit.
  task<> close();
  void clock_changed();  // the wall clock was set
  void set_clock_jump_tolerance(milliseconds to) { world_.clock_jump_tolerance = to; }

  // --- what people ask for ---
  task<result<std::string>> run(run_request what);  // the new fire's id
  task<result<store::fire_state>> cancel(std::string fire, std::string by);
  task<result<std::uint64_t>> resolve(resolution what);  // how many actions
  task<result<std::vector<planned_leg>>> plan(run_request what);
  task<result<>> pause(std::string job, std::string by, std::optional<instant> until);
  task<result<>> resume(std::string job);

  // --- what people look at ---
  engine_state state() const;
  std::string state_reason() const;  // in words; empty when running
  std::optional<instant> clock_held_until() const { return scheduler_.held_until(); }
  std::vector<job_view> jobs() const;  // by name
  const spec::job_spec* find_job(std::string_view name) const;
  std::vector<std::string> job_names() const;
  std::vector<next_fire> upcoming(const std::string& job, std::size_t most) const;
  std::vector<fire_view> at_work() const;  // unfinished fires, oldest first
  std::size_t running() const { return running_.size(); }
  std::size_t queued() const;
  bool paused(const std::string& job) const { return pauses_.contains(job); }
  std::vector<std::string> paused_jobs() const;
  // By id, or a beginning of at least four characters that only one recent fire has.
  task<result<fire_view>> find_fire(std::string id);
  task<result<std::vector<fire_view>>> fires(store::fire_filter which);
  const journal& writes() const { return journal_; }

 private:
  // Fires keep the spec that they began with.
  using job_map = std::map<std::string, std::shared_ptr<const spec::job_spec>>;
  using fire_map = std::map<std::string, std::unique_ptr<fire_runner>>;  // by id, so oldest first

  bool keeps_schedule(const spec::job_spec& job) const;  // it is in force, and the last instant is known
  std::shared_ptr<const spec::job_spec> job_of(const std::string& name) const;  // null: there is none
  static error no_job(const std::string& name);
  result<std::vector<std::string>> targets_of(const spec::job_spec& job, const std::vector<std::string>& on) const;
  task<> let_others_turn(std::size_t& fires);
  task<> fire_due();
  task<> time_fires(std::vector<instant> due);
  task<> fire_on_start();
  task<> carry(std::string id);
  void launch(std::unique_ptr<fire_runner> fire);
  void start_queued(const std::string& job);
  void keep_times(const fire_runner& ended);
  std::vector<std::chrono::microseconds> times_of(const std::string& fire, const std::string& target) const;
  std::vector<std::string> running_of(const std::string& job) const;  // oldest first
  std::vector<std::string> coming_of(const std::string& job);
  // Decides by the job's overlap policy, writes the rows, and gives what shall run once they are durable.
  struct admitted {
    std::shared_ptr<const spec::job_spec> job;
    store::shared<store::fire_row> row;  // null: skipped
    std::vector<store::shared<store::leg_row>> legs;
    std::string running;  // the fire that is in its way, when skipped
    bool queued = false;
    std::shared_ptr<const std::string> coming;  // its id, while its rows become durable
  };
  admitted admit(const std::shared_ptr<const spec::job_spec>& of, store::fire_row row,
                 const std::vector<std::string>& targets);
  void begin(admitted one);
  task<> begin_all(std::deque<admitted> ready);
  store::fire_row new_fire(const spec::job_spec& job, std::string cause, std::string by, instant due);
  void saw(instant now);
  result<> take_up(store::fire_row row, std::vector<store::leg_row> legs);
  bool takes_fires() const { return opened_ && !draining_ && !closed_; }
  task<result<std::uint64_t>> resolve_leg(const resolution& what, store::fire_row& fire, store::leg_row& leg);
  task<> plan_leg(const spec::job_spec& job, const store::fire_row& fire, std::string target,
                  std::vector<std::string> adopt, planned_leg& out);
  task<result<>> recover_pauses();
  void arm_pause(const std::string& job, instant until);
  task<> end_pause(std::string job);

  engine_world world_;
  journal journal_;
  shared_count shared_;
  condition shared_moved_;
  std::map<spec::job_kind, std::unique_ptr<kind>> kinds_;
  kind_world kind_world_;
  leg_world leg_world_;
  id_maker ids_;
  scheduler scheduler_;
  job_map jobs_;
  std::map<std::string, job_pause> pauses_;
  std::map<std::string, timer_id> pause_timers_;
  fire_map running_;
  std::map<std::string, std::set<std::string>> running_of_job_;  // ids
  // Admitted by job: others meet them too, though they begin only when their rows are durable.
  std::multimap<std::string, std::weak_ptr<const std::string>> coming_;
  struct timed_fire {
    std::string id;
    std::map<std::string, std::vector<std::chrono::microseconds>> by_target;
  };
  std::deque<timed_fire> timed_;  // the newest that have ended, so that a look right after the end shows their times
  std::size_t timed_legs_ = 0;
  std::map<std::string, std::deque<std::unique_ptr<fire_runner>>> queued_;  // by job, oldest first
  instant latest_{};                                                        // the latest instant the ledger has seen
  bool opened_ = false, draining_ = false, closed_ = false;
  condition idle_;
  cancellation plans_end_;  // plans are no fires: they are broken off when the engine closes
  task_group children_;
};

}  // namespace triggerd::job
