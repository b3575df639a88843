// One target's way to its server: each request waits at the gate, is sent once, and what the reply says is learnt.
#pragma once

#include "target/common.hpp"
#include "target/tally.hpp"

#include <memory>
#include <string>

namespace triggerd::target {

class line {
 public:
  line(std::shared_ptr<common> shared, std::string target) : shared_(std::move(shared)), target_(std::move(target)) {}

  struct order {
    client::client by;
    std::shared_ptr<subject> payer;
    api::call what;
    std::uint64_t batch_items = 0;
    std::string lane;
    usage* used = nullptr;  // of the caller, who waits
  };
  // The line and `cancel` outlive it.
  task<client::exchange> send(order what, cancellation& cancel);

  tally counts;
  silence quiet;

 private:
  void note(const client::exchange& done, const order& of);

  std::shared_ptr<common> shared_;
  std::string target_;
};

}  // namespace triggerd::target
