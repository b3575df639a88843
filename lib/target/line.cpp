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

task<client::exchange> line::send(order& what, cancellation& cancel) {
  const auto& key = what.by.config().key;
  // What the client refuses needs no turn.
  if (!key || !spec::may_call(key->kind, *what.what.endpoint)) return what.by.perform(std::move(what.what));
  return in_turn(what, cancel);
}

task<client::exchange> line::in_turn(order& what, cancellation& cancel) {
  const spec::endpoint& endpoint = *what.what.endpoint;
  const result<permit> turn = co_await shared_->door.enter(std::move(what.turn), cancel);
  if (!turn) co_return unsent(turn.error());
  client::exchange done = co_await what.by.perform(std::move(what.what));
  shared_->door.leave(*turn, words_of(done, endpoint));
  note(done, what, turn->what);
  co_return done;
}

void line::note(const client::exchange& done, const order& of, const errand& its) {
  const bool refused_here = done.seen.what == transport::knowledge::not_sent && done.failed &&
                            done.failed->kind == api::failure_kind::refused;
  if (refused_here) return;
  counts.add(done);
  if (of.used) add_to(*of.used, done);
  if (!shared_->door.closed()) quiet.add(done, shared_->world.clock.now());
  if (shared_->world.on_exchange)
    shared_->world.on_exchange({its.target, its.lane, of.what.endpoint->id, outcome_word(done), done.seen.took});
}

}  // namespace triggerd::target
