// All targets by name, the budgets they share, and the one place where requests queue for their turn.
#pragma once

#include "base/async.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "client/client.hpp"
#include "spec/selector.hpp"
#include "spec/target_spec.hpp"
#include "target/target.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace triggerd::target {

// What the configuration says, with the keys behind the credentials.
struct inputs {
  std::vector<std::shared_ptr<const spec::target_spec>> targets;  // by name
  std::vector<spec::limit_spec> limits;                           // by name
  std::map<std::string, spec::credential_spec> credentials;
  std::map<std::string, std::shared_ptr<const client::credential>> keys;  // by credential; absent: has no value now
};

// The lane of proofs, which no job has.
inline constexpr const char* identity_lane = "(identity)";

// One exchange, for metrics.
struct exchange_seen {
  const std::string& target;
  const std::string& lane;  // the job's name, or who else asked
  std::string_view endpoint;
  std::string_view outcome;  // "ok", "refused", ...
  std::chrono::nanoseconds took;
};

struct registry_world {
  asio::any_io_executor loop;
  triggerd::clock& clock;
  triggerd::timers& timers;
  random_source& random;
  triggerd::log& log;
  // Makes the connections of one target. They outlive what uses them.
  std::function<std::shared_ptr<transport::transport>(const spec::target_spec&)> connect;
  // A target changed its state, or was paused or resumed ("target-state", "target-paused", "target-resumed").
  std::function<void(std::string_view kind, const target& which, const std::string& text)> on_change;
  std::function<void(const exchange_seen& done)> on_exchange;
  std::size_t most_in_flight = 512;  // requests on the wire, of all targets
};

class registry {
 public:
  explicit registry(registry_world world);
  ~registry();  // after close()
  registry(const registry&) = delete;
  registry& operator=(const registry&) = delete;

  // The first load and every reload. A target whose spec, limit and key are as before stays as it is, with its
  // connections, proof and counters. Others are new; legs that hold an access to an old one finish on it.
  void apply(inputs now);
  // New values of some credentials (refresh, rotation): targets with another value lose their proof.
  void renew(const std::map<std::string, std::shared_ptr<const client::credential>>& keys);

  std::shared_ptr<target> find(std::string_view name) const;
  std::vector<std::shared_ptr<target>> all() const;  // by name
  std::vector<std::shared_ptr<target>> select(const spec::selector& which) const;

  // Holds back every request to the selected targets; what is on the wire ends. Kept over a reload.
  void pause(const std::vector<std::string>& targets, std::string by, std::optional<instant> until);
  void resume(const std::vector<std::string>& targets);

  // Proves every enabled target whose spec says `startup`, concurrently; failures show in health only.
  task<> prove_at_startup(cancellation& cancel);

  std::size_t in_flight() const;
  std::size_t queued() const;  // requests waiting for their turn

  task<> close();  // ends every exchange, refuses new ones, joins

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

}  // namespace triggerd::target
