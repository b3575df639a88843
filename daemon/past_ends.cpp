#include "past_ends.hpp"

#include "instance.hpp"

namespace triggerd {

task<> recall_ends(instance& here, std::vector<std::string> jobs) {
  for (const std::string& job : jobs) {
    for (const auto state : {store::fire_state::done, store::fire_state::failed, store::fire_state::unknown}) {
      if (here.ending.requested()) co_return;
      store::fire_filter newest;
      newest.job = job;
      newest.state = store::name(state);
      newest.most = 1;
      const auto found = co_await here.ledger->fires(std::move(newest));
      if (!found) co_return;
      for (const store::fire_row& fire : *found)
        if (fire.ended) here.counts.ended(job, state, *fire.ended);
    }
  }
}

}  // namespace triggerd
