// What a seed plays: a world with keys, targets and jobs, the faults, and the course of events.
#pragma once

#include "config/load.hpp"
#include "sandbox/faults.hpp"
#include "sandbox/world.hpp"
#include "sim/process.hpp"

#include <map>
#include <string>
#include <vector>

namespace triggerd::sim {

// Read once: the settings of all seeds, through the same reader as the daemon's files.
const config::settings& settings();
std::map<std::string, std::string> keys();     // by credential
std::map<std::string, std::string> secrets();  // behind references; must never be seen
made_inputs inputs();
sandbox::world world();

// The jobs of this seed: some of settings().jobs.
std::vector<spec::job_spec> jobs_of(random_source& random);
std::vector<sandbox::fault_rule> faults_of(random_source& random);

}  // namespace triggerd::sim
