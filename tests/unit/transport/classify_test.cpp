#include "transport/classify.hpp"

#include "transport/codes.hpp"

#include <curl/curl.h>
#include <doctest/doctest.h>

using triggerd::transport::classify;
using triggerd::transport::ending;
using triggerd::transport::evidence;
using triggerd::transport::knowledge;

namespace {

evidence after_start(int curl_code) {
  evidence seen;
  seen.curl_code = curl_code;
  seen.began = true;
  return seen;
}

}  // namespace

TEST_CASE("only a whole reply is an answer") {
  evidence seen = after_start(CURLE_OK);
  seen.status = 500;
  CHECK(classify(seen).what == knowledge::answered);
  SUBCASE("no head") { seen.status = 0; }
  SUBCASE("over the limit") { seen.over_limit = true; }
  SUBCASE("a head that contradicts itself") { seen.malformed = true; }
  SUBCASE("broken off") { seen.curl_code = CURLE_PARTIAL_FILE; }
  SUBCASE("closed by us") { seen.how = ending::by_close; }
  SUBCASE("timed out") { seen.how = ending::by_timeout; }
  CHECK(classify(seen).what == knowledge::ambiguous);
}

TEST_CASE("whatever curl says after the start is ambiguous") {
  for (int code = CURLE_OK; code < CURL_LAST; ++code) {
    CAPTURE(code);
    CHECK(classify(after_start(code)).what == knowledge::ambiguous);
    CHECK_FALSE(classify(after_start(code)).code.name.empty());
  }
}

TEST_CASE("whatever curl says before the start, nothing was sent") {
  for (int code = CURLE_OK; code < CURL_LAST; ++code) {
    CAPTURE(code);
    evidence seen;
    seen.curl_code = code;
    CHECK(classify(seen).what == knowledge::not_sent);
    CHECK_FALSE(classify(seen).code.name.empty());
  }
}

TEST_CASE("any trace of the request is enough to make it ambiguous") {
  for (const ending how : {ending::by_curl, ending::by_close, ending::by_timeout}) {
    evidence seen;
    seen.how = how;
    seen.curl_code = CURLE_COULDNT_CONNECT;
    CHECK(classify(seen).what == knowledge::not_sent);
    evidence handed_over = seen;
    handed_over.body_handed_over = 1;
    CHECK(classify(handed_over).what == knowledge::ambiguous);
    evidence replied = seen;
    replied.status = 200;
    CHECK(classify(replied).what == knowledge::ambiguous);
    evidence began = seen;
    began.began = true;
    CHECK(classify(began).what == knowledge::ambiguous);
  }
}

TEST_CASE("the code names the cause, before and after the start") {
  const auto before = [](int code) {
    evidence seen;
    seen.curl_code = code;
    return classify(seen).code;
  };
  CHECK(before(CURLE_COULDNT_RESOLVE_HOST) == triggerd::transport::codes::resolve);
  CHECK(before(CURLE_COULDNT_RESOLVE_PROXY) == triggerd::transport::codes::resolve);
  CHECK(before(CURLE_COULDNT_CONNECT) == triggerd::transport::codes::connect);
  CHECK(before(CURLE_RECV_ERROR) == triggerd::transport::codes::connect);  // a proxy that refused the tunnel
  CHECK(before(CURLE_OPERATION_TIMEDOUT) == triggerd::transport::codes::timeout);
  CHECK(before(CURLE_PEER_FAILED_VERIFICATION) == triggerd::transport::codes::tls);
  CHECK(before(CURLE_UNSUPPORTED_PROTOCOL) == triggerd::transport::codes::unusable);
  const auto after = [](int code) { return classify(after_start(code)).code; };
  // 52, 55, 56, 16, 18 and 92
  for (const int code : {CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_HTTP2, CURLE_PARTIAL_FILE,
                         CURLE_HTTP2_STREAM, CURLE_COULDNT_CONNECT, CURLE_OK})
    CHECK(after(code) == triggerd::transport::codes::broken);
  CHECK(after(CURLE_SEND_FAIL_REWIND) == triggerd::transport::codes::resend_refused);  // 65
  CHECK(after(CURLE_OPERATION_TIMEDOUT) == triggerd::transport::codes::timeout);
  CHECK(after(CURLE_OUT_OF_MEMORY) == triggerd::transport::codes::too_large);  // a header line over curl's own limit
  CHECK(after(CURLE_UNSUPPORTED_PROTOCOL) == triggerd::transport::codes::protocol);
}

TEST_CASE("a request that the server refused unprocessed counts as not sent, unless it replied") {
  for (const ending how : {ending::by_curl, ending::by_close, ending::by_timeout}) {
    evidence seen = after_start(CURLE_SEND_FAIL_REWIND);
    seen.how = how;
    seen.body_handed_over = 7;
    seen.refused_second_start = true;
    CHECK(classify(seen).what == knowledge::ambiguous);
    seen.refused_by_server = true;
    CHECK(classify(seen).what == knowledge::not_sent);
    CHECK(classify(seen).code == triggerd::transport::codes::refused);
    seen.status = 200;
    CHECK(classify(seen).what == knowledge::ambiguous);
  }
}

TEST_CASE("a process without descriptors is busy, and its first attempt remains sent") {
  evidence seen;
  seen.curl_code = CURLE_COULDNT_CONNECT;
  seen.out_of_descriptors = true;
  CHECK(classify(seen).what == knowledge::not_sent);
  CHECK(classify(seen).code == triggerd::transport::codes::busy);
  seen.began = true;
  CHECK(classify(seen).what == knowledge::ambiguous);
  CHECK(classify(seen).code == triggerd::transport::codes::broken);
}

TEST_CASE("what we did ourselves is named before what curl made of it") {
  evidence seen = after_start(CURLE_WRITE_ERROR);
  seen.over_limit = true;
  CHECK(classify(seen).code == triggerd::transport::codes::too_large);
  seen.refused_second_start = true;
  CHECK(classify(seen).code == triggerd::transport::codes::resend_refused);
  seen.how = ending::by_timeout;
  CHECK(classify(seen).code == triggerd::transport::codes::timeout);
  seen.how = ending::by_close;
  CHECK(classify(seen).code == triggerd::transport::codes::closed);
}
