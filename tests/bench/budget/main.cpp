// bench_budget WHAT LIMIT: how much of a rate limit is used, and how many requests meet it, over ten minutes of virtual
// time: the real engine, targets and batch kind before the sandbox's model, whose limiters are the server's.
//
//   WHAT   triggers: one request an item; batches: 50 items each
//   LIMIT  server: only the server's own; file: a ceiling of the file, 1,200 requests and 600 items a minute
//
// Prints the worst of several seeds as one JSON object: `used_percent` of what the limit gives in the ten minutes, when
// what may leave at once after a pause is gone; `refused_percent` of all requests from the first on.
#include "sim/process.hpp"

#include <algorithm>
#include <cstdio>
#include <stdexcept>

namespace {

using namespace triggerd;

constexpr std::uint64_t seeds = 5;
constexpr auto settling = std::chrono::minutes(2), watched = std::chrono::minutes(10);
constexpr const char* key = "tr_prod_inventedBudget00000001";
constexpr const char* project = "proj_budgetaaaaaaaaaaaaaa";

constexpr const char* main_file = R"(
version = 1
[daemon]
state_dir = "/state"
runtime_dir = "/run"
timezone = "UTC"
[credential.budget]
env = "KEY"
[limit.server]
[limit.file]
requests = "1200/min"
batch_items = "600/min"
[target.budget]
project = "PROJECT"
environment = "prod"
credential = "budget"
base_url = "http://127.0.0.1:4040"
limit = "LIMIT"
[job.work]
type = "batch"
targets = ["*"]
task = "bench"
items_from = { ndjson = "/items.ndjson" }
map = { payload = "{{ item }}" }
)";

struct arguments {
  bool batches = false;
  bool by_file = false;
};

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  return text.replace(text.find(what), what.size(), by);
}

class files final : public config::environment {
 public:
  explicit files(const arguments& asked) : main_(replaced(main_file, "PROJECT", project)) {
    main_ = replaced(main_, "LIMIT", asked.by_file ? "file" : "server");
    main_ += asked.batches ? "chunking = { items = 50 }\n" : "send = \"each\"\n";
  }
  std::optional<std::string> variable(std::string_view) const override { return key; }
  result<std::string> read_file(const std::string&) const override { return main_; }
  result<std::vector<std::string>> list_folder(const std::string&) const override { return std::vector<std::string>{}; }
  result<secret> read_secret(const spec::value_source&) const override { return secret(key); }

 private:
  std::string main_;
};

config::settings settings_of(const arguments& asked) {
  config::loaded read = config::load("/triggerd.toml", files(asked));
  if (!read.value) throw std::logic_error(read.complaints.front().message);
  return std::move(*read.value);
}

sandbox::world world() {
  sandbox::known_task task;
  task.name = "bench";
  sandbox::environment prod;
  prod.key = key;
  prod.tasks = {task};
  sandbox::project one;
  one.ref = project;
  one.name = "budget";
  one.environments = {prod};
  sandbox::world out;
  out.projects = {one};
  return out;
}

struct figures {
  double used_percent = 0, refused_percent = 0;
  std::uint64_t requests = 0;
};

class course {
 public:
  course(const arguments& asked, std::uint64_t seed)
      : asked_(asked), settings_(settings_of(asked)), noise_(seed), model_(world(), seed, time_.now()) {
    for (int n = 0; n < 100'000; ++n) inputs_.files["/items.ndjson"] += "{\"customer\":" + std::to_string(n) + "}\n";
    model_.effects().on_append([this](const sandbox::effect& seen) { count(seen); });
  }

  figures run() {
    sim::process daemon(around_);
    time_.spawn(daemon.start(settings_.jobs));
    time_.run();
    time_.spawn(fire(daemon.engine()));
    time_.advance(settling);
    const std::uint64_t before = taken_;
    time_.advance(watched);
    const double used = double(taken_ - before);
    stop(daemon);
    return {100 * used / given(), 100 * double(refused_) / double(answered_), answered_};
  }

 private:
  static task<> fire(job::engine& of) {
    job::run_request what;
    what.job = "work";
    const auto id = co_await of.run(std::move(what));
    if (!id) throw std::logic_error(id.error().describe());
  }

  void stop(sim::process& daemon) {
    bool stopped = false;
    time_.spawn(ended(daemon.stop(), stopped));
    while (!stopped && time_.step()) {
    }
  }

  static task<> ended(task<> what, bool& done) {
    co_await std::move(what);
    done = true;
  }

  void count(const sandbox::effect& seen) {
    if (asked_.batches && seen.kind == sandbox::effect_kind::batch_created) taken_ += seen.count;
  }

  void note(const std::string& line) {
    if (line.find(" -> ") == std::string::npos) return;
    ++answered_;
    if (line.ends_with(" -> 429")) ++refused_;
    else if (!asked_.batches) ++taken_;
  }

  // What the limit gives while it is watched.
  double given() const {
    const sandbox::rate_limits server;
    const sandbox::bucket& its = asked_.batches ? server.batch : server.api;
    const spec::limit_spec& ours = settings_.limits.front();  // by name: of the file
    const auto& rate = asked_.batches ? ours.batch_items : ours.requests;
    const double per_second =
        asked_.by_file ? rate->per_second() : 1'000.0 * double(its.refill) / double(its.every.count());
    return per_second * double(std::chrono::seconds(watched).count());
  }

  const arguments asked_;
  const config::settings settings_;
  seeded_random noise_;
  test::virtual_time time_;
  store::memory_disk disk_;
  sim::made_inputs inputs_;
  sandbox::model model_;
  sandbox::fault_plan faults_;
  std::uint64_t taken_ = 0, answered_ = 0, refused_ = 0;
  const std::set<std::string> removed_;
  std::vector<std::shared_ptr<sim::model_transport>> wires_;
  sim::network net_{.model = model_,
                    .faults = faults_,
                    .time = time_,
                    .queue = time_,
                    .random = noise_,
                    .trace = [this](std::string line) { note(line); },
                    .leaves = [](const sandbox::request&) {},
                    .arrives = [](const sandbox::request&) {},
                    .passes = [] {}};
  sim::surroundings around_{
      time_, net_, disk_, inputs_, noise_, settings_, {{"budget", key}}, removed_, wires_, [](std::string) {}};
};

bool parse(int count, char** words, arguments& into) {
  if (count != 3) return false;
  const std::string what = words[1], limit = words[2];
  into = {what == "batches", limit == "file"};
  return (into.batches || what == "triggers") && (into.by_file || limit == "server");
}

}  // namespace

int main(int count, char** words) {
  arguments asked;
  if (!parse(count, words, asked)) {
    std::fputs("usage: bench_budget triggers|batches server|file\n", stderr);
    return 64;
  }
  figures worst{100, 0, 0};
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    course one(asked, seed);
    const figures seen = one.run();
    worst.used_percent = std::min(worst.used_percent, seen.used_percent);
    worst.refused_percent = std::max(worst.refused_percent, seen.refused_percent);
    worst.requests += seen.requests;
  }
  std::printf("{\"units\":%llu,\"used_percent\":%.2f,\"refused_percent\":%.3f}\n",
              static_cast<unsigned long long>(worst.requests), worst.used_percent, worst.refused_percent);
}
