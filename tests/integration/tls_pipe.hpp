// TLS in front of a plain server, byte for byte: what it sends comes out encrypted, HTTP/2 frames and garbage alike, and
// when it closes or resets its connection, the client's ends so too.
#pragma once

#include "integration/tls_front.hpp"

#include <openssl/ssl.h>

#include <cerrno>

namespace triggerd::test {

class tls_pipe {
 public:
  // Shows the certificate of that name. Agrees on the protocol if the client offers it, "h2" or "http/1.1".
  tls_pipe(const certificates& files, int to, std::string protocol = "h2", const std::string& certificate = "server")
      : to_(to), protocol_(static_cast<char>(protocol.size()) + protocol), context_(SSL_CTX_new(TLS_server_method())) {
    SSL_CTX_set_alpn_select_cb(context_, &tls_pipe::choose, &protocol_);
    if (SSL_CTX_use_certificate_chain_file(context_, files.path(certificate + ".pem").c_str()) != 1 ||
        SSL_CTX_use_PrivateKey_file(context_, files.path(certificate + ".key").c_str(), SSL_FILETYPE_PEM) != 1)
      throw std::runtime_error("no certificate " + certificate);
    accepting_ = std::thread([this] { accept(); });
  }
  ~tls_pipe() {
    listener_.stop();
    accepting_.join();
    for (auto& one : pairs_) one->client.interrupt_if_open();
    for (auto& one : pairs_) one->thread.join();
    SSL_CTX_free(context_);
  }
  tls_pipe(const tls_pipe&) = delete;
  tls_pipe& operator=(const tls_pipe&) = delete;

  int port() const { return listener_.port(); }
  int over() const { return over_; }  // connections that were, with all that came on them passed on
  std::string url(std::string_view path = "/") const {
    return "https://127.0.0.1:" + std::to_string(port()) + std::string(path);
  }

 private:
  struct pair {
    explicit pair(int fd) : client(fd) {}
    peer client;
    std::thread thread;
  };

  static int choose(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                    unsigned int offered_size, void* ours) {
    const auto& list = *static_cast<const std::string*>(ours);
    unsigned char* found = nullptr;
    const int end = SSL_select_next_proto(&found, size, reinterpret_cast<const unsigned char*>(list.data()),
                                          static_cast<unsigned int>(list.size()), offered, offered_size);
    *chosen = found;
    return end == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
  }

  // One thread for both directions: an SSL object is not shared.
  static void pass(SSL* inner, peer& client, int fd, int onward) {
    std::string bytes(64 * 1024, '\0');
    for (;;) {
      pollfd ask[2] = {{fd, POLLIN, 0}, {onward, POLLIN, 0}};
      if (SSL_pending(inner) == 0 && ::poll(ask, 2, -1) < 0) return;
      if (SSL_pending(inner) > 0 || ask[0].revents != 0) {
        const int got = SSL_read(inner, bytes.data(), static_cast<int>(bytes.size()));
        if (got <= 0 || ::send(onward, bytes.data(), static_cast<std::size_t>(got), MSG_NOSIGNAL) != got) return;
      }
      if (ask[1].revents == 0) continue;
      const ssize_t got = ::recv(onward, bytes.data(), bytes.size(), 0);
      if (got < 0 && errno == ECONNRESET) client.reset();
      if (got == 0) SSL_shutdown(inner);
      if (got <= 0 || SSL_write(inner, bytes.data(), static_cast<int>(got)) <= 0) return;
    }
  }
  void serve(pair& now, int fd) {
    const int onward = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    at.sin_port = htons(static_cast<std::uint16_t>(to_));
    const bool connected = ::connect(onward, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0;
    SSL* inner = SSL_new(context_);
    SSL_set_fd(inner, fd);
    if (connected && SSL_accept(inner) == 1) pass(inner, now.client, fd, onward);
    SSL_free(inner);
    ::close(onward);
    now.client.close();
    ++over_;
  }
  void accept() {
    for (int fd = listener_.accept(); fd >= 0; fd = listener_.accept()) {
      pairs_.push_back(std::make_unique<pair>(fd));
      pair& now = *pairs_.back();
      now.thread = std::thread([this, &now, fd] { serve(now, fd); });
    }
  }

  int to_;
  std::string protocol_;  // as the extension writes it
  SSL_CTX* context_;
  listener listener_;
  std::list<std::unique_ptr<pair>> pairs_;  // the accepting thread's until it is joined
  std::atomic<int> over_ = 0;
  std::thread accepting_;
};

}  // namespace triggerd::test
