// The options of a trigger or a batch item, checked as the server checks them: some are refused, many are not.
#pragma once

#include "sandbox/json_text.hpp"
#include "sandbox/run.hpp"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace triggerd::sandbox {

struct trigger_options {
  std::optional<std::string> queue, concurrency_key, delay, ttl, machine, region, version, payload_type, metadata;
  std::optional<std::string> key, key_ttl, shown_key;  // idempotency
  std::optional<std::string> debounce_key, debounce_delay;
  std::vector<std::string> tags;  // sorted, without empty and equal ones
  bool test = false;
};

// What does not fit, and where.
struct complaint {
  std::string text, path;
};

std::variant<trigger_options, complaint> read_options(const json* options, const std::string& path);

// The payload of a body or an item. Text is JSON text in an item, a JSON string in a single trigger.
void read_payload(const json* payload, const std::optional<std::string>& type, bool item, run_input& into);

}  // namespace triggerd::sandbox
