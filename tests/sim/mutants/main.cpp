// Plays seeds with a deliberate fault in a guarantee until an invariant breaks: the simulation must find each of them.
//
//   sim_mutants --seeds 500                         every fault, and in how many seeds it was found
//   sim_mutants --seeds 500 --mutant send-again     one of them
#include "base/mutation.hpp"
#include "sim/simulation.hpp"

#include <charconv>
#include <cstring>
#include <iostream>
#include <string>

namespace {

using triggerd::mutation;

struct mutant {
  std::string name;
  mutation what;
  std::string shows;  // in the complaint that finds it
};

// clang-format off
// A table reads best with a row on a line.
const mutant mutants[] = {
    {"send-before-durable", mutation::send_before_durable, "before its intent was durable"},
    {"fire-stored-last", mutation::fire_stored_last, "before its fire was durable"},
    {"run-before-durable", mutation::run_before_durable, "was promised and is lost"},
    {"instant-kept-apart", mutation::instant_kept_apart, "lost an instant"},
    {"instant-forgotten", mutation::instant_forgotten, "fired twice for one instant"},
    {"catch-up-twice", mutation::catch_up_twice, "fired twice for one instant"},
    {"new-key-on-retry", mutation::new_key_on_retry, "more than one run that has not failed"},
    {"blind-after-restart", mutation::blind_after_restart, "more than one run that has not failed"},
    {"replay-sent-again", mutation::replay_sent_again, "was replayed"},
    {"bulk-sent-again", mutation::bulk_sent_again, "was replayed"},
    {"seal-assumed", mutation::seal_assumed, "counts as sealed and is not"},
    {"prune-by-listing", mutation::prune_by_listing, "was deleted and never ours"},
    {"budget-by-credential", mutation::budget_by_credential, "more arrived than the budget"},
    {"cap-ignored", mutation::cap_ignored, "more requests in flight"},
    {"cap-shared", mutation::cap_shared, "beside a bad neighbour"},
    {"values-in-ledger", mutation::values_in_ledger, "was written down"},
    {"done-uncounted", mutation::done_uncounted, "actions done of"},
    {"drain-without-deadline", mutation::drain_without_deadline, "did not end by its deadline"},
};
// clang-format on

// The first seed whose complaints show it; 0: none.
std::uint64_t find(const mutant& which, std::uint64_t seeds, std::string& complaint) {
  triggerd::chosen_mutation = which.what;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed)
    for (const auto& one : triggerd::sim::play(seed).broken)
      if (one.find(which.shows) != std::string::npos) {
        complaint = one;
        return seed;
      }
  return 0;
}

}  // namespace

int main(int count, char** words) {
  std::uint64_t seeds = 500;
  std::string only;
  for (int i = 1; i < count; i += 2) {
    const std::string word = words[i];
    const char* value = i + 1 < count ? words[i + 1] : "";
    const char* end = value + std::strlen(value);
    if (word == "--mutant") only = value;
    const bool good =
        word == "--mutant" || (word == "--seeds" && end != value && std::from_chars(value, end, seeds).ptr == end);
    if (good) continue;
    std::cerr << "usage: sim_mutants [--seeds N] [--mutant NAME]\n";
    return 64;
  }
  std::size_t played = 0, missed = 0;
  for (const mutant& one : mutants) {
    if (!only.empty() && one.name != only) continue;
    ++played;
    std::string complaint;
    const std::uint64_t in = find(one, seeds, complaint);
    if (in == 0) ++missed;
    std::cout << one.name << ": "
              << (in == 0 ? "not found in " + std::to_string(seeds) + " seeds"
                          : "found in " + std::to_string(in) + " seeds: " + complaint)
              << std::endl;
  }
  std::cout << played - missed << " of " << played << " faults found\n";
  return played > 0 && missed == 0 ? 0 : 1;
}
