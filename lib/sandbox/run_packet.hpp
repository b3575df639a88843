// What a run was given and what it gave back, wherever it lies: in the database, or in the object store.
#pragma once

#include "sandbox/json_text.hpp"
#include "sandbox/state.hpp"

namespace triggerd::sandbox {

struct packet {
  std::optional<json> value;  // nullopt: there is none
  std::string text;           // as it is stored
  std::string type;           // "application/json"
  std::string address;        // in the environment's folder of the object store; empty: in the database
};

packet payload_of(const state& in, const run& of);
packet output_of(const state& in, const run& of);

}  // namespace triggerd::sandbox
