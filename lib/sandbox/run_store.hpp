// All runs, and their life: created, started, finished, cancelled.
#pragma once

#include "sandbox/agenda.hpp"
#include "sandbox/effects.hpp"
#include "sandbox/fate.hpp"
#include "sandbox/places.hpp"

#include <deque>

namespace triggerd::sandbox {

// What a caller may say about a new run.
struct run_order {
  live_environment* where = nullptr;
  std::shared_ptr<const run_input> input;
  std::shared_ptr<const std::vector<std::string>> tags;
  std::string key, shown_key;  // idempotency; empty: none
  std::string ttl;
  std::optional<instant> delayed_until;
  std::uint64_t batch = 0;
  std::optional<std::size_t> index;  // in its batch
  std::uint64_t bulk = 0;
  const run* replay_of = nullptr;
  bool batched = false;
};

class run_store {
 public:
  run_store(std::uint64_t seed, agenda& plans, effect_log& effects, const paces& pace)
      : seed_(seed), fates_(seed), plans_(plans), effects_(effects), pace_(pace) {}

  run& create(const run_order& order, instant now);
  // A run that failed before it started, as the server makes of a batch item that it cannot trigger.
  run& create_failed(const run_order& order, std::string_view code, instant now);
  // A run of the past: no effect is logged.
  run& create_past(const run_order& order, instant created, run_status end);

  void due(run& of, instant at);  // its next change is due
  void cancel(run& of, instant now);
  void delay(run& of, instant until, instant now);
  void resume(live_environment& in, instant now);
  void release(queue& in, instant now);  // what it held looks again whether it may start
  void add_tags(run& of, std::vector<std::string> tags, instant now);

  run* find(std::string_view id);  // of any environment
  run* find(std::string_view id, const live_environment& in);
  run& at(std::uint64_t number) { return runs_[number - 1]; }
  std::string id_of(std::uint64_t number) const;
  std::size_t size() const { return runs_.size(); }
  // Tells the batches that wait for the run.
  void on_finish(std::function<void(std::uint64_t batch, instant at)> tell) { tell_ = std::move(tell); }

 private:
  run& add(const run_order& order, instant now);
  void index(run& of);
  void move(run& of, run_status to, instant at);
  void enqueue(run& of, instant at);
  void start(run& of, instant at);
  void finish(run& of, run_status end, instant at);
  void plan(run& of, instant at);
  void let_next_start(queue& in, instant now);
  effect about(const run& of, effect_kind kind, instant at) const;

  std::uint64_t seed_;
  fates fates_;
  agenda& plans_;
  effect_log& effects_;
  const paces& pace_;
  std::deque<run> runs_;
  std::function<void(std::uint64_t, instant)> tell_;
};

}  // namespace triggerd::sandbox
