// bench_bare: the same work as triggerd's by a bare libcurl loop, without ledger, budgets, retries or plans. The last line
// it prints is what it took, as JSON; see house.mjs for what its members are.
#include "bench/rivals/bare_loop.hpp"

#include <sys/resource.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <random>

namespace {

using clock_type = std::chrono::steady_clock;

struct arguments {
  std::string url = "http://127.0.0.1:8080", ca, workload = "trigger", token_prefix = "tr_prod_t", http = "1.1";
  std::size_t targets = 1, units = 10'000, in_flight = 1, chunk = 1000;
};

double cpu_seconds() {
  double out = 0;
  for (const auto who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage used{};
    getrusage(who, &used);
    for (const timeval& part : {used.ru_utime, used.ru_stime})
      out += static_cast<double>(part.tv_sec) + static_cast<double>(part.tv_usec) / 1e6;
  }
  return out;
}

// getrusage would count the program that started this one, whose pages it had until exec.
double peak_mib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmHWM:")) return std::stod(line.substr(6)) / 1024;
  return 0;
}

// A multi handle has two descriptors of its own, beside its connections. More than the hard limit is root's to take.
void allow_descriptors(std::size_t targets) {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  const rlim_t wanted = 4096 + 4 * targets;
  const rlimit more{wanted, std::max(wanted, files.rlim_max)};
  if (setrlimit(RLIMIT_NOFILE, &more) == 0) return;
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
}

std::string text_of(std::string_view reply, std::string_view name_and_quote) {
  const std::size_t at = reply.find(name_and_quote);
  if (at == std::string_view::npos) return {};
  reply.remove_prefix(at + name_and_quote.size());
  return std::string(reply.substr(0, reply.find('"')));
}

class work {
 public:
  explicit work(const arguments& asked) : asked_(asked), streams_(asked.workload == "batch") {
    std::random_device random;
    nonce_ = std::to_string(random()) + '-' + std::to_string(random()) + '-';
    for (std::size_t i = 0; i < asked.targets; ++i)
      targets_.push_back(std::make_unique<bare::target>(
          loop_, bare::target::settings{asked.url, asked.token_prefix + std::to_string(i), asked.ca, asked.http == "2",
                                        asked.in_flight}));
    const std::size_t requests = streams_ ? (asked.units + asked.chunk - 1) / asked.chunk : asked.units;
    for (std::size_t i = 0; i < std::min(asked.in_flight, requests); ++i) slots_.push_back(std::make_unique<slot>());
    took_ms_.reserve(requests);
  }

  void run() {
    for (const auto& one : slots_) next(*one);
    loop_.run();
  }

  std::size_t errors() const { return errors_; }

  double percentile(double of) {
    if (took_ms_.empty()) return 0;
    const auto at = static_cast<std::size_t>(of * static_cast<double>(took_ms_.size() - 1));
    std::nth_element(took_ms_.begin(), took_ms_.begin() + static_cast<std::ptrdiff_t>(at), took_ms_.end());
    return took_ms_[at];
  }

 private:
  struct slot {
    bare::transfer by;
    clock_type::time_point begun;
    std::size_t item = 0, end = 0;  // of the chunk that is streamed
    std::string line;
    std::size_t sent = 0;
  };

  // The next unit or chunk goes to the next target.
  void next(slot& one) {
    if (next_ >= asked_.units) return;
    bare::target& to = *targets_[turn_++ % targets_.size()];
    one.begun = clock_type::now();
    if (streams_) create_batch(one, to);
    else trigger(one, to);
  }

  void trigger(slot& one, bare::target& to) {
    const std::string number = std::to_string(next_++);
    one.by.done = [this, &one] {
      ended(one, one.by.status == 200 && !text_of(one.by.reply, "\"id\":\"").empty() ? 0 : 1);
    };
    one.by.post(to, trigger_path,
                "{\"payload\":" + payload(number) + ",\"options\":{\"idempotencyKey\":\"" + nonce_ + number +
                    "\",\"payloadType\":\"application/json\"}}");
  }

