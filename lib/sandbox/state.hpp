// Everything the model knows. Handlers get it whole: a server's endpoints share one database.
#pragma once

#include "sandbox/agenda.hpp"
#include "sandbox/batch_store.hpp"
#include "sandbox/bulk_store.hpp"
#include "sandbox/credentials.hpp"
#include "sandbox/deployment_store.hpp"
#include "sandbox/effects.hpp"
#include "sandbox/error_groups.hpp"
#include "sandbox/limit_store.hpp"
#include "sandbox/limiter.hpp"
#include "sandbox/object_store.hpp"
#include "sandbox/places.hpp"
#include "sandbox/prompt_store.hpp"
#include "sandbox/run_store.hpp"
#include "sandbox/schedule_store.hpp"
#include "sandbox/session_store.hpp"
#include "sandbox/stream_store.hpp"
#include "sandbox/waitpoint_store.hpp"
#include "sandbox/world.hpp"

namespace triggerd::sandbox {

struct state {
  state(world of, std::uint64_t seed_value, instant start);

  world config;
  std::uint64_t seed;
  instant now;
  std::uint64_t requests = 0;
  agenda plans;
  effect_log effects;
  places homes;
  credentials keys;
  limiter meters;
  run_store runs;
  batch_store batches;
  bulk_store bulks;
  object_store objects;
  session_store sessions;
  stream_store streams;
  schedule_store schedules;
  deployment_store deployments;
  waitpoint_store waitpoints;
  error_decisions errors;
  prompt_store prompts;
  limit_store limits;
  std::map<std::string, bool> used_tokens;  // one-time public tokens

  void advance(instant to);
  instant list_horizon() const { return now - config.pace.list_lag; }  // what lists know
};

}  // namespace triggerd::sandbox
