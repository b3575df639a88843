// One target's way to its server: each request waits at the gate, is sent once, and what the reply says is learnt.
#pragma once

#include "target/common.hpp"
#include "target/tally.hpp"

#include <memory>

namespace triggerd::target {

class line {
 public:
  line(std::shared_ptr<common> shared, std::shared_ptr<const spec::target_spec> of)
      : shared_(std::move(shared)), of_(std::move(of)) {}

  struct order {
    client::client by;
    api::call& what;
    errand turn;            // what it waits at the gate for
    usage* used = nullptr;  // null: nobody's
  };
  // The line, the order with all that it refers to, and `cancel` outlive it. The call and the errand are taken.
  task<client::exchange> send(order& what, cancellation& cancel);
  errand errand_for(const api::call& what, std::shared_ptr<subject> payer, std::string lane,
                    std::uint64_t batch_items) const {
    return {of_->name, std::move(lane), std::move(payer), what.endpoint->limiter, batch_items};
  }

  tally counts;
  silence quiet;

 private:
  task<client::exchange> in_turn(order& what, cancellation& cancel);
  void note(const client::exchange& done, const order& of, const errand& its);

  std::shared_ptr<common> shared_;
  std::shared_ptr<const spec::target_spec> of_;
};

}  // namespace triggerd::target
