#include "control/client.hpp"

#include "base/limits.hpp"
#include "base/text.hpp"
#include "control/codes.hpp"

#include <boost/throw_exception.hpp>

#include <cerrno>
#include <cstring>
#include <stdexcept>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace triggerd::control {

namespace {

error system_failure(error_code code, const std::string& doing) {
  return fail(code, doing + ": " + std::strerror(errno));
}

failure failed(error why) {
  failure out;
  out.why = std::move(why);
  return out;
}

failure failed(reply_message answer) {
  failure out;
  out.why = fail(codes::refused, "the daemon answered " + text::printable(answer.error, 128));
  out.name = std::move(answer.error);
  out.parameters = std::move(answer.parameters);
  return out;
}

answer answer_of(boost::system::result<reply_message, error> got) {
  if (!got) return failed(got.error());
  if (!got->error.empty()) return failed(std::move(*got));
  return std::move(got->parameters);
}

// True when ready, false when the time is over.
result<bool> ready(int descriptor, short events, client::patience wait) {
  pollfd one{descriptor, events, 0};
  const int most = wait ? static_cast<int>(wait->count()) : -1;
  int got = 0;
  do got = ::poll(&one, 1, most);
  while (got < 0 && errno == EINTR);
  if (got < 0) return system_failure(codes::lost, "poll");
  return got > 0;
}

error too_late() { return fail(triggerd::codes::timeout, "the daemon did not answer in time"); }

}  // namespace

bool failure::is(std::string_view last_part) const {
  const std::size_t dot = name.rfind('.');
  return dot != std::string::npos && std::string_view(name).substr(dot + 1) == last_part;
}

void throw_exception_from_error(const failure& f, const boost::source_location& where) {
  boost::throw_exception(std::logic_error("unchecked failure: " + f.why.describe()), where);
}

client::client(int descriptor) : descriptor_(descriptor), frames_(limits::control_reply) {}

client::client(client&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), frames_(std::move(other.frames_)) {}

client& client::operator=(client&& other) noexcept {
  if (this == &other) return *this;
  close();
  descriptor_ = std::exchange(other.descriptor_, -1);
  frames_ = std::move(other.frames_);
  return *this;
}

client::~client() { close(); }

void client::close() {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

result<client> client::connect(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path)
    return fail(codes::no_daemon, "the socket's path is too long: " + text::printable(path));
  std::memcpy(address.sun_path, path.data(), path.size());
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return system_failure(codes::socket, "cannot make a socket");
  client made(descriptor);
  if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return made;
  if (errno == EACCES || errno == EPERM) return fail(codes::denied, "this user may not open " + text::printable(path));
  if (errno == ENOENT || errno == ECONNREFUSED || errno == ENOTDIR || errno == ENOTSOCK)
    return fail(codes::no_daemon, "no daemon listens on " + text::printable(path) +
                                      "; start triggerd, or name its socket with --socket or TRIGGERD_SOCKET");
  return system_failure(codes::no_daemon, "cannot connect to " + text::printable(path));
}

result<> client::send(const std::string& bytes, patience wait) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const auto can = ready(descriptor_, POLLOUT, wait);
    if (!can) return can.error();
    if (!*can) return too_late();
    const ssize_t sent = ::send(descriptor_, bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) {
      done += static_cast<std::size_t>(sent);
      continue;
    }
    // The daemon hung up; its last words, which say why, may still be there to read.
    if (errno == EPIPE || errno == ECONNRESET) return {};
    if (errno != EAGAIN && errno != EINTR) return system_failure(codes::lost, "cannot send to the daemon");
  }
  return {};
}

boost::system::result<reply_message, error> client::receive(patience wait) {
  for (;;) {
    if (auto message = frames_.take()) return parse_reply(*message);
    const auto can = ready(descriptor_, POLLIN, wait);
    if (!can) return can.error();
    if (!*can) return too_late();
    char buffer[64u << 10];
    const ssize_t got = ::recv(descriptor_, buffer, sizeof buffer, MSG_DONTWAIT);
    if (got == 0) return fail(codes::lost, "the daemon closed the connection");
    if (got < 0) {
      if (errno == EAGAIN || errno == EINTR) continue;
      return system_failure(codes::lost, "the connection to the daemon broke");
    }
    if (!frames_.feed(std::string_view(buffer, static_cast<std::size_t>(got))))
      return fail(codes::too_large, "the daemon's reply is too large");
  }
}

answer client::call(const std::string& method, nlohmann::json parameters, patience wait) {
  call_message asked;
  asked.method = method;
  asked.parameters = std::move(parameters);
  if (const auto sent = send(encode(asked), wait); !sent) return failed(sent.error());
  return answer_of(receive(wait));
}

result<> client::ask(const std::string& method, nlohmann::json parameters) {
  call_message asked;
  asked.method = method;
  asked.parameters = std::move(parameters);
  return send(encode(asked), milliseconds(0));
}

std::optional<answer> client::taken() {
  auto got = receive(milliseconds(0));
  if (!got && got.error().code == triggerd::codes::timeout) return std::nullopt;
  return answer_of(std::move(got));
}

answer client::call_more(const std::string& method, nlohmann::json parameters,
                         const std::function<bool(const nlohmann::json&)>& each, patience wait) {
  call_message asked;
  asked.method = method;
  asked.parameters = std::move(parameters);
  asked.more = true;
  if (const auto sent = send(encode(asked), wait); !sent) return failed(sent.error());
  for (;;) {
    auto got = receive(wait);
    if (!got) return failed(got.error());
    if (!got->error.empty()) return failed(std::move(*got));
    if (!got->continues) return std::move(got->parameters);
    if (!each(got->parameters)) {
      close();
      return std::move(got->parameters);
    }
  }
}

}  // namespace triggerd::control
