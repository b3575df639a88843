// Recorded options as ours.
#pragma once

#include "api/idempotency_keys.hpp"
#include "api/payload.hpp"
#include "api/run_options.hpp"
#include "api/runs.hpp"
#include "conformance/javascript.hpp"

#include <optional>
#include <string>

namespace triggerd::conformance {

// The options of a run; `deployment` is the client's, which those of the call replace. Unset: ours refuses them.
result<std::optional<api::run_options>> run_options_of(const json& options, const std::string& deployment,
                                                       const api::key_context& made_in);

// A key as an option: a string, or a list of them. Unset: ours refuses it.
std::optional<api::idempotency_key> key_of(const json& written, api::key_scope scope, const api::key_context& made_in);

// A duration as text or seconds, a Date, or ISO text. Unset: none of them.
std::optional<api::moment> moment_of(const json& value);
std::optional<milliseconds> span_of(const json& value);

// A payload with all that JavaScript can put there.
result<api::packed_payload> payload_of(const json& written);

result<api::run_filter> run_filter_of(const json& params);
std::string environments_of(const json& params);

// Whether a value is the options of a request rather than of a call: retries and headers.
bool is_request_options(const json& value);

}  // namespace triggerd::conformance
