// What the daemon counts, by the names that dashboards use.
#pragma once

#include "job/events.hpp"
#include "metrics/registry.hpp"
#include "store/ledger.hpp"

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace triggerd {

// How things stand at the moment of a scrape.
struct standing {
  std::string state;                             // of the engine
  std::map<std::string, std::string> targets;    // name, state
  std::map<std::string, std::uint64_t> budgets;  // target, requests that remain at the server
  std::map<std::string, std::uint64_t> retries;  // target
  std::size_t in_flight = 0, waiting = 0;        // requests
  std::size_t running = 0, queued = 0;           // fires
  store::ledger_health ledger;
  std::uint64_t spool_bytes = 0, memory_bytes = 0;
  std::size_t clients = 0, sessions = 0;
  bool reload_ok = true;
  instant reloaded{};
};

class meters {
 public:
  explicit meters(const std::string& version);

  void exchanged(const std::string& target, std::string_view endpoint, std::string_view outcome,
                 std::chrono::nanoseconds took);
  void happened(const job::event& what);
  void forget(const std::vector<std::string>& targets, const std::vector<std::string>& jobs);  // removed by a reload
  std::string render(const standing& now);

 private:
  metrics::registry all_;
};

}  // namespace triggerd
