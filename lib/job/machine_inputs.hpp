// What the kinds get from this machine: its files, its programs, and secrets by whoever knows how to resolve them.
#pragma once

#include "job/inputs.hpp"

#include <functional>

namespace triggerd::job {

class machine_inputs final : public inputs {
 public:
  // Resolves a reference to a secret; this room knows no configuration.
  using secret_reader = std::function<task<result<secret>>(spec::value_source, cancellation&)>;

  // Clock and timers outlive it.
  machine_inputs(timers& timers, const clock& time, secret_reader secrets)
      : timers_(timers), clock_(time), secrets_(std::move(secrets)) {}

  result<std::unique_ptr<source::item_reader>> open_ndjson(const std::string& path) override;
  result<std::unique_ptr<source::item_reader>> open_csv(const std::string& path, source::csv_format how) override;
  result<std::unique_ptr<source::item_reader>> open_json(const std::string& path) override;
  result<file_stamp> stamp(const std::string& path) override;
  result<std::string> read_file(const std::string& path, std::size_t most) override;
  task<result<std::string>> run_program(spec::exec_spec what, cancellation& cancel) override;
  task<result<secret>> read_secret(spec::value_source from, cancellation& cancel) override;

 private:
  timers& timers_;
  const clock& clock_;
  secret_reader secrets_;
};

}  // namespace triggerd::job
