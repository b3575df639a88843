// Variables of a hand-made run: text from the command line to the types that the job declares. Pure.
#pragma once

#include "base/result.hpp"
#include "spec/job_spec.hpp"

#include <nlohmann/json_fwd.hpp>

#include <map>
#include <string>

namespace triggerd::job {

// The typed values as a JSON object, defaults included. job.bad-variable names every variable that is missing, unknown
// or does not fit, all at once. A datetime keeps its text: an instant, or relative to the fire ("-2h").
result<nlohmann::json> typed_vars(const spec::job_spec& job, const std::map<std::string, std::string>& given);

}  // namespace triggerd::job
