// A request as it was read and a reply with the way it shall be written: trouble is part of the reply, so that a
// sandbox can order it.
#pragma once

#include "base/async.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace triggerd::http {

using header_list = std::vector<std::pair<std::string, std::string>>;  // of requests: names in lower case

struct request {
  std::string method;
  std::string target;
  header_list headers;
  std::string body;
};

// The next part of a body that is made over time; nullopt: it is over. Runs on the loop. Must not throw. The listener's
// close() waits until it is over.
using body_source = std::function<task<std::optional<std::string>>()>;

struct reply {
  enum class ending {
    whole,
    reset,  // not a byte is written, the connection is broken with RST
    stall,  // not a byte is written, the connection stays until the peer gives up
    cut,    // the head and `cut_after` bytes of the body, then RST
  };
  int status = 200;
  header_list headers;  // no Content-Length: it is added, or chunks are used
  std::string body;
  body_source rest;  // what follows `body`, in chunks as it comes
  bool chunked = false;
  ending how = ending::whole;
  std::size_t cut_after = 0;
  milliseconds late{0};
  std::size_t bytes_per_second = 0;  // 0: as fast as the peer reads
};

// Runs on the loop. Must not throw.
using handler = std::function<task<reply>(request)>;

// The bytes of a reply: its head, and the body unless `head_only`; with a rest the body is not closed.
std::string head_of(const reply& out, bool keep_alive, bool head_only);
std::string body_of(const reply& out);
// One chunk; the empty one is the last.
std::string chunk_of(std::string_view part);

}  // namespace triggerd::http