  void create_batch(slot& one, bare::target& to) {
    one.item = next_;
    one.end = next_ = std::min(asked_.units, next_ + asked_.chunk);
    const std::size_t count = one.end - one.item;
    one.by.done = [this, &one, &to, count] {
      const std::string batch = text_of(one.by.reply, "\"id\":\"");
      if (batch.empty()) ended(one, count);
      else stream_items(one, to, batch, count);
    };
    one.by.post(to, "/api/v3/batches", "{\"runCount\":" + std::to_string(count) + ",\"taskIdentifiers\":[\"bench\"]}");
  }

  void stream_items(slot& one, bare::target& to, const std::string& batch, std::size_t count) {
    const std::size_t first = one.item;
    one.line.clear();
    one.sent = 0;
    one.by.done = [this, &one, count] {
      ended(one, one.by.reply.find("\"sealed\":true") != std::string::npos ? 0 : count);
    };
    one.by.stream(to, "/api/v3/batches/" + batch + "/items", [this, &one, first](char* into, std::size_t room) {
      std::size_t size = 0;
      while (size < room && refill(one, first)) {
        const std::size_t part = one.line.copy(into + size, room - size, one.sent);
        one.sent += part;
        size += part;
      }
      return size;
    });
  }

  // False: every line is sent.
  bool refill(slot& one, std::size_t first) const {
    if (one.sent < one.line.size()) return true;
    if (one.item == one.end) return false;
    const std::string number = std::to_string(one.item);
    one.line = "{\"index\":" + std::to_string(one.item - first) + ",\"task\":\"bench\",\"payload\":" + payload(number) +
               ",\"options\":{\"idempotencyKey\":\"" + nonce_ + number + "\",\"payloadType\":\"application/json\"}}\n";
    one.sent = 0;
    ++one.item;
    return true;
  }

  void ended(slot& one, std::size_t bad) {
    errors_ += bad;
    took_ms_.push_back(std::chrono::duration<double, std::milli>(clock_type::now() - one.begun).count());
    next(one);
  }

  static std::string payload(const std::string& number) {
    return "{\"customer\":" + number +
           ",\"plan\":\"pro\",\"note\":\"a short text that stands for what a small event carries\"}";
  }

  const std::string trigger_path = "/api/v1/tasks/bench/trigger";
  const arguments& asked_;
  const bool streams_;
  std::string nonce_;
  bare::loop loop_;
  std::vector<std::unique_ptr<bare::target>> targets_;
  std::vector<std::unique_ptr<slot>> slots_;  // below the targets: a handle goes before its connections
  std::vector<double> took_ms_;
  std::size_t next_ = 0, turn_ = 0, errors_ = 0;
};

}  // namespace

int main(int count, char** words) {
  arguments asked;
  CLI::App line("A bare libcurl loop, to be measured beside triggerd.", "bench_bare");
  line.add_option("--url", asked.url, "base URL");
  line.add_option("--workload", asked.workload)->check(CLI::IsMember({"trigger", "batch"}));
  line.add_option("--targets", asked.targets);
  line.add_option("--units", asked.units, "triggers, or items of batches");
  line.add_option("--in-flight", asked.in_flight);
  line.add_option("--chunk", asked.chunk, "items of a batch");
  line.add_option("--token-prefix", asked.token_prefix, "before the number of a target");
  line.add_option("--http", asked.http, "2 needs https: curl 7.88 cannot use cleartext connections of it again")
      ->check(CLI::IsMember({"1.1", "2"}));
  line.add_option("--ca", asked.ca, "PEM file with the accepted authorities");
  CLI11_PARSE(line, count, words);

  allow_descriptors(asked.targets);
  work all(asked);
  const double setup_cpu = cpu_seconds(), setup_rss = peak_mib();
  const auto begun = clock_type::now();
  all.run();
  const double wall = std::chrono::duration<double>(clock_type::now() - begun).count();
  const double cpu = cpu_seconds() - setup_cpu;
  std::printf(
      "{\"units\":%zu,\"wall_s\":%.6f,\"cpu_s\":%.6f,\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"rss_mib\":%.2f,\"errors\":%zu,"
      "\"setup_cpu_s\":%.6f,\"setup_rss_mib\":%.2f}\n",
      asked.units, wall, cpu, all.percentile(0.5), all.percentile(0.99), peak_mib(), all.errors(), setup_cpu,
      setup_rss);
  return all.errors() == 0 ? 0 : 1;
}
