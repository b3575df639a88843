// How a request and a target's options become options of a curl handle.
#pragma once

#include "base/result.hpp"
#include "transport/curl_options.hpp"
#include "transport/option_setter.hpp"
#include "transport/transport.hpp"
#include "transport/trust.hpp"

#include <memory>

namespace triggerd::transport {

// Header lines as curl takes them; wiped when they go, for the bearer token is among them.
struct header_lines_deleter {
  void operator()(curl_slist* list) const;
};
using header_lines = std::unique_ptr<curl_slist, header_lines_deleter>;

// Refuses what must not reach the wire: control characters in method, URL or headers.
result<> check(const request& what);

void set_connection(option_setter& set, const request& what, const curl_options& options, const trust_store& trust);
// Whether a server's certificate may be looked at: the target's, or that of a proxy on the way to it. An authority that
// was named is read in any case, so that a wrong name is told.
bool needs_trust(const request& what, const curl_options& options);
// False when the connection can only speak HTTP/1.1.
bool may_become_http2(const request& what, const curl_options& options);
// Of a connection that stands and may: what its handshake chose. True also when that cannot be seen.
bool speaks_http2(CURL* easy);
void set_method(option_setter& set, const request& what);
// Moves the headers of the request into curl's form and wipes them. The lines must live as long as the exchange.
result<header_lines> set_headers(option_setter& set, request& what);

void wipe_headers(request& what);
inline bool has_body(const request& what) { return what.body && !what.body->empty(); }
// One write for both, and no buffer of curl's own for the body.
bool sends_body_with_head(const request& what);
inline bool reads_body(const request& what) { return has_body(what) && !sends_body_with_head(what); }
// "https://api.example:8443/x" -> "api.example:8443", for messages.
std::string host_of(std::string_view url);

}  // namespace triggerd::transport
