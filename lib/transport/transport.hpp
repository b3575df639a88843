// One HTTP exchange: what we send, what came back, and what we know when nothing came back.
#pragma once

#include "base/async.hpp"
#include "base/error.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace triggerd::transport {

// Names are compared without case. A multimap in order of arrival: a batch 429 carries every x-ratelimit-* header twice.
// All stand in one text, because every reply brings a dozen. What is found is a view into it: until the next add(), or a
// move.
class headers {
 public:
  void add(std::string_view name, std::string_view value);
  std::optional<std::string_view> first(std::string_view name) const;
  std::vector<std::string_view> all(std::string_view name) const;
  std::vector<std::pair<std::string_view, std::string_view>> list() const;

 private:
  struct line {
    std::size_t name = 0;   // where it begins
    std::size_t value = 0;  // where it ends, and its value begins
    std::size_t end = 0;
  };
  std::string_view between(std::size_t begin, std::size_t end) const {
    return std::string_view(text_).substr(begin, end - begin);
  }

  std::string text_;
  std::vector<line> lines_;
};

// Takes the body of a 2xx piece by piece, as it comes. Called on the loop from within the transport's work: it must not
// call the transport. Lives until perform() is over.
class body_sink {
 public:
  virtual ~body_sink() = default;
  virtual void began(int status, const headers& head) = 0;  // once, before the first piece or the end
  virtual bool take(std::string_view piece) = 0;            // false: enough, the exchange ends as answered
};

struct request {
  std::string method;                                        // "GET", "POST", ...
  std::string url;                                           // absolute; never holds a secret
  std::vector<std::pair<std::string, std::string>> headers;  // the bearer token is here: wiped after use
  std::shared_ptr<const std::string> body;                   // null: none
  bool chunked = false;     // NDJSON items only: Transfer-Encoding chunked instead of Content-Length
  bool mutation = true;     // curl must not send it twice behind our back
  bool repeatable = false;  // it would do no harm if curl did
  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds first_byte_timeout{30'000};  // from the request's end to the first byte of the reply
  std::chrono::milliseconds stall_timeout{30'000};       // no byte in either direction for so long, in a transfer
  std::chrono::milliseconds reply_timeout{600'000};      // from its first byte to its last, where it is kept
  std::size_t most_bytes = 32u << 20;                    // of the reply's body, where it is kept
  body_sink* sink = nullptr;                             // of a 2xx; the reply's body stays empty then
  cancellation* stop = nullptr;                          // ends the exchange as close() does; outlives it
};

struct response {
  int status = 0;
  headers head;
  std::string body;
};

// The three things one can know after an exchange.
enum class knowledge {
  not_sent,   // no byte of the request left, or the server said that it did nothing of it: repeating is always safe
  ambiguous,  // something left and no whole reply came: the effect may or may not have happened
  answered,   // a whole reply is here
};

struct outcome {
  knowledge what = knowledge::not_sent;
  int native_code = 0;  // curl's, for the log
  response reply;       // answered only; status is also set when a reply broke off after its head
  error failure;        // not_sent and ambiguous; codes in transport/codes.hpp
  std::chrono::nanoseconds took{0};
  std::uint64_t sent_bytes = 0;
  std::uint64_t received_bytes = 0;
};

// Connections of one target: nothing is shared with another instance but the loop.
class transport {
 public:
  virtual ~transport() = default;
  // Always completes: with an outcome, never with an exception. Any number at once.
  virtual task<outcome> perform(request what) = 0;
  // Ends every exchange as not_sent or ambiguous at once and closes the connections; perform() may be called again.
  virtual void close() = 0;
  virtual std::size_t in_flight() const = 0;
};

struct counters {
  std::uint64_t requests = 0;
  std::uint64_t connections = 0;  // opened
  std::uint64_t bytes_sent = 0;
  std::uint64_t bytes_received = 0;
};

}  // namespace triggerd::transport
