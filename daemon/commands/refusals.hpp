// Failures in the interface's words: which error, with which parameters.
#pragma once

#include "commands/replies.hpp"
#include "control/call.hpp"

namespace triggerd {
struct instance;
}

namespace triggerd::commands {

// What the caller spoke of; errors name it.
struct subject {
  std::string job, fire, selector;
  std::map<std::string, std::string> vars;
};

struct refusal {
  std::string name;
  json parameters;
};

refusal refusal_of(const instance& here, const error& why, const subject& of);
task<> refuse(instance& here, control::call& asked, error why, subject of);
task<> refuse_target(instance& here, control::call& asked, std::string target);  // UnknownTarget
task<> refuse_endpoint(control::call& asked, std::string endpoint);              // UnknownEndpoint
task<> refuse_argument(control::call& asked, std::string reason);                // BadArgument
task<> refuse_parameter(control::call& asked, std::string name);                 // a value outside what it may be

}  // namespace triggerd::commands
