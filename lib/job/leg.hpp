// One leg of a fire at work: opens its target, plans, works its actions off, watches what waits, and concludes.
//
// It is the only retry loop of the program: every attempt passes the budget (access) and the ledger (journal) again.
#pragma once

#include "base/async.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "job/events.hpp"
#include "job/journal.hpp"
#include "job/kind.hpp"
#include "job/pacing.hpp"
#include "target/registry.hpp"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace triggerd::job {

// What all legs share. Outlives them.
struct leg_world {
  asio::any_io_executor loop;
  triggerd::clock& clock;
  triggerd::timers& timers;
  random_source& random;
  triggerd::log& log;
  journal& writes;
  store::spool& spool;
  target::registry& targets;
  reject_files& rejects;
  event_hub& events;
  std::function<kind&(spec::job_kind)> kind_of;
  shared_count& shared;  // open actions by pace::shared
  condition& shared_moved;
  instant copied_until{};  // the ledger is a copy: what was intended until then may have been sent
};

enum class ending { none, cancelled, replaced, timed_out, suspended };

class leg_runner {
 public:
  // Job and fire outlive it. `recovered`: an earlier process began this leg.
  leg_runner(leg_world& world, const spec::job_spec& job, const store::fire_row& fire, store::leg_row row,
             bool recovered);
  ~leg_runner();
  leg_runner(const leg_runner&) = delete;
  leg_runner& operator=(const leg_runner&) = delete;

  // Until the leg has ended, or end(suspended) stopped it where it stands, for the next process to go on. `all_sent` is
  // called at most once, before that, when nothing is left but to look at what went well (pace::looks_only).
  task<> run(std::function<void()> all_sent);
  // Nothing new is sent; what is on the wire is waited for.
  void end(ending why);

  const store::leg_row& row() const { return row_; }
  bool suspended() const { return ending_ == ending::suspended; }
  std::vector<std::chrono::microseconds> reply_times() const;

 private:
  struct entry {  // an action on its way
    store::action_row row;
    action_body body;
    bool restarted = false;  // an earlier process may have sent it
    bool resolve_first = false;
    bool may_have_happened = false;  // this process sent it and does not know
    bool granted = false;            // counted among what is open
    bool last_look = false;          // resolved once more after its attempts were used up
    int failures = 0;                // attempts that count against the target's retry policy
    int looks = 0;
  };

  // leg.cpp: the course of things
  task<> attempt();
  task<bool> open();
  task<> classify_unasked();
  void next_attempt();
  store::leg_state conclude();
  void finish(store::leg_state state);
  void note(std::string text);
  // leg_plan.cpp: actions out of the kind or the ledger
  task<> recover();
  task<bool> count_done();
  task<> plan();
  task<> plan_steps();
  task<bool> room_to_plan();
  task<> take_step(plan_step& step);
  task<> take_action(planned_action& step);
  void take_reject(const planned_reject& step);
  task<bool> spool_body(store::action_row& row, std::shared_ptr<const std::string> body);
  task<bool> make_durable();
  void void_planned();
  void void_action(const store::action_row& row);
  void restore(store::action_row row);
  void make_ready(store::action_row row);
  bool may_have_left(const store::action_row& row) const;
  bool may_have_replayed() const;
  task<> refill();
  // leg_work.cpp: from an action to its effect
  std::size_t most_workers() const;
  void hire();
  task<> work();
  task<> rest(milliseconds how_long);
  void tell_if_all_sent();
  task<bool> next(entry& out);
  task<> carry_out(entry one);
  task<bool> look(entry& one);
  task<bool> send(entry& one);
  task<bool> told_before(entry& one);
  void write_tries(const store::action_row& row, int tries);
  void clear_tries(const entry& one);
  task<bool> fetch_body(entry& one);
  task<bool> may_go(entry& one);
  bool has_room(const entry& one) const;
  void open_up(const store::action_row& row);
  void close_up(const store::action_row& row);
  void make_room(const store::action_row& row);
  task<bool> try_again(entry& one, const effect& became);
  bool give_up(entry& one, const effect& became);
  // leg_settle.cpp: what became of it
  static store::action_change change_of(const store::action_row& row);
  void remember(store::memory_row what);
  static void take_notes(store::action_row& row, const effect& became);
  void keep_notes(store::action_row& row, const effect& became);
  void abandon(entry& one);
  task<> abandon_ready();
  void settle_entry(entry& one, const effect& became);
  void settle_as(entry& one, effect_state state, error_code code, std::string text);
  void settle(store::action_row& row, const effect& became);
  task<> drop_spool(std::string name);
  // leg_watch.cpp: what waits
  task<> watch();
  task<> observe_once();
  task<> doze();
  void look_soon();
  void let_go_of_waiting();

  leg_view view() const;
  bool ended() const { return ending_ != ending::none; }
  void save();  // row_ with its memo
  void read_memo();
  void moved() { moved_.notify_all(); }
  std::size_t most_ready() const { return 2 * std::max<std::size_t>(pace_.concurrent, 1); }

  leg_world& world_;
  const spec::job_spec& job_;
  const store::fire_row& fire_;
  kind& kind_;
  store::leg_row row_;
  bool recovered_;
  std::vector<std::string> adopt_;
  spec::target_spec target_spec_;
  std::optional<target::access> access_;
  std::uint64_t requests_before_ = 0;
  job::pace pace_;

  // of the memo
  std::string position_, earlier_;
  std::uint64_t next_number_ = 0, items_ok_ = 0, items_bad_ = 0;
  bool volatile_ = false, once_ = false;

  std::optional<leg_view> plan_view_;  // what the planner may keep a reference to
  std::unique_ptr<planner> planner_;
  std::vector<entry> unwritten_;  // planned, not yet durable
  std::deque<entry> ready_;
  std::uint64_t load_from_ = 0;        // stored actions from this number on are not in ready_ yet
  std::uint64_t recovered_below_ = 0;  // numbers that an earlier process planned
  bool more_stored_ = false;
  bool refilling_ = false;
  bool planning_ = true;
  std::optional<error> broken_;     // why this attempt cannot go on
  std::size_t most_in_flight_ = 1;  // on the target
  std::size_t workers_ = 0;
  std::size_t resting_ = 0;  // of these, asleep until their action is tried again
  std::uint64_t open_items_ = 0;
  pacer pacer_{std::nullopt};
  std::map<std::uint64_t, store::action_row> waiting_;  // by number
  bool unseen_ = false;                                 // something began to wait after the last look began
  steady_time next_look_{};
  std::optional<cancellation> dozing_;
  std::set<std::uint64_t> roomy_;  // of these, no longer counted for pace::open_actions

  std::function<void()> all_sent_;  // until it was called
  ending ending_ = ending::none;
  cancellation cancel_;
  // Apart: whoever is woken costs a turn of the loop, for every action.
  condition moved_;    // something is ready or waits, or planning or a worker has ended
  condition room_;     // less is open
  condition used_up_;  // half of what may be ready
  timer_id timeout_ = 0;
  task_group children_;
};

}  // namespace triggerd::job
