// Everything that is wrong now, the worst first. Pure.
#pragma once

#include "keyring.hpp"
#include "reload_report.hpp"
#include "store/ledger.hpp"
#include "target/target.hpp"

#include <optional>
#include <string>
#include <vector>

namespace triggerd {

struct trouble {
  std::string what;
  std::optional<instant> since;
  std::string next;  // what happens by itself, or what somebody must do
};

struct facts {
  store::ledger_health ledger;
  std::string copied;                   // that the ledger is a copy, in words; empty: it is not
  std::string clock_held;               // in words; empty: it is not
  std::optional<reload_report> reload;  // the last one
  struct of_target {
    std::string name;
    target::health_view health;
    bool enabled = true;
  };
  std::vector<of_target> targets;        // by name
  std::vector<store::fire_row> unknown;  // fires that left something unknown, newest first
  keyring::ring keys;
};

// Disk, copied ledger, clock, refused reload, parked targets, unproved ones that were tried, unknown effects, keys without
// a value.
std::vector<trouble> worst_first(const facts& now);

}  // namespace triggerd
