// One running daemon: everything that lives between open and close, in the order in which it depends on what is before.
// Phases fill it, commands and signals work on it; it decides nothing itself.
#pragma once

#include "clock_watch.hpp"
#include "control/server.hpp"
#include "http/listener.hpp"
#include "job/engine.hpp"
#include "job/machine_inputs.hpp"
#include "keyring.hpp"
#include "lifecycle.hpp"
#include "meters.hpp"
#include "notify.hpp"
#include "operator_log.hpp"
#include "reject_folder.hpp"
#include "reload.hpp"
#include "retention.hpp"
#include "signals.hpp"
#include "spare_memory.hpp"
#include "store/lock.hpp"
#include "store/spool.hpp"
#include "store/sqlite_ledger.hpp"
#include "target/registry.hpp"
#include "transport/curl_loop.hpp"
#include "trouble.hpp"
#include "watchdog.hpp"

#include <memory>
#include <optional>
#include <string>

namespace triggerd {

struct instance {
  // Settings that a check found good; their complaints are warnings and notes.
  instance(std::string path, config::loaded files, const config::environment& env);
  ~instance();
  instance(const instance&) = delete;
  instance& operator=(const instance&) = delete;

  const std::string config_path;
  const config::environment& env;
  config::settings settings;  // in force
  config::secrets read;       // on the way to them; for the first keys
  asio::io_context loop{1};
  machine_clock clock;
  loop_timers timers{loop, clock};
  machine_random random;
  const instant started = clock.now();
  std::unique_ptr<operator_log> log;
  service_manager manager{tell_systemd()};
  lifecycle life{timers, clock};
  job::event_hub events{clock};
  meters counts;
  reloader reloads;
  cancellation ending;  // what the daemon does for itself ends with it
  task_group children{loop.get_executor()};
  std::unique_ptr<signals> bells;

  std::unique_ptr<transport::curl_loop> curl;
  std::optional<store::state_lock> lock;
  std::unique_ptr<store::sqlite_ledger> ledger;
  std::string copied;  // that the ledger is a copy, in words, in the process that found it so
  std::unique_ptr<store::file_spool> spool;
  std::unique_ptr<keyring> keys;
  std::unique_ptr<target::registry> targets;
  std::unique_ptr<job::machine_inputs> inputs;
  std::unique_ptr<reject_folder> rejects;
  std::unique_ptr<job::engine> engine;
  std::unique_ptr<job::event_hub::subscription> listening;
  std::unique_ptr<retention> pruning;
  std::unique_ptr<spare_memory> memory;
  std::unique_ptr<clock_watch> clock_setting;
  std::unique_ptr<control::server> door;
  std::unique_ptr<http::listener> web;
  std::unique_ptr<watchdog> guard;
  std::optional<std::size_t> unknown;  // fires, when they were counted last
  bool counting_unknown = false;
};

// What the registry is given: the files' tables and the keys behind them.
target::inputs inputs_of(const config::settings& from, const keyring::ring& keys);
std::string control_path(const spec::daemon_spec& of);  // absolute

// For the service manager and the log: "serving 12 jobs on 6 targets".
std::string status_sentence(const instance& of);
standing standing_of(instance& of);
task<> count_unknown(instance& of);  // for standing_of
task<result<std::vector<trouble>>> troubles_of(instance& of);
task<> log_status(instance& of);

}  // namespace triggerd
