// One call of each sort that failures are judged by, and replies to give them.
#pragma once

#include "api/batches.hpp"
#include "api/bulk_actions.hpp"
#include "api/envvars.hpp"
#include "api/failure.hpp"
#include "api/identity.hpp"
#include "api/runs.hpp"
#include "api/tasks.hpp"
#include "support/scripted_transport.hpp"
#include "support/shown_result.hpp"

#include <nlohmann/json.hpp>

#include <memory>
#include <string>

namespace triggerd::api::test {

using nlohmann::json;
using wire = triggerd::test::scripted_transport;

inline std::shared_ptr<const std::string> body_of(std::string text) {
  return std::make_shared<const std::string>(std::move(text));
}

inline call reading() { return retrieve_run("run_1").what; }
inline call keyed_trigger() { return trigger("t", body_of("{}"), true, false)->what; }
inline call unkeyed_trigger() { return trigger("t", body_of("{}"), false, false)->what; }
inline call locked_trigger() { return trigger("t", body_of("{}"), true, true)->what; }
inline call cancelling() { return cancel_run("run_1").what; }  // a mutation, harmless to repeat
inline call replaying() { return replay_run("run_1").what; }   // never repeatable
inline call deleting() { return delete_variable("proj_1", "prod", "A").what; }
inline call listing_project() { return list_project_runs("proj_1", "prod", {}).what; }

inline transport::response response(int status, std::string body, const wire::header_list& head = {}) {
  return wire::reply(status, std::move(body), head).reply;
}

inline const instant noon{milliseconds(1'795'487'000'000)};

}  // namespace triggerd::api::test
