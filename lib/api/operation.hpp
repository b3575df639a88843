// One call of an endpoint as a value: what to send, and how to read the reply. Base URL, token, branch and timeouts are
// the client's; waiting and repeating are the engine's.
#pragma once

#include "base/result.hpp"
#include "spec/endpoint.hpp"
#include "transport/transport.hpp"

#include <nlohmann/json_fwd.hpp>

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace triggerd::api {

struct call {
  const spec::endpoint* endpoint = nullptr;  // never null once built
  std::string path;                          // below the base URL, encoded, with its query
  std::string_view content_type;             // a literal; empty: no body
  std::shared_ptr<const std::string> body;   // null: none
  bool chunked = false;                      // NDJSON items only
  bool keyed = false;                        // says what makes repeating it harmless: a key, or "override"
  bool server_fault_is_final = false;        // a 500 here means a mistake of ours (contract API.md 4.2), not a fault
  bool branch = true;                        // send the branch header where the endpoint takes it
  bool secret_reply = false;                 // the reply holds a key or values: wiped once it is read

  // Of this call alone, in this order, names lower case: last-event-id, x-part-id and the like. They replace the
  // client's of the same name.
  std::vector<std::pair<std::string, std::string>> headers;

  // Whether sending it twice has the same lasting effect as once.
  bool repeatable() const {
    using spec::repeatable;
    if (endpoint->idempotent == repeatable::yes) return true;
    return keyed && (endpoint->idempotent == repeatable::with_key || endpoint->idempotent == repeatable::see_notes);
  }
  bool mutates() const { return endpoint->method != "GET"; }
};

template <class T>
struct operation {
  call what;
  result<T> (*read)(const transport::response&);  // of a 2xx; api.unreadable when it is not what the contract says
};

// A call of the endpoint with this id, which must exist. `query` is its text, with the question mark.
call make_call(std::string_view endpoint, std::initializer_list<std::string_view> parts, std::string_view query = {});
call make_call(std::string_view endpoint, std::initializer_list<std::string_view> parts,
               std::shared_ptr<const std::string> json_body);
call make_json_call(std::string_view endpoint, std::initializer_list<std::string_view> parts,
                    const nlohmann::json& body);

// The reader of calls whose reply says nothing but "done".
struct nothing {};
result<nothing> read_nothing(const transport::response&);

}  // namespace triggerd::api
