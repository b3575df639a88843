// What the daemon counts, by the names that dashboards use.
//
// The label is job_name, because Prometheus gives the name `job` to what it scrapes.
#pragma once

#include "gauges.hpp"
#include "job/events.hpp"
#include "metrics/registry.hpp"
#include "store/ledger.hpp"
#include "target/registry.hpp"

#include <chrono>
#include <set>
#include <string>
#include <unordered_map>

namespace triggerd {

class meters {
 public:
  explicit meters(const std::string& version);

  // `kind` is the job's, or says who else asked.
  void exchanged(const target::exchange_seen& done, std::string_view kind);
  void happened(const job::event& what);
  // Of fires that this process or an earlier one saw, in any order.
  void ended(const std::string& job, store::fire_state state, instant at);
  void began(milliseconds late);
  void committed(std::chrono::nanoseconds took);

  // Jobs that have had something to say: each has series of its own, and there are at most limits::job_series of them.
  const std::set<std::string>& jobs_heard_of() const { return heard_of_; }

  // Everything; what belongs to targets and jobs that are gone is forgotten.
  std::string render(const standing& now);

 private:
  struct exchange_series {
    metrics::counter& requests;
    metrics::histogram &request_time, &target_time;
  };
  bool hears_of(const std::string& job);
  metrics::labels of_job(const std::string& job, std::string_view state);
  exchange_series& series_of(const target::exchange_seen& done, std::string_view kind);

  metrics::registry all_;
  std::set<std::string> heard_of_;
  std::unordered_map<std::string, exchange_series> exchanges_;  // looked up once; until series are forgotten
};

}  // namespace triggerd
