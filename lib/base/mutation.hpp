// Deliberate faults in the guarantees, by which the simulation is tested: it must find each of them (tests/sim). They
// exist only where TRIGGERD_MUTATIONS is defined; everywhere else mutated() is false for the compiler, and nothing is
// left of them.
#pragma once

namespace triggerd {

enum class mutation {
  none,
  send_before_durable,     // requests leave before their intent is durable
  fire_stored_last,        // a fire's row is written when it ends
  run_before_durable,      // who runs a job is told so before the fire is durable
  instant_kept_apart,      // that an instant has fired is durable before its fire is
  instant_forgotten,       // it is not written down at all
  catch_up_twice,          // a missed instant fires twice
  new_key_on_retry,        // a repeated trigger has another idempotency key
  blind_after_restart,     // a restart sends triggers again under another key, without looking for the run
  replay_sent_again,       // a single replay is repeated when it is not known whether it happened
  bulk_sent_again,         // a bulk replay is repeated without looking for it
  seal_assumed,            // a stream of items that broke off counts as sealed
  prune_by_listing,        // deletes whatever the sources do not name
  budget_by_credential,    // two keys of one environment have a budget each
  cap_ignored,             // a target's in_flight bounds nothing
  cap_shared,              // requests of other targets count against it
  values_in_ledger,        // an import's body is stored
  done_uncounted,          // a restart forgets what went well since the leg's row was written
  drain_without_deadline,  // waits for every fire, however long
};

#ifdef TRIGGERD_MUTATIONS
inline mutation chosen_mutation = mutation::none;
inline bool mutated(mutation which) { return chosen_mutation == which; }
#else
constexpr bool mutated(mutation) { return false; }
#endif

}  // namespace triggerd
