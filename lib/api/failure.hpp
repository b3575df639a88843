// Why a call has no result, as far as one may know. Pure.
#pragma once

#include "api/operation.hpp"
#include "api/rate.hpp"
#include "base/clock.hpp"
#include "base/redaction.hpp"

#include <boost/system/result.hpp>

#include <optional>

namespace triggerd::api {

enum class failure_kind {
  not_sent,    // no byte left: repeating is always safe
  ambiguous,   // it may have had its effect, and repeating it could double it
  throttled,   // 429: it had no effect; wait and repeat
  transient,   // the server failed; repeating has one effect at most
  credential,  // 401: the key, or the branch it is used with
  refused,     // for good
};
std::string_view name(failure_kind kind);  // "not-sent", "ambiguous", ...

struct failure {
  failure_kind kind = failure_kind::refused;
  error what;
  int status = 0;                    // 0: no reply
  std::optional<milliseconds> wait;  // what the server asked for; throttled only
  bool may_have_happened = false;    // ambiguous, and a mutation that the server answered with 5xx or not at all
  std::optional<bool> should_retry;  // x-should-retry, when the reply had it
};

template <class T>
using answer = boost::system::result<T, failure>;

[[noreturn]] void throw_exception_from_error(const failure& f, const boost::source_location& where);

// Refused here, before anything was sent.
failure refused_here(error why);

// Nullopt for a 2xx. Ambiguous is: no whole reply after a byte was sent; and for every call that is not repeatable()
// also any 5xx and 408. A call that only reads is never ambiguous, only transient.
// 404 with x-should-retry: true is transient. `now` reads x-ratelimit-reset (ms or s since 1970) and turns it into a wait.
std::optional<failure> classify(const call& what, const transport::outcome& seen, instant now);

// A 2xx that could not be read: ambiguous when it mutates and is not repeatable, else transient.
failure unreadable(const call& what, const transport::outcome& seen, error why);

// The server's words out of any of its error bodies (contract API.md 4.1), printable and bounded; "" for HTML. What the
// net knows is hidden, and what looks like a key; of calls about variables, classify() lets it know the values.
std::string peer_words(const transport::response& reply, const redaction& net = {});

}  // namespace triggerd::api
