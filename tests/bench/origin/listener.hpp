// A listening socket, in clear or with TLS.
#pragma once

#include "bench/origin/loop.hpp"
#include "bench/origin/service.hpp"

#include <openssl/ssl.h>

#include <memory>
#include <string>

namespace origin {

struct context_deleter {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using tls_context = std::unique_ptr<SSL_CTX, context_deleter>;

// Session tickets are on, as they are by default; throws std::runtime_error when a file does not serve.
tls_context make_context(const std::string& certificate, const std::string& key);

class listener final : public watcher {
 public:
  // address: HOST:PORT with a numeric IPv4 host; port 0 is chosen by the kernel. Throws std::runtime_error.
  listener(loop& on, service& api, const std::string& address, SSL_CTX* context, std::uint32_t most_streams);

  std::string address() const;
  void ready(std::uint32_t events) override;

 private:
  loop& loop_;
  service& api_;
  SSL_CTX* context_;
  std::uint32_t most_streams_;
  int socket_;
};

}  // namespace origin
