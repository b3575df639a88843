// The sandbox's model as a transport: requests travel for a while, meet the fault plan and the model, and their replies
// travel back, late, broken or never. Virtual time only; every choice comes from the seed.
#pragma once

#include "base/random.hpp"
#include "base/timers.hpp"
#include "sandbox/faults.hpp"
#include "transport/transport.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace triggerd::sim {

// What the network and the server are for everybody; outlives every process.
struct network {
  sandbox::model& model;
  sandbox::fault_plan& faults;
  const clock& time;
  timers& queue;
  random_source& random;
  double refuses = 0;                                    // share of requests that find no connection
  double doubles = 0;                                    // share of repeatable ones that a gateway sends twice
  milliseconds slowest{80};                              // one way
  std::function<void(std::string)> trace;                // a line for each request and reply
  std::function<void(const sandbox::request&)> leaves;   // sees every request before its first byte
  std::function<void(const sandbox::request&)> arrives;  // sees what reaches the server from a living process
  std::function<void()> passes;                          // at every step of an exchange; the process may die in it
  steady_time down_until{};                              // the server restarts: nothing reaches it before
};

class model_transport final : public transport::transport {
 public:
  model_transport(network& net, std::string target) : net_(net), target_(std::move(target)) {}

  task<triggerd::transport::outcome> perform(triggerd::transport::request what) override;
  void close() override;
  std::size_t in_flight() const override { return in_flight_; }

  // The server, or what leads to it, breaks every connection.
  void break_off();
  // The process dies: nothing more leaves. What is on its way to the server may still arrive there.
  void die() {
    dead_ = true;
    close();
  }
  std::size_t most_in_flight() const { return most_in_flight_; }

 private:
  struct exchange;
  void depart(const std::shared_ptr<exchange>& one);
  void arrive(const std::shared_ptr<exchange>& one);
  void end_all(const triggerd::transport::outcome& how);
  void answer(const std::shared_ptr<exchange>& one, sandbox::delivery what);

  network& net_;
  std::string target_;
  bool dead_ = false;
  std::size_t in_flight_ = 0, most_in_flight_ = 0;
  std::uint64_t numbers_ = 0;
  std::map<std::uint64_t, std::shared_ptr<exchange>> open_;
};

}  // namespace triggerd::sim
