// bench_ledger WHAT FOLDER: the ledger alone, in a file of its own in FOLDER. WHAT is
//
//   group   many intents, a thousand to a commit
//   lone    one intent after the other, each durable before the next
//   sync    no ledger: one page of a preallocated file written and synced, again and again, for comparison
//
// Prints what it took as one JSON object; see row.py for what its members are.
#include "store/sqlite_ledger.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

namespace {

using namespace triggerd;
using steady = std::chrono::steady_clock;

constexpr std::size_t group_size = 1'000;
constexpr std::size_t groups = 200;
constexpr std::size_t lone_intents = 500;
constexpr std::size_t page = 4'096;
constexpr std::size_t targets = 100;
constexpr const char* fire = "01kaz4bqn0d6vw3m8x2r5t7y9c";

double cpu_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  double out = 0;
  for (const timeval& part : {used.ru_utime, used.ru_stime})
    out += static_cast<double>(part.tv_sec) + static_cast<double>(part.tv_usec) / 1e6;
  return out;
}

class figures {
 public:
  void took(steady::time_point begun) {
    ms_.push_back(std::chrono::duration<double, std::milli>(steady::now() - begun).count());
  }
  void print(std::size_t units) {
    const double wall = std::chrono::duration<double>(steady::now() - begun_).count();
    const double cpu_us = (cpu_seconds() - cpu_) * 1e6 / static_cast<double>(units);
    std::sort(ms_.begin(), ms_.end());
    std::printf("{\"units\":%zu,\"cpu_us\":%.3f,\"per_s\":%.1f,\"p50_ms\":%.4f,\"p99_ms\":%.4f}\n", units, cpu_us,
                static_cast<double>(units) / wall, ms_[ms_.size() / 2], ms_[ms_.size() * 99 / 100]);
  }

 private:
  steady::time_point begun_ = steady::now();
  double cpu_ = cpu_seconds();
  std::vector<double> ms_;
};

store::leg_row leg(std::size_t number) {
  store::leg_row row;
  row.fire = fire;
  row.target = "t" + std::to_string(number);
  return row;
}

store::action_row intent(std::uint64_t number) {
  store::action_row row;
  row.fire = fire;
  row.target = "t" + std::to_string(number % targets);
  row.number = number;
  row.kind = "trigger";
  row.subject = "bench";
  row.key = std::string(64, 'k');
  row.body = std::string(400, 'b');
  row.items = 1;
  return row;
}

task<> commit(store::sqlite_ledger& ledger) {
  const result<> durable = co_await ledger.commit();
  if (!durable) throw std::runtime_error(durable.error().describe());
}

task<> write(store::sqlite_ledger& ledger, std::size_t commits, std::size_t each) {
  for (std::size_t i = 0; i < targets; ++i) ledger.put(leg(i));
  co_await commit(ledger);
  figures seen;
  for (std::size_t i = 0; i < commits; ++i) {
    const auto begun = steady::now();
    for (std::size_t k = 0; k < each; ++k) ledger.put(intent(i * each + k));
    co_await commit(ledger);
    seen.took(begun);
  }
  seen.print(commits * each);
  co_await ledger.close();
}

void measure_ledger(const std::string& path, std::size_t commits, std::size_t each) {
  asio::io_context loop;
  const machine_clock time;
  no_log quiet;
  auto ledger = store::sqlite_ledger::open(path, loop.get_executor(), time, quiet);
  if (!ledger) throw std::runtime_error(ledger.error().describe());
  asio::co_spawn(loop, write(**ledger, commits, each), [](std::exception_ptr failure) {
    if (failure) std::rethrow_exception(failure);
  });
  loop.run();
}

void measure_sync(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  const std::array<char, page> bytes{};
  for (int i = 0; i < 256; ++i) (void)!::write(file, bytes.data(), page);
  (void)::fsync(file);
  figures seen;
  for (std::size_t i = 0; i < lone_intents; ++i) {
    const auto begun = steady::now();
    if (::pwrite(file, bytes.data(), page, static_cast<off_t>(i % 256 * page)) != page || ::fdatasync(file) != 0)
      throw std::runtime_error("the file cannot be written");
    seen.took(begun);
  }
  seen.print(lone_intents);
  ::close(file);
}

}  // namespace

int main(int count, char** words) {
  if (count != 3) {
    std::fputs("usage: bench_ledger group|lone|sync FOLDER\n", stderr);
    return 64;
  }
  const std::string what = words[1];
  std::string folder = std::string(words[2]) + "/ledger-XXXXXX";
  if (::mkdtemp(folder.data()) == nullptr) return 1;
  try {
    if (what == "group") measure_ledger(folder + "/ledger", groups, group_size);
    if (what == "lone") measure_ledger(folder + "/ledger", lone_intents, 1);
    if (what == "sync") measure_sync(folder + "/file");
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "bench_ledger: %s\n", failure.what());
    return 1;
  }
  std::filesystem::remove_all(folder);
}
