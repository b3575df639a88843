// How things stand at the moment of a scrape, as Prometheus text. Nothing is kept: what is gone is not told any more.
#pragma once

#include "base/clock.hpp"
#include "store/ledger.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace triggerd {

struct standing {
  struct target {
    std::string state;
    instant since{};
    std::size_t in_flight = 0, waiting = 0;  // requests
    std::uint64_t retries = 0;               // since its connections were made
    struct requests {
      std::uint64_t limit = 0, remaining = 0;
    };
    std::optional<requests> budget;  // as the server's last reply told it
  };
  struct job {
    std::string kind;
    bool paused = false;
  };
  std::string state;                      // of the engine
  std::map<std::string, target> targets;  // by name
  std::map<std::string, job> jobs;        // by name, those with series of their own
  std::size_t jobs_untold = 0;            // the others
  std::size_t running = 0, queued = 0;    // fires
  std::optional<std::size_t> unknown;     // fires that nobody has resolved; at most limits::listed are counted
  store::ledger_health ledger;
  std::uint64_t spool_bytes = 0, memory_bytes = 0;
  std::size_t clients = 0, sessions = 0;
  std::string reload;  // the last verdict
  instant reloaded{}, started{};
  std::string config_hash;  // of the files in force
};

double seconds_of(instant at);
std::string gauges(const standing& now);

}  // namespace triggerd
