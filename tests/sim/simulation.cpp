#include "sim/simulation.hpp"

#include "base/text.hpp"
#include "sim/invariants.hpp"
#include "sim/process.hpp"
#include "sim/scenario.hpp"

namespace triggerd::sim {

namespace {

constexpr auto seconds_between_acts = 240;  // at most
constexpr auto longest_rest = std::chrono::hours(12);

class course {
 public:
  explicit course(std::uint64_t seed)
      : choices_(seed),
        noise_(seed ^ 0x9e3779b97f4a7c15u),
        inputs_(inputs()),
        model_(world(), seed, time_.now()),
        faults_(faults_of(choices_), seed, time_.now()),
        net_{model_,
             faults_,
             time_,
             time_,
             noise_,
             0,
             milliseconds(80),
             [this](std::string line) { note(line); },
             [this](const sandbox::request& asked) { check_intent(asked); }},
        around_{
            time_, net_, disk_, inputs_, noise_, settings(), keys(), wires_, [this](std::string line) { note(line); }} {
    inputs_.secrets = secrets();
    if (choices_.below(3) == 0) net_.refuses = 0.2 * choices_.unit();
    if (choices_.below(2) == 0)
      disk_.commit_takes = [this] { return std::chrono::microseconds(100 + noise_.below(20'000)); };
  }

  verdict run() {
    jobs_ = jobs_of(choices_);
    begin();
    const std::uint64_t acts = 4 + choices_.below(12);
    for (std::uint64_t i = 0; i < acts; ++i) {
      time_.advance(std::chrono::milliseconds(choices_.below(seconds_between_acts * 1'000)));
      act();
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

  // Whatever carries the tag or name of an action: that action must be durable before the first byte leaves.
  void check_intent(const sandbox::request& asked) {
    if (asked.method == "GET") return;
    for (auto at = asked.body.find("\"td:"); at != std::string::npos; at = asked.body.find("\"td:", at + 1)) {
      const std::string tag = asked.body.substr(at + 1, asked.body.find('"', at + 1) - at - 1);
      bool durable = false;
      const auto fire = tag.substr(3, tag.find(':', 3) - 3);
      for (const auto& leg : disk_.rows().legs(fire))
        for (const auto& action : disk_.rows().actions(fire, leg.target, 0, 1'000'000, false))
          durable = durable || job::action_tag(action) == tag;
      if (!durable) out_.broken.push_back("a request for " + tag + " left before its intent was durable");
    }
  }

  void begin() {
    process_ = std::make_unique<process>(around_);
    time_.spawn(process_->start(jobs_));
    time_.run();
  }

  void act() {
    switch (choices_.below(8)) {
      case 0:
      case 1: return crash();
      case 2: return reload();
      case 3: return step_clock();
      case 4: return restart();
      default: return run_by_hand();
    }
  }

  // The process dies: what it had not made durable is lost, what was on the wire may still arrive.
  void crash() {
    note("--- crash");
    ++out_.crashes;
    process_->crash(choices_.below(2) == 0);
    bury();
    begin();
  }

  void restart() {
    note("--- restart");
    bury();
    begin();
  }

  // Lets every coroutine of the process end; a dead one can do nothing any more.
  void bury() {
    bool stopped = false;
    time_.spawn(mark(process_->stop(), stopped));
    for (int i = 0; i < 100'000 && !stopped; ++i)
      if (!time_.step()) break;
    if (!stopped) out_.broken.push_back("a process could not be stopped");
    written_ += process_->secrets_would_show();
    process_.reset();
  }

  static task<> mark(task<> what, bool& done) {
    co_await std::move(what);
    done = true;
  }

  void reload() {
    note("--- reload");
    jobs_ = jobs_of(choices_);
    time_.spawn(process_->reload(jobs_));
    time_.run();
  }

  void step_clock() {
    const auto by = milliseconds(static_cast<std::int64_t>(choices_.below(1'200'000)) - 600'000);
    note("--- clock step " + std::to_string(by.count()));
    time_.step_wall(by);
    process_->engine().clock_changed();
  }

  void run_by_hand() {
    if (jobs_.empty()) return;
    job::run_request what;
    what.job = jobs_[choices_.below(jobs_.size())].name;
    what.by = "uid 1000";
    time_.spawn(ask(process_->engine(), std::move(what)));
    time_.run();
  }

  task<> ask(job::engine& of, job::run_request what) {
    const std::string job = what.job;
    const auto id = co_await of.run(std::move(what));
    note("run " + job + ": " + (id ? *id : id.error().describe()));
  }

  // No more faults and no more instants: everything must end.
  void come_to_rest() {
    note("--- rest");
    faults_.enable(false);
    net_.refuses = 0;
    if (process_->engine().state() == job::engine_state::clock_held) time_.advance(std::chrono::minutes(21));
    time_.spawn(process_->reload({}));
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
    for (auto& one : broken_invariants({fires_, legs_, actions_, model_.effects(), written_}))
      out_.broken.push_back(std::move(one));
    for (const auto& wire : wires_)
      if (wire->most_in_flight() > 4) out_.broken.push_back("more requests in flight than the target's cap");
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
  sandbox::model model_;
  sandbox::fault_plan faults_;
  network net_;
  std::vector<std::shared_ptr<model_transport>> wires_;
  surroundings around_;
  std::vector<spec::job_spec> jobs_;
  std::unique_ptr<process> process_;
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
