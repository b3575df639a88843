// Triggering one run (contract API.md 11.1, 11.3, 11.5).
#pragma once

#include "api/operation.hpp"
#include "api/own_options.hpp"
#include "api/payload.hpp"
#include "api/trigger_options.hpp"

#include <nlohmann/json_fwd.hpp>

#include <memory>
#include <string>

namespace triggerd::api {

struct triggered {
  std::string run;      // "run_..."
  bool cached = false;  // the key already had a run that has not failed
};

// For those who want more of a reply than this.
result<triggered> read_triggered(const transport::response& reply);

// The body of a trigger as JSON text: {"payload", "options"}. `options` are the wire's, as trigger_options gives them.
// Null: no payload.
std::string trigger_body(const nlohmann::json* payload, const nlohmann::json& options, const own_options& own = {});
std::string trigger_body(const packed_payload& payload, const nlohmann::json& options, const own_options& own = {});

// Refuses (api.bad-argument) a task id that cannot be addressed and a body over limits::trigger_body.
result<void> check_trigger(std::string_view task, std::string_view body);

// `body` as trigger_body made it; `keyed`: it carries an idempotency key; `locked`: it names a version, so that a 500 is
// final. Refuses what check_trigger() refuses.
result<operation<triggered>> trigger(std::string_view task, std::shared_ptr<const std::string> body, bool keyed,
                                     bool locked);

}  // namespace triggerd::api
