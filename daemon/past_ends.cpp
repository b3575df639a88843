#include "past_ends.hpp"

#include "instance.hpp"

namespace triggerd {

task<> recall_ends(instance& here) {
  const auto ends = co_await here.ledger->last_ends();
  if (!ends) co_return;
  for (const store::job_end& one : *ends) here.counts.ended(one.job, one.state, one.ended);
}

}  // namespace triggerd
