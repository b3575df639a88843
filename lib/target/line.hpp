// One target's way to its server: each request waits at the gate, is sent once, and what the reply says is learnt.
#pragma once

#include "target/common.hpp"
#include "target/tally.hpp"

#include <memory>
#include <string>

namespace triggerd::target {

class line {
 public:
  line(std::shared_ptr<common> shared, std::shared_ptr<const spec::target_spec> of)
      : shared_(std::move(shared)), of_(std::move(of)) {}

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
  std::shared_ptr<const spec::target_spec> of_;
};

}  // namespace triggerd::target
