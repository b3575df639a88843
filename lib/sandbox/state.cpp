#include "sandbox/state.hpp"

#include "sandbox/dice.hpp"
#include "sandbox/past.hpp"

namespace triggerd::sandbox {

state::state(world of, std::uint64_t seed_value, instant start)
    : config(std::move(of)),
      seed(seed_value),
      now(start),
      homes(config, start),
      keys(config, homes),
      meters(config.limits),
      runs(seed_value, plans, effects, config.pace),
      objects(seed_value),
      sessions(seed_value),
      schedules(seed_value, homes),
      deployments(seed_value, homes, start),
      waitpoints(seed_value),
      prompts(homes, start),
      limits(homes) {
  runs.on_finish([this](std::uint64_t batch, instant at) { batches.run_finished(batch, at); });
  make_past(*this);
}

void state::advance(instant to) {
  while (const auto due = plans.take_due(to)) {
    now = due->at;
    switch (due->kind) {
      case subject_kind::run:
        if (run& one = runs.at(due->subject); one.generation == due->generation) runs.due(one, due->at);
        break;
      case subject_kind::batch:
        if (batch& one = batches.at(due->subject); one.generation == due->generation) batches.due(*this, one);
        break;
      case subject_kind::session: sessions.due(*this, sessions.at(due->subject)); break;
      case subject_kind::bulk: bulks.due(*this, bulks.at(due->subject)); break;
    }
  }
  if (to > now) now = to;
}

}  // namespace triggerd::sandbox
