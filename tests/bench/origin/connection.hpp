// One accepted socket, in clear or within TLS, and the version of HTTP that its first bytes or TLS chose.
#pragma once

#include "bench/origin/loop.hpp"
#include "bench/origin/protocol.hpp"
#include "bench/origin/service.hpp"

#include <openssl/ssl.h>

#include <memory>

namespace origin {

class connection final : public watcher, public wire, public std::enable_shared_from_this<connection> {
 public:
  // context: null for clear text.
  static void open(loop& on, service& api, int socket, SSL_CTX* context, std::uint32_t most_streams);
  ~connection() override;

  void ready(std::uint32_t events) override;
  void later(std::chrono::milliseconds delay, int stream, reply what) override;

 private:
  connection(loop& on, service& api, int socket, SSL_CTX* context, std::uint32_t most_streams);

  bool receive();
  bool choose(std::string_view first);
  long read_some(char* to, std::size_t room);
  long write_some(const char* from, std::size_t size);
  bool flush();
  void close();

  loop& loop_;
  service& api_;
  std::shared_ptr<connection> self_;  // until it is closed
  std::unique_ptr<protocol> speaks_;
  std::string first_;  // until the protocol is known
  SSL* tls_ = nullptr;
  int socket_;
  std::uint32_t most_streams_;
  bool waits_for_room_ = false;
};

}  // namespace origin
