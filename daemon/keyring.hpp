// The keys behind the credentials: where they come from, how old they are, and what is wrong with those that have none.
//
// A value that cannot be read is trouble of its targets, never of the daemon: they wait without a key, or keep the value
// they had.
#pragma once

#include "base/async.hpp"
#include "base/boxed.hpp"
#include "client/client.hpp"
#include "config/load.hpp"
#include "operator_log.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace triggerd {

class keyring {
 public:
  using key = std::shared_ptr<const client::credential>;
  using key_map = std::map<std::string, key>;  // by credential; those without a value are not in it

  struct held {
    spec::credential_spec spec;
    key value;                     // null: none was ever read
    boxed<error> trouble;          // of the last reading; seldom there
    std::optional<instant> since;  // of that trouble
    std::optional<instant> again;  // when it is read next by itself
  };
  using ring = std::map<std::string, held>;

  // All outlive it. Values are learnt by the log's net before anybody else sees them.
  keyring(asio::any_io_executor loop, timers& timers, const clock& time, const config::environment& env,
          operator_log& log);
  ~keyring();
  keyring(const keyring&) = delete;
  keyring& operator=(const keyring&) = delete;

  // The values behind these: those that somebody has read just now, the others are read here. What is in force stays.
  // One that cannot be read keeps its value in force, if its source is still the same.
  task<ring> prepare(std::vector<spec::credential_spec> credentials, config::secrets read, cancellation& cancel);
  void put_in_force(ring now);
  // Names of credentials whose value in `next` is another than in force.
  std::vector<std::string> renewed(const ring& next) const;

  static key_map values(const ring& of);
  const ring& in_force() const { return ring_; }

  // A refresh read a new value.
  void on_renewal(std::function<void(const key_map&)> run) { on_renewal_ = std::move(run); }

  // The value behind any reference, for job sources.
  task<result<secret>> read(spec::value_source from, cancellation& cancel);

  task<> close();  // ends programs that run, joins

 private:
  task<result<secret>> print(spec::value_source from, cancellation& cancel);
  task<result<key>> read_key(spec::credential_spec spec, cancellation& cancel);
  task<> read_some(std::vector<held*>& all, std::size_t& next, cancellation& cancel);
  void take(held& into, result<key> value) const;
  task<> refresh(std::string name);
  void schedule(const std::string& name, milliseconds in);

  asio::any_io_executor loop_;
  timers& timers_;
  const clock& clock_;
  const config::environment& env_;
  operator_log& log_;
  ring ring_;
  std::map<std::string, timer_id> refreshes_;
  std::function<void(const key_map&)> on_renewal_;
  cancellation closing_;
  task_group children_;
};

}  // namespace triggerd
