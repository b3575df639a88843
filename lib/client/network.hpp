// All a program needs to make clients on its loop: the machine's clocks and randomness, timers, and libcurl.
#pragma once

#include "base/log.hpp"
#include "client/retrying_client.hpp"
#include "transport/curl_options.hpp"

#include <boost/asio/io_context.hpp>

#include <memory>

namespace triggerd::client {

class network {
 public:
  // Make it on the main thread, before other threads exist: it starts libcurl. `loop` is run by one thread, and outlives
  // it; `journal` gets what somebody should read, null: nothing. At most `most_clients` hold connections at a time.
  static result<std::unique_ptr<network>> make(asio::io_context& loop, log* journal = nullptr,
                                               std::size_t most_clients = 256);
  ~network();  // after close(), when the loop has run dry
  network(const network&) = delete;
  network& operator=(const network&) = delete;

  // A client with connections of its own. It lives as long as it likes within the network's life.
  retrying_client open(settings of, transport::curl_options how = {});

  // Ends what is in flight and lets the loop run dry.
  void close();

 private:
  struct parts;
  explicit network(std::unique_ptr<parts> of);
  std::unique_ptr<parts> parts_;
};

}  // namespace triggerd::client
