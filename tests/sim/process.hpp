// One life of the daemon inside the simulation: the real registry, engine and kinds over a ledger that can be lost.
#pragma once

#include "config/load.hpp"
#include "job/engine.hpp"
#include "sim/model_transport.hpp"
#include "store/memory_ledger.hpp"
#include "support/virtual_time.hpp"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace triggerd::sim {

// Files by path; programs and secrets by name.
class made_inputs final : public job::inputs {
 public:
  std::map<std::string, std::string> files, secrets;

  result<std::unique_ptr<source::item_reader>> open_ndjson(const std::string& path) override;
  result<std::unique_ptr<source::item_reader>> open_csv(const std::string& path, source::csv_format how) override;
  result<std::unique_ptr<source::item_reader>> open_json(const std::string& path) override;
  result<job::file_stamp> stamp(const std::string& path) override;
  result<std::string> read_file(const std::string& path, std::size_t most) override;
  task<result<std::string>> run_program(spec::exec_spec what, cancellation& cancel) override;
  task<result<secret>> read_secret(spec::value_source from, cancellation& cancel) override;
};

// What survives a process: disk, files, the network, the clock.
struct surroundings {
  test::virtual_time& time;
  network& net;
  store::memory_disk& disk;
  made_inputs& inputs;
  random_source& random;
  const config::settings& settings;
  std::map<std::string, std::string> keys;               // by credential
  const std::set<std::string>& removed;                  // targets that the files do not name for now
  std::vector<std::shared_ptr<model_transport>>& wires;  // every transport ever made; they outlive the processes
  std::function<void(std::string)> trace;
};

class process {
 public:
  explicit process(surroundings& around);
  ~process();

  // Recovers, sets the jobs and opens; false when the ledger died meanwhile.
  task<> start(spec::job_list jobs);
  task<> reload(spec::job_list jobs);
  task<> stop();  // in order; what is on the wire has limits::exchange_grace
  void crash(bool in_flight_survives);
  bool dead() const { return ledger_.dead(); }

  job::engine& engine() { return *engine_; }
  target::registry& targets() { return *targets_; }
  std::string secrets_would_show() const { return ledger_.dump() + said_; }

 private:
  class journal_log final : public log {
   public:
    explicit journal_log(process& of) : of_(of) {}
    void write(log_level level, std::string_view message, std::initializer_list<log_field> fields) override;

   private:
    process& of_;
  };
  class reject_list final : public job::reject_files {
   public:
    result<> append(const std::string& path, std::string_view lines) override;
    std::map<std::string, std::string> files;
  };
  target::inputs target_inputs() const;
  task<> close_targets(cancellation& engine_closed);

  surroundings& around_;
  std::string said_;
  journal_log log_{*this};
  reject_list rejects_;
  store::memory_ledger ledger_;
  store::memory_spool spool_;
  job::event_hub events_;
  std::optional<job::event_hub::subscription> listening_;
  std::vector<std::shared_ptr<model_transport>> mine_;
  std::unique_ptr<target::registry> targets_;
  std::unique_ptr<job::engine> engine_;
};

}  // namespace triggerd::sim
