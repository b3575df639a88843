#include "transport/idle_connections.hpp"

#include <sys/socket.h>

#include <array>

namespace triggerd::transport {
namespace {

constexpr int most_reads = 64;  // of a peer that floods us; after the shutdown the kernel refuses more by itself

bool has_input(int socket) {
  char byte = 0;
  return ::recv(socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 1;
}

// Curl looks for the end of the stream, which must not stand behind bytes to read.
void end(int socket) {
  (void)::shutdown(socket, SHUT_RDWR);
  std::array<char, 16 * 1024> unwanted;
  for (int i = 0; i < most_reads; ++i)
    if (::recv(socket, unwanted.data(), unwanted.size(), MSG_DONTWAIT) <= 0) return;
}

}  // namespace

std::optional<int> idle_connections::kept_by(CURL* handle) {
  long version = 0;
  curl_socket_t socket = CURL_SOCKET_BAD;
  curl_easy_getinfo(handle, CURLINFO_HTTP_VERSION, &version);
  curl_easy_getinfo(handle, CURLINFO_ACTIVESOCKET, &socket);
  if (socket == CURL_SOCKET_BAD || (version != CURL_HTTP_VERSION_1_0 && version != CURL_HTTP_VERSION_1_1))
    return std::nullopt;
  return socket;
}

void idle_connections::end_stale() {
  std::erase_if(sockets_, [](int socket) {
    if (!has_input(socket)) return false;
    end(socket);
    return true;
  });
}

}  // namespace triggerd::transport
