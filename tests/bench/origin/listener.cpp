#include "bench/origin/listener.hpp"

#include "bench/origin/connection.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <cstring>
#include <stdexcept>

namespace origin {
namespace {

constexpr int accepted_at_once = 64;
constexpr int backlog = 16 * 1024;

sockaddr_in parse(const std::string& address) {
  sockaddr_in out{};
  const std::size_t colon = address.rfind(':');
  out.sin_family = AF_INET;
  if (colon == std::string::npos || ::inet_pton(AF_INET, address.substr(0, colon).c_str(), &out.sin_addr) != 1)
    throw std::runtime_error(address + " is no HOST:PORT with a numeric host");
  out.sin_port = htons(static_cast<std::uint16_t>(std::stoul(address.substr(colon + 1))));
  return out;
}

int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                    unsigned int offered_size, void*) {
  static constexpr unsigned char ours[] = "\x02h2\x08http/1.1";
  auto* found = const_cast<unsigned char**>(chosen);
  const int how = SSL_select_next_proto(found, size, ours, sizeof ours - 1, offered, offered_size);
  return how == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

}  // namespace

tls_context make_context(const std::string& certificate, const std::string& key) {
  tls_context out(SSL_CTX_new(TLS_server_method()));
  SSL_CTX_set_mode(out.get(),
                   SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_alpn_select_cb(out.get(), choose_protocol, nullptr);
  if (SSL_CTX_use_certificate_chain_file(out.get(), certificate.c_str()) != 1 ||
      SSL_CTX_use_PrivateKey_file(out.get(), key.c_str(), SSL_FILETYPE_PEM) != 1)
    throw std::runtime_error("no certificate and key in " + certificate + " and " + key);
  return out;
}

listener::listener(loop& on, service& api, const std::string& address, SSL_CTX* context, std::uint32_t most_streams)
    : loop_(on), api_(api), context_(context), most_streams_(most_streams) {
  const sockaddr_in at = parse(address);
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int yes = 1;
  ::setsockopt(socket_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (::bind(socket_, reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0 || ::listen(socket_, backlog) != 0)
    throw std::runtime_error(address + ": " + std::strerror(errno));
  loop_.watch(socket_, EPOLLIN, *this);
}

std::string listener::address() const {
  sockaddr_in at{};
  socklen_t size = sizeof at;
  ::getsockname(socket_, reinterpret_cast<sockaddr*>(&at), &size);
  char host[INET_ADDRSTRLEN] = "";
  ::inet_ntop(AF_INET, &at.sin_addr, host, sizeof host);
  return std::string(host) + ':' + std::to_string(ntohs(at.sin_port));
}

void listener::ready(std::uint32_t) {
  for (int i = 0; i < accepted_at_once; ++i) {
    const int accepted = ::accept4(socket_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (accepted < 0) return;
    connection::open(loop_, api_, accepted, context_, most_streams_);
  }
}

}  // namespace origin
