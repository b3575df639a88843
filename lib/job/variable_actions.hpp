// The actions of an env-sync: imports, deletes and the check that reads back. What later steps need to know about names
// stands in their memo; values travel in memory only, as the body that is sent.
#pragma once

#include "job/kind.hpp"
#include "job/variable_plan.hpp"

#include <string>
#include <vector>

namespace triggerd::job {

// The project's environment in the path; the parent of preview branches goes without the branch header.
struct variable_place {
  std::string project;
  std::string slug;
  bool parent = false;
};
variable_place place_of(const leg_view& leg);
// "vars:IDENTITY" and its digests; the set that preview branches share has no identity of its own.
variable_home home_of(const leg_view& leg, std::string_view digest_key);

// In the order in which they must run: deletes of what is made again, imports, other deletes, the check.
std::vector<planned_action> actions_of(const sync_plan& plan, const wanted_variables& wanted, const sync_facts& facts);

task<effect> apply_import(const kind_world& world, const leg_view& leg, store::action_row action, action_body body,
                          target::access by);
task<effect> apply_delete(const kind_world& world, const leg_view& leg, store::action_row action, target::access by);
task<effect> apply_verify(const kind_world& world, const leg_view& leg, store::action_row action, target::access by);

// The list of one environment's variables, by name.
api::operation<std::vector<api::variable_view>> listing(const variable_place& place);
// Their values are wiped when the map goes.
void wipe_values(listed_variables& all);

}  // namespace triggerd::job
