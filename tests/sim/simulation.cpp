#include "sim/simulation.hpp"

#include "base/limits.hpp"
#include "base/text.hpp"
#include "sim/budgets.hpp"
#include "sim/invariants.hpp"
#include "sim/process.hpp"
#include "sim/scenario.hpp"

namespace triggerd::sim {

namespace {

constexpr auto seconds_between_acts = 240;  // at most
constexpr auto longest_rest = std::chrono::hours(12);
constexpr std::size_t cap = 4;  // in_flight of every limit
constexpr const char* timed_job = "report";

class course {
 public:
  explicit course(std::uint64_t seed)
      : choices_(seed),
        noise_(seed ^ 0x9e3779b97f4a7c15u),
        time_(start_of(choices_)),
        inputs_(inputs()),
        neighbours_(choices_.below(6) == 0),
        clock_steps_(choices_.below(2) == 0),
        model_(world(), seed, time_.now()),
        faults_(neighbours_ ? faults_of_neighbour(choices_) : faults_of(choices_), seed, time_.now()),
        net_{.model = model_,
             .faults = faults_,
             .time = time_,
             .queue = time_,
             .random = noise_,
             .trace = [this](std::string line) { note(line); },
             .leaves = [this](const sandbox::request& asked) { check_intent(asked); },
             .arrives =
                 [this](const sandbox::request& asked) {
                   budgets_.arrived(model_.environment_of(asked), asked, time_.steady());
                 },
             .passes = [this] { pass(); }},
        around_{time_,      net_,   disk_,    inputs_, noise_,
                settings(), keys(), removed_, wires_,  [this](std::string line) { note(line); }} {
    inputs_.secrets = secrets();
    const bool slow_disk = choices_.below(2) == 0;
    disk_.commit_takes = [this, slow_disk] {
      pass();
      return std::chrono::microseconds(slow_disk ? 100 + noise_.below(20'000) : 0);
    };
    disk_.refuse_commit = [this](std::size_t) {
      pass();
      return std::optional<std::string>();
    };
    if (neighbours_) return;
    if (choices_.below(3) == 0) net_.refuses = 0.2 * choices_.unit();
    if (choices_.below(3) == 0) net_.doubles = 0.3 * choices_.unit();
  }

  verdict run() {
    jobs_ = jobs_of(choices_);
    begin();
    schedule_holds();
    const std::uint64_t acts = 2 + choices_.below(6);
    for (std::uint64_t i = 0; i < acts; ++i) {
      time_.advance(std::chrono::milliseconds(choices_.below(seconds_between_acts * 1'000)));
      if (neighbours_) run_by_hand();
      else act();
    }
    come_to_rest();
    judge();
    return std::move(out_);
  }

 private:
  void note(const std::string& line) {
    out_.trace += text::iso(time_.now());
    out_.trace += ' ';
    out_.trace += line;
    out_.trace += '\n';
  }

  void broken(std::string what) { out_.broken.push_back(std::move(what)); }

  // Whatever carries the tag or name of an action: the action and its fire must be durable before the first byte leaves.
  void check_intent(const sandbox::request& asked) {
    if (asked.method == "GET") return;
    for (auto at = asked.body.find("\"td:"); at != std::string::npos; at = asked.body.find("\"td:", at + 1)) {
      const std::string tag = asked.body.substr(at + 1, asked.body.find('"', at + 1) - at - 1);
      bool durable = false;
      const auto fire = tag.substr(3, tag.find(':', 3) - 3);
      for (const auto& leg : disk_.rows().legs(fire))
        for (const auto& action : disk_.rows().actions(fire, leg.target, 0, 1'000'000, false))
          durable = durable || job::action_tag(action) == tag;
      if (!durable) broken("a request for " + tag + " left before its intent was durable");
      if (!disk_.rows().fire(fire)) broken("a request for " + tag + " left before its fire was durable");
    }
  }

  // --- lives and deaths ---

  void begin() {
    ending_ = false;
    budgets_.begin_life();
    process_ = std::make_unique<process>(around_);
    time_.spawn(process_->start(jobs_));
    time_.run();
  }

  // Lets every coroutine of the process end; a dead one can do nothing any more.
  void bury() {
    ending_ = true;
    bool stopped = false;
    time_.spawn(mark(process_->stop(), stopped));
    time_.run();
    for (int i = 0; i < 100'000 && !stopped; ++i)
      if (!time_.step()) break;
    if (!stopped) broken("a process could not be stopped");
    written_ += process_->secrets_would_show();
    process_.reset();
  }

  static task<> mark(task<> what, bool& done) {
    co_await std::move(what);
    done = true;
  }

  // The process dies: what it had not made durable is lost, what was on the wire may still arrive.
  void die(bool in_flight_survives) {
    note("--- crash");
    ++out_.crashes;
    dies_in_ = 0;
    process_->crash(in_flight_survives);
  }

  // A step of the process that the world can see: a request, a reply, the beginning and the end of a commit. Between two
  // of them nothing happens that a death could change.
  void pass() {
    if (dies_in_ == 0 || --dies_in_ > 0) return;
    die(noise_.below(2) == 0);
    if (ending_) return;
    ending_ = true;
    time_.arm(time_.steady(), [this] {
      bury();
      begin();
    });
  }

  // --- what happens ---

  void act() {
    switch (choices_.below(16)) {
      case 0: return crash();
      case 1:
      case 2: dies_in_ = 1 + choices_.below(60); return;
      case 3: return die_at_an_instant();
      case 4:
      case 5: return reload();
      case 6: return clock_steps_ ? step_clock() : run_by_hand();
      case 7: return drain();
      case 8: return restart_server();
      case 9: return fill_disk();
      case 10: return cancel();
      default: return run_by_hand();
    }
  }

  // Few deaths would fall there by chance: an instant is made durable in two steps of the world.
  void die_at_an_instant() {
    const auto next = process_->engine().upcoming({}, 1);
    if (!next.empty() && next.front().at > time_.now()) time_.advance(next.front().at - time_.now() - milliseconds(1));
    dies_in_ = 1 + choices_.below(6);
  }

  void crash() {
    die(choices_.below(2) == 0);
    bury();
    switch (choices_.below(6)) {
      case 0:  // a week off, of which only the last hour is caught up
        let_schedule_go(time_.now() - std::chrono::minutes(2));
        time_.advance(std::chrono::hours(choices_.below(200)));
        break;
      case 1:
      case 2: time_.advance(std::chrono::seconds(choices_.below(180))); break;
      default: break;
    }
    begin();
    schedule_holds();
  }

  // As the daemon stops: no new fires, a time for those at work, then a grace for what is on the wire.
  void drain() {
    const auto patience = std::chrono::seconds(choices_.below(3) == 0 ? 0 : choices_.below(60));
    note("--- drain " + std::to_string(patience.count()));
    ending_ = true;
    const steady_time begun = time_.steady();
    cancellation time_is_up;
    bool idle = false;
    process_->engine().begin_drain();
    const timer_id timer = time_.arm(begun + patience, [&] { time_is_up.request(); });
    time_.spawn(mark(process_->engine().wait_until_idle(time_is_up), idle));
    time_.run();
    while (!idle && time_.steady() <= begun + patience)
      if (!time_.step()) break;
    time_.disarm(timer);
    if (!idle) broken("a drain did not end by its deadline");
    bury();
    const auto most = patience + limits::exchange_grace + (disk_.broken ? limits::disk_probe : milliseconds(0));
    if (time_.steady() - begun > most + std::chrono::seconds(1)) broken("the end of a drain took too long");
    begin();
  }

  void reload() {
    note("--- reload");
    jobs_ = jobs_of(choices_);
    removed_.clear();
    const auto& targets = settings().targets;
    if (choices_.below(3) == 0) removed_.insert(targets[choices_.below(targets.size())]->name);
    inputs_.files["/data/common.env"] = edited_variables(choices_);
    time_.spawn(process_->reload(jobs_));
    time_.run();
    schedule_holds();
  }

  void step_clock() {
    const auto by = milliseconds(static_cast<std::int64_t>(choices_.below(1'200'000)) - 600'000);
    note("--- clock step " + std::to_string(by.count()));
    time_.step_wall(by);
    process_->engine().clock_changed();
  }

  void restart_server() {
    const auto down = milliseconds(200 + choices_.below(20'000));
    note("--- server restarts for " + std::to_string(down.count()));
    net_.down_until = time_.steady() + down;
    for (const auto& wire : wires_) wire->break_off();
  }

  void fill_disk() {
    note("--- disk full");
    disk_.broken = "No space left on device";
    time_.arm(time_.steady() + std::chrono::seconds(1 + choices_.below(90)), [this] { disk_.broken.reset(); });
  }

  void cancel() {
    const auto fires = process_->engine().at_work();
    if (fires.empty()) return run_by_hand();
    const std::string id = fires[choices_.below(fires.size())].row.id;
    note("--- cancel " + id);
    time_.spawn(cancel_one(process_->engine(), id));
    time_.run();
  }

  static task<> cancel_one(job::engine& of, std::string id) {
    std::string by = "uid 1000";
    co_await of.cancel(std::move(id), std::move(by));
  }

  void run_by_hand() {
    if (jobs_.empty()) return;
    job::run_request what;
    what.job = jobs_[choices_.below(jobs_.size())]->name;
    what.by = "uid 1000";
    time_.spawn(ask(process_->engine(), std::move(what)));
    time_.run();
  }

  task<> ask(job::engine& of, job::run_request what) {
    const std::string job = what.job;
    const auto id = co_await of.run(std::move(what));
    note("run " + job + ": " + (id ? *id : id.error().describe()));
    if (id) promised_.push_back(*id);
  }

  // Called after every change of the jobs.
  void schedule_holds() {
    const bool named = std::any_of(jobs_.begin(), jobs_.end(), [](const auto& job) { return job->name == timed_job; });
    if (!named) let_schedule_go(time_.now());
    else if (!held_since_) held_since_ = time_.now() + std::chrono::seconds(10);  // until it is durable
  }

  void let_schedule_go(instant until) {
    if (held_since_ && !clock_steps_) scheduled_.push_back({timed_job, *held_since_, until});
    held_since_.reset();
  }

  // --- the end ---

  // No more faults and no more instants: everything must end.
  void come_to_rest() {
    note("--- rest");
    dies_in_ = 0;
    faults_.enable(false);
    net_.refuses = net_.doubles = 0;
    time_.advance(std::chrono::seconds(100));  // the disk is well again, and so is the server
    if (process_->engine().state() == job::engine_state::clock_held) time_.advance(std::chrono::minutes(21));
    jobs_.clear();
    removed_.clear();
    time_.spawn(process_->reload({}));
    schedule_holds();
    time_.advance(std::chrono::minutes(1));  // what was asked for last may still wait for the disk
    const auto until = time_.steady() + longest_rest;
    while (process_->engine().running() + process_->engine().queued() > 0 && time_.steady() < until)
      if (!time_.step()) break;
    bury();
    read_ledger();
    model_.advance(time_.now() + longest_rest);
  }

  void read_ledger() {
    store::fire_filter all;
    all.most = 1'000'000;
    const store::memory_tables& rows = disk_.rows();
    fires_ = rows.fires(all);
    for (const auto& fire : fires_) {
      for (auto& leg : rows.legs(fire.id)) {
        for (auto& action : rows.actions(leg.fire, leg.target, 0, 1'000'000, false))
          actions_.push_back(std::move(action));
        legs_.push_back(std::move(leg));
      }
    }
  }

  void judge() {
    written_ += disk_.dump();
    const evidence seen{fires_, legs_, actions_, model_.effects(), written_, promised_, scheduled_, neighbours_};
    for (auto& one : broken_invariants(seen)) broken(std::move(one));
    for (const auto& wire : wires_)
      if (wire->most_in_flight() > cap) broken("more requests in flight than the target's cap");
    for (const auto& one : budgets_.exceeded()) broken(one);
    const repetitions twice = repeated_after_failure(seen);
    out_.repeated = twice.all;
    out_.repeated_told = twice.told;
    out_.fires = fires_.size();
    out_.requests = model_.requests();
    for (const auto& action : actions_) out_.unknown += action.state == store::action_state::unknown ? 1 : 0;
    for (const auto& fire : fires_)
      note("fire " + fire.id + ' ' + fire.job + ' ' + std::string(store::name(fire.state)) + ' ' + fire.note);
  }

  verdict out_;
  seeded_random choices_;  // of the course
  seeded_random noise_;    // of the network, the disk and the daemon's own jitter
  test::virtual_time time_;
  store::memory_disk disk_;
  made_inputs inputs_;
  const bool neighbours_;   // one environment alone is in trouble
  const bool clock_steps_;  // else every instant must have its fire
  sandbox::model model_;
  sandbox::fault_plan faults_;
  network net_;
  std::vector<std::shared_ptr<model_transport>> wires_;
  std::set<std::string> removed_;
  surroundings around_;
  spec::job_list jobs_;
  std::unique_ptr<process> process_;
  std::uint64_t dies_in_ = 0;  // steps; 0: not at one
  bool ending_ = false;        // somebody sees to it that the process ends
  budgets budgets_;
  std::vector<std::string> promised_;
  std::optional<instant> held_since_;
  std::vector<scheduled_time> scheduled_;
  std::string written_;
  std::vector<store::fire_row> fires_;
  std::vector<store::leg_row> legs_;
  std::vector<store::action_row> actions_;
};

}  // namespace

verdict play(std::uint64_t seed) {
  course one(seed);
  return one.run();
}

}  // namespace triggerd::sim
