// Payloads and outputs that travel by way of the object store (contract API.md 11.4): the server hands out an address,
// the bytes go to or come from the store itself.
#pragma once

#include "api/operation.hpp"
#include "base/random.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace triggerd::api {

// From so many bytes on the SDK moves a payload to the store; the server does so itself from limits::stored_payload on.
bool belongs_in_store(std::size_t payload_bytes);

// "trigger/packet_<21 of 0-9a-z>/payload.json", ".txt" for the type text/plain.
std::string packet_filename(std::string_view payload_type, random_source& random);

// An address in the store, absolute and good for 300 seconds. Whoever holds it may use it: not for logs.
struct presigned {
  std::string url;
};
// A call that answers with one.
operation<presigned> presigned_call(call what);

struct packet_place {
  presigned upload;
  std::string storage_path;  // what a trigger sends as its payload, with the type application/store
};
// A root key, or an additional key with full access. The server answers 500 when it has no store.
operation<packet_place> put_packet(std::string_view filename);
operation<presigned> put_packet_v1(std::string_view filename);  // the older form: the filename is the storage path
operation<presigned> get_packet(std::string_view storage_path);

enum class packet_field { payload, output };
// 404 from servers that do not know it: then get_packet() with the run's storage path.
operation<presigned> get_run_packet(std::string_view run, packet_field field);

// What goes to the store: no credential and no header of ours but these. Answers 403 when the address is too old.
struct bare_request {
  std::string method;                       // "GET" or "PUT"
  std::string url;                          // absolute
  std::string content_type;                 // empty: none
  std::shared_ptr<const std::string> body;  // null: none
};
// `payload_type` of the bytes themselves: "application/super+json" or "text/plain".
bare_request upload(const presigned& to, std::string_view payload_type, std::shared_ptr<const std::string> bytes);
bare_request download(const presigned& from);

}  // namespace triggerd::api
