// What becomes of one variable, judged from what is wanted, what the server shows, and who owns it. Pure.
#pragma once

#include "api/envvars.hpp"
#include "job/variable_ownership.hpp"
#include "job/variable_set.hpp"
#include "spec/job_spec.hpp"

#include <map>
#include <set>
#include <string>
#include <string_view>

namespace triggerd::job {

// A preview branch shows its parent's variables among its own. A personal access token can list the parent, so that the
// levels can be told apart; a branch key cannot.
enum class branch_levels { one, told_apart, mixed };

using listed_variables = std::map<std::string, api::variable_view, std::less<>>;

struct sync_facts {
  const spec::env_sync_spec& rules;
  std::string job;
  const variable_home& home;
  instant now{};
  std::set<std::string, std::less<>> adopt{};  // names an operator lets the job take over
  branch_levels levels = branch_levels::one;
  listed_variables listed{};
  listed_variables parent{};  // told_apart only
  std::map<std::string, owned_variable, std::less<>> owned{};

  const owned_variable* ours(std::string_view name) const;    // null: not this job's
  const owned_variable* others(std::string_view name) const;  // null: not another job's
  // Shown here, and exactly as the parent shows it. Two secrets look alike whatever they are.
  bool looks_inherited(std::string_view name) const;
};

enum class verdict_kind {
  keep,
  confirm,  // it is as wanted, and the ledger should say that it is ours: adopted, or a write that was interrupted
  add,
  change,
  rewrite,   // a secret that nobody can compare, after rewrite_every
  recreate,  // secret to plain
  leave,     // it differs, and override = "never"
  conflict,  // it exists with another value and is not ours
  foreign,   // another job owns it
  stuck,     // it cannot become what is wanted
};

struct variable_verdict {
  verdict_kind what = verdict_kind::keep;
  std::string detail;  // for people; never a value
};

variable_verdict judge_wanted(const std::string& name, const wanted_variable& wanted, const sync_facts& facts);

enum class prune_kind {
  stay,  // not ours to delete
  left,  // ours, and left: prune = "never", or it may be inherited
  remove,
  inherited,  // prune = "all" means it, and a branch cannot delete what it inherits
};
prune_kind judge_unwanted(const std::string& name, const sync_facts& facts);

// Whether a judgement depends on the parent's list, which costs a request.
bool depends_on_parent(const wanted_variables& wanted, const sync_facts& facts);

}  // namespace triggerd::job
