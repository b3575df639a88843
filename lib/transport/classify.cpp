#include "transport/classify.hpp"

#include "transport/codes.hpp"

#include <curl/curl.h>

namespace triggerd::transport {
namespace {

// The same code of curl means two things, before and after the request began to leave.
error_code code_before_start(int curl_code) {
  switch (curl_code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY: return codes::resolve;
    case CURLE_OPERATION_TIMEDOUT: return codes::timeout;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CIPHER:
    case CURLE_USE_SSL_FAILED:
    case CURLE_SSL_SHUTDOWN_FAILED:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_CLIENTCERT: return codes::tls;
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_FAILED_INIT:
    case CURLE_URL_MALFORMAT:
    case CURLE_NOT_BUILT_IN:
    case CURLE_OUT_OF_MEMORY:
    case CURLE_BAD_FUNCTION_ARGUMENT:
    case CURLE_UNKNOWN_OPTION:
    case CURLE_SETOPT_OPTION_SYNTAX:
    case CURLE_INTERFACE_FAILED:
    case CURLE_SSL_ENGINE_NOTFOUND:
    case CURLE_SSL_ENGINE_SETFAILED:
    case CURLE_SSL_ENGINE_INITFAILED:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CRL_BADFILE:
    case CURLE_LOGIN_DENIED: return codes::unusable;
    default: return codes::connect;
  }
}

error_code code_after_start(int curl_code) {
  switch (curl_code) {
    case CURLE_OPERATION_TIMEDOUT: return codes::timeout;
    case CURLE_SEND_FAIL_REWIND: return codes::resend_refused;
    case CURLE_UNSUPPORTED_PROTOCOL:  // HTTP/0.9
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING: return codes::protocol;
    case CURLE_OUT_OF_MEMORY: return codes::too_large;  // what curl says of a header line over 100 KB
    default:                                            // CURLE_OK too: curl calls a head that was cut off a success
      return codes::broken;
  }
}

error_code code_of(const evidence& seen, bool left) {
  if (seen.how == ending::by_close) return codes::closed;
  if (seen.how == ending::by_timeout) return codes::timeout;
  if (seen.refused_second_start) return codes::resend_refused;
  if (seen.over_limit) return codes::too_large;
  if (seen.malformed) return codes::protocol;
  if (!left && seen.out_of_descriptors) return codes::busy;
  return left ? code_after_start(seen.curl_code) : code_before_start(seen.curl_code);
}

}  // namespace

verdict classify(const evidence& seen) {
  const bool ended = seen.curl_code == CURLE_OK || seen.reader_had_enough;
  const bool whole = seen.how == ending::by_curl && ended && seen.status != 0 && !seen.over_limit && !seen.malformed;
  if (whole) return {knowledge::answered, {}};
  if (seen.refused_by_server && seen.status == 0) return {knowledge::not_sent, codes::refused};
  const bool left = seen.began || seen.body_handed_over > 0 || seen.status != 0;
  return {left ? knowledge::ambiguous : knowledge::not_sent, code_of(seen, left)};
}

}  // namespace triggerd::transport
