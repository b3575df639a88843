#include "target/line.hpp"

namespace triggerd::target {

common::common(registry_world of)
    : world(std::move(of)),
      pools(world.random, world.clock),
      door(world.timers, world.clock, world.most_in_flight),
      proofs(world.loop) {}

client::exchange unsent(error why) {
  client::exchange out;
  out.seen.failure = why;
  out.failed.emplace();
  out.failed->kind = api::failure_kind::not_sent;
  out.failed->what = std::move(why);
  return out;
}

task<client::exchange> line::send(order what, cancellation& cancel) {
  const spec::endpoint& endpoint = *what.what.endpoint;
  // What the client refuses needs no turn.
  const auto& key = what.by.config().key;
  if (!key || !spec::may_call(key->kind, endpoint)) co_return co_await what.by.perform(what.what);

  errand going{of_->name, what.lane, what.payer, endpoint.limiter, what.batch_items};
  const result<permit> turn = co_await shared_->door.enter(std::move(going), cancel);
  if (!turn) co_return unsent(turn.error());
  client::exchange done = co_await what.by.perform(what.what);
  const reply_words learnt = words_of(done, endpoint);
  shared_->door.leave(*turn, learnt);
  note(done, what);
  co_return done;
}

void line::note(const client::exchange& done, const order& of) {
  const bool refused_here = done.seen.what == transport::knowledge::not_sent && done.failed &&
                            done.failed->kind == api::failure_kind::refused;
  if (refused_here) return;
  counts.add(done);
  if (of.used) add_to(*of.used, done);
  if (!shared_->door.closed()) quiet.add(done, shared_->world.clock.now());
  if (shared_->world.on_exchange)
    shared_->world.on_exchange({of_->name, of.lane, of.what.endpoint->id, outcome_word(done), done.seen.took});
}

}  // namespace triggerd::target
