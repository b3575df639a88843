#include "bench/origin/connection.hpp"

#include "bench/origin/http1.hpp"
#include "bench/origin/http2.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace origin {
namespace {

constexpr long again = -1, ended = 0;
constexpr int reads_at_once = 16;  // then others have their turn

}  // namespace

void connection::open(loop& on, service& api, int socket, SSL_CTX* context, std::uint32_t most_streams) {
  const std::shared_ptr<connection> made(new connection(on, api, socket, context, most_streams));
  made->self_ = made;
  on.watch(socket, EPOLLIN, *made);
}

connection::connection(loop& on, service& api, int socket, SSL_CTX* context, std::uint32_t most_streams)
    : loop_(on), api_(api), socket_(socket), most_streams_(most_streams) {
  const int yes = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  if (context != nullptr) {
    tls_ = SSL_new(context);
    SSL_set_fd(tls_, socket);
    SSL_set_accept_state(tls_);
  }
  ++api_.seen().connections;
  ++api_.seen().open_connections;
}

connection::~connection() {
  SSL_free(tls_);
  ::close(socket_);
  --api_.seen().open_connections;
}

void connection::close() { self_.reset(); }  // the end of this object, mostly

void connection::ready(std::uint32_t events) {
  const bool readable = (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0;
  const bool good = (!readable || receive()) && flush();
  if (!good || (speaks_ && speaks_->is_over() && out.empty())) close();
}

// False: the other side is gone, or said something that cannot be understood.
bool connection::receive() {
  static std::array<char, 64 * 1024> room;
  for (int i = 0; tls_ != nullptr || i < reads_at_once; ++i) {  // what TLS has read nobody would wake us for
    const long size = read_some(room.data(), room.size());
    if (size == again) return true;
    if (size == ended) return false;
    api_.seen().bytes_in += static_cast<std::uint64_t>(size);
    const std::string_view bytes(room.data(), static_cast<std::size_t>(size));
    if (!(speaks_ ? speaks_->take(bytes) : choose(bytes))) return false;
    if (tls_ == nullptr && bytes.size() < room.size()) return true;
  }
  return true;
}

bool connection::choose(std::string_view first) {
  first_ += first;
  if (first_.size() < http2_greeting.size()) return true;
  if (first_.starts_with(http2_greeting)) speaks_ = std::make_unique<http2>(*this, api_, most_streams_);
  else speaks_ = std::make_unique<http1>(*this, api_);
  const bool good = speaks_->take(first_);
  first_ = {};
  return good;
}

long connection::read_some(char* to, std::size_t room) {
  if (tls_ == nullptr) {
    const ssize_t size = ::recv(socket_, to, room, 0);
    if (size > 0) return size;
    return size < 0 && errno == EAGAIN ? again : ended;
  }
  ERR_clear_error();
  const int size = SSL_read(tls_, to, static_cast<int>(room));
  if (size > 0) return size;
  const int why = SSL_get_error(tls_, size);
  return why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE ? again : ended;
}

long connection::write_some(const char* from, std::size_t size) {
  if (tls_ == nullptr) {
    const ssize_t sent = ::send(socket_, from, size, MSG_NOSIGNAL);
    if (sent > 0) return sent;
    return sent < 0 && errno == EAGAIN ? again : ended;
  }
  ERR_clear_error();
  const int sent = SSL_write(tls_, from, static_cast<int>(size));
  if (sent > 0) return sent;
  return SSL_get_error(tls_, sent) == SSL_ERROR_WANT_WRITE ? again : ended;
}

bool connection::flush() {
  std::size_t sent = 0;
  bool full = false;
  while (sent < out.size() && !full) {
    const long size = write_some(out.data() + sent, out.size() - sent);
    if (size == ended) return false;
    full = size == again;
    if (!full) sent += static_cast<std::size_t>(size);
  }
  api_.seen().bytes_out += sent;
  out.erase(0, sent);
  if (full != waits_for_room_) {
    waits_for_room_ = full;
    loop_.change(socket_, full ? EPOLLIN | EPOLLOUT : EPOLLIN, *this);
  }
  return true;
}

void connection::later(std::chrono::milliseconds delay, int stream, reply what) {
  loop_.after(delay, [weak = weak_from_this(), stream, said = std::move(what)]() mutable {
    const auto me = weak.lock();
    if (!me) return;
    me->speaks_->write(stream, std::move(said));
    const bool good = me->speaks_->take({}) && me->flush();  // and what had to wait for this reply
    if (!good || (me->speaks_->is_over() && me->out.empty())) me->close();
  });
}

}  // namespace origin
