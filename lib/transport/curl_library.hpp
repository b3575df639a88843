// libcurl as a whole: initialised once, checked for what we need, and its known-bad releases named.
#pragma once

#include "base/result.hpp"

#include <optional>
#include <string_view>

namespace triggerd::transport {

// Call on the main thread before any other thread exists. Later calls do nothing. Fails when the library lacks the
// multi interface's parts we build on: OpenSSL as its TLS (for the shared trust store), threaded lookups, 7.88.
result<> start_curl();

// What is known to be wrong with this release (0xMMmmpp) when driven by an event loop, in one sentence for the log.
// Distributions fix some of these without changing the number: a warning, never a refusal.
std::optional<std::string_view> known_fault(unsigned int version);

bool curl_has_gzip();
// False of releases that send nothing on a reused cleartext HTTP/2 connection and call it a framing error (curl#10634).
bool curl_reuses_cleartext_http2();
// The file of trusted authorities that this build of curl would use itself; empty when it has none.
std::string_view curl_ca_file();

}  // namespace triggerd::transport
