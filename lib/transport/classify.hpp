// What one knows after an exchange ended, from the traces it left. Pure.
#pragma once

#include "transport/transport.hpp"

#include <cstdint>

namespace triggerd::transport {

// Why we ended an exchange ourselves; curl had no say.
enum class ending { by_curl, by_close, by_timeout };

struct evidence {
  ending how = ending::by_curl;
  int curl_code = 0;   // CURLcode; by_curl only
  bool began = false;  // curl announced that the request goes out now, on any connection, at any attempt
  std::uint64_t body_handed_over = 0;  // bytes of the request's body that curl took
  bool refused_second_start = false;   // curl wanted to send a mutation again and was stopped
  bool refused_by_server = false;      // REFUSED_STREAM (RFC 9113 8.7): nothing of the request was processed
  bool out_of_descriptors = false;     // a connection or a lookup failed, and the process may open nothing
  bool over_limit = false;             // the reply's head or body passed its limit
  bool malformed = false;              // the reply's head contradicts itself
  bool reader_had_enough = false;      // the reply was read piece by piece, and its reader stopped
  int status = 0;                      // of the final head, when one came whole
};

struct verdict {
  knowledge what = knowledge::not_sent;
  error_code code{};  // empty when answered
};

// Nothing left only if curl never announced a start and took no body: the code alone proves nothing, because a refused
// connection may be curl's second attempt after the first one died with the request on it. Everything else without a
// whole reply is ambiguous, unless the server itself said that it did nothing: curl's 16, 18, 52, 55, 56, 65 and 92, what
// else comes after the start, and the success that curl reports for a head that broke off.
verdict classify(const evidence& seen);

}  // namespace triggerd::transport
