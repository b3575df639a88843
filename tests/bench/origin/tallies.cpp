#include "bench/origin/tallies.hpp"

#include <sys/resource.h>

#include <fstream>
#include <numeric>
#include <utility>

namespace origin {
namespace {

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

// getrusage would count the program that started this one, whose pages it had until exec.
double peak_mib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmHWM:")) return std::stod(line.substr(6)) / 1024;
  return 0;
}

void add(std::string& to, std::string_view name, const std::string& value) {
  if (to.back() != '{') to += ',';
  to.append("\"").append(name).append("\":").append(value);
}

}  // namespace

std::string tallies::json() const {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  std::string by_endpoint = "{";
  for (std::size_t i = 0; i < requests.size(); ++i) add(by_endpoint, endpoint_names[i], std::to_string(requests[i]));
  const auto all = std::accumulate(requests.begin(), requests.end(), std::uint64_t{0});
  std::string out = "{";
  const std::pair<std::string_view, std::uint64_t> counts[] = {{"requests", all},
                                                               {"keys", keys.size()},
                                                               {"repeated_keys", repeated_keys},
                                                               {"pairs", pairs.size()},
                                                               {"items", items},
                                                               {"throttled", throttled},
                                                               {"unanswered", unanswered},
                                                               {"connections", connections},
                                                               {"open_connections", open_connections},
                                                               {"bytes_in", bytes_in},
                                                               {"bytes_out", bytes_out}};
  for (const auto& [name, value] : counts) add(out, name, std::to_string(value));
  add(out, "cpu_s", std::to_string(seconds_of(used.ru_utime) + seconds_of(used.ru_stime)));
  add(out, "rss_mib", std::to_string(peak_mib()));
  add(out, "by_endpoint", by_endpoint + '}');
  return out + '}';
}

void tallies::reset() {
  const std::uint64_t open = open_connections;
  *this = {};
  open_connections = open;
}

}  // namespace origin
