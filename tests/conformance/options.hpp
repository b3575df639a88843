// The options of SDK calls in our words.
#pragma once

#include "api/runs.hpp"
#include "conformance/javascript.hpp"

#include <string>

namespace triggerd::conformance {

// What api::trigger_options takes.
struct trigger_words {
  json written = json::object();
  std::string key, key_ttl;
};
// `deployment`: the client's externalDeploymentId, for calls without their own; empty: none.
result<trigger_words> trigger_words_of(const json& options, const std::string& deployment);

// How often to try, additional headers of one call and the like: nothing of it is on the wire.
bool is_request_options(const json& value);

result<api::run_filter> run_filter_of(const json& params);
std::string environments_of(const json& params);  // the project list's `env`, joined

}  // namespace triggerd::conformance
