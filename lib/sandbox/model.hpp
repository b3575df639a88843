// The Trigger.dev API as a pure state machine: a request and an instant in, a reply out. No clock, no sockets, no
// randomness but the seed's; equal calls at equal instants give equal replies.
//
// A run's fate (how long it waits and runs, how it ends) is drawn from the seed, its environment, its task, its
// idempotency key or payload, and how often that same run was made before: not from the order of calls.
#pragma once

#include "sandbox/effects.hpp"
#include "sandbox/message.hpp"
#include "sandbox/world.hpp"

#include <map>
#include <memory>
#include <optional>

namespace triggerd::sandbox {

struct state;

class model {
 public:
  model(world of, std::uint64_t seed, instant start);
  ~model();
  model(const model&) = delete;
  model& operator=(const model&) = delete;

  // `now` earlier than before counts as before. Whatever was due until then happens first. A long poll or a stream is a
  // reply with `again`: who does not wait may take its body for the whole answer.
  reply handle(const request& asked, instant now);
  void advance(instant now);
  // The next instant at which something happens by itself; nullopt when nothing will.
  std::optional<instant> next_change() const;
  instant now() const;

  effect_log& effects();
  const effect_log& effects() const;

  // Where the request's credential leads: place::path, or "" when it cannot be told.
  std::string environment_of(const request& asked) const;
  // Runs by place and status.
  std::map<std::string, std::map<std::string, std::size_t>> run_counts() const;
  std::uint64_t requests() const;

 private:
  std::unique_ptr<state> state_;
};

}  // namespace triggerd::sandbox
