// Which runs of an environment a list or a bulk action means.
#pragma once

#include "sandbox/state.hpp"
#include "sandbox/target.hpp"

#include <set>

namespace triggerd::sandbox {

struct run_filter {
  std::set<run_status> statuses;
  std::vector<std::string> tasks, versions, tags, queues, machines, regions;
  std::optional<instant> from, to;
  std::optional<std::uint64_t> batch, bulk;  // 0: one that does not exist
  std::optional<bool> test;
  bool none = false;  // nothing can match: a schedule, an error group

  bool empty() const;
  bool fits(const run& of, instant as_of) const;
  // The shortest list that holds every match, in order of creation; merged into `scratch` where several must be.
  const run_numbers& candidates(const live_environment& in, run_numbers& scratch) const;
};

// nullopt for a word that is no status, old or new; old names are read as what they became.
std::optional<run_status> read_any_status(std::string_view name, bool& never);
bool is_machine(std::string_view name);
std::variant<run_filter, reply> read_run_filter(const state& in, const target& from);
std::variant<run_filter, reply> read_run_filter(const state& in, const json& from);  // of a bulk action

// Every match as lists know it, newest first.
run_numbers select_runs(state& in, const live_environment& where, const run_filter& by);

}  // namespace triggerd::sandbox
