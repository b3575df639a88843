// What a seed plays: a world with keys, targets and jobs, the faults, and the course of events.
#pragma once

#include "base/clock.hpp"
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

// When a seed begins: often close to where Vienna's clocks are changed, or the calendar has a day more.
instant start_of(random_source& random);
// The jobs of this seed: some of settings().jobs.
spec::job_list jobs_of(random_source& random);
std::vector<sandbox::fault_rule> faults_of(random_source& random);
// Of a seed where one environment alone is in trouble.
constexpr const char* bad_neighbour = "proj_shopaaaaaaaaaaaaaaaa/prod";
std::vector<sandbox::fault_rule> faults_of_neighbour(random_source& random);
// Another version of the file behind the variables.
std::string edited_variables(random_source& random);
// The environment that a target opens, as the model's effects name it.
std::string path_of(const spec::target_spec& target);

}  // namespace triggerd::sim
