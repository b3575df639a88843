// What an env-sync will do on one target, with its guards: all of it or nothing. Pure.
#pragma once

#include "job/kind.hpp"
#include "job/variable_verdict.hpp"

#include <string>
#include <vector>

namespace triggerd::job {

struct sync_plan {
  std::vector<plan_line> lines;       // add, change, remove, conflict; by name
  std::vector<std::string> plain;     // to be imported readable
  std::vector<std::string> secret;    // to be imported secret
  std::vector<std::string> recreate;  // of `plain`: deleted first
  std::vector<std::string> remove;
  std::vector<std::string> confirmed;  // ours from now on, without a request
  std::vector<std::string> forgotten;  // ours, and neither wanted nor there
  std::vector<std::string> notes;
  std::vector<error> problems;  // then nothing is done at all

  bool writes() const { return !plain.empty() || !secret.empty() || !remove.empty(); }
};

sync_plan plan_sync(const wanted_variables& wanted, const sync_facts& facts);

}  // namespace triggerd::job
