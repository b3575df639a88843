#include "control/server.hpp"

#include "base/limits.hpp"
#include "control/codes.hpp"
#include "control/session.hpp"

#include <boost/asio/redirect_error.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

namespace triggerd::control {

namespace {

constexpr auto accept_pause = milliseconds(200);  // after a failed accept: out of descriptors, mostly

error system_failure(const std::string& doing, const std::string& path) {
  return fail(codes::socket, doing + " " + path + ": " + std::strerror(errno));
}

// Nothing, or a socket that its owner left behind.
result<> clear_path(const std::string& path) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0)
    return errno == ENOENT ? result<>{} : result<>(system_failure("cannot look at", path));
  if (!S_ISSOCK(found.st_mode)) return fail(codes::socket, path + " exists and is not a socket; move it away");
  if (::unlink(path.c_str()) != 0) return system_failure("cannot remove the old socket", path);
  return {};
}

}  // namespace

server::server(asio::any_io_executor loop, timers& timers, const clock& clock, log& log, server_options options)
    : loop_(loop),
      timers_(timers),
      clock_(clock),
      log_(log),
      refused_(timers, clock, log),
      dispatcher_(options.speaks, std::move(options.verbs), std::move(options.about), options.own,
                  std::move(options.audit), refused_, log),
      identify_(std::move(options.identify)),
      acceptor_(loop),
      children_(loop) {
  dispatcher_.set_rules(std::move(options.rules));
}

server::~server() = default;

result<> server::listen(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path)
    return fail(codes::socket,
                "the socket's path must have 1 to " + std::to_string(sizeof address.sun_path - 1) + " bytes: " + path);
  std::memcpy(address.sun_path, path.data(), path.size());
  const auto cleared = clear_path(path);
  if (!cleared) return cleared.error();

  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor < 0) return system_failure("cannot make a socket for", path);
  const auto give_up = [&](const char* doing) {
    const error why = system_failure(doing, path);
    ::close(descriptor);
    return why;
  };
  if (::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return give_up("cannot bind");
  // Before listen(): nobody connects while the umask decides.
  if (::chmod(path.c_str(), 0666) != 0) return give_up("cannot set the mode of");
  if (::listen(descriptor, SOMAXCONN) != 0) return give_up("cannot listen on");
  struct stat made {};
  if (::lstat(path.c_str(), &made) == 0) inode_ = made.st_ino;
  path_ = path;
  open(descriptor);
  return {};
}

result<> server::adopt(int descriptor) {
  int domain = 0;
  int listening = 0;
  socklen_t size = sizeof domain;
  const bool known = ::getsockopt(descriptor, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 &&
                     ::getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) == 0;
  if (!known || domain != AF_UNIX || listening == 0)
    return fail(codes::socket, "descriptor " + std::to_string(descriptor) + " is not a listening unix socket");
  open(descriptor);
  return {};
}

void server::open(int descriptor) {
  acceptor_.assign(protocol(), descriptor);
  children_.spawn(accept());
}

task<> server::accept() {
  bool told = false;  // of failures in a row once: they come five times a second
  while (!closing_.requested()) {
    protocol::socket connection(loop_);
    boost::system::error_code ec;
    co_await acceptor_.async_accept(connection, asio::redirect_error(asio::use_awaitable, ec));
    if (closing_.requested()) break;
    if (ec) {
      if (!told) log_.warning("cannot accept on the control socket: " + ec.message());
      told = true;
      co_await sleep_for(timers_, clock_, accept_pause, closing_);
      continue;
    }
    told = false;
    admit(std::move(connection));
  }
}

void server::admit(protocol::socket connection) {
  const auto who = identify_(connection.native_handle());
  if (!who) {
    log_.warning(who.error().describe());
    return;
  }
  const auto same_user = [&](const std::shared_ptr<session>& s) { return s->who().uid == who->uid; };
  const auto theirs = std::count_if(sessions_.begin(), sessions_.end(), same_user);
  // Strangers may hold every place: who mends that must still come in.
  const bool crowded = sessions_.size() >= limits::control_sessions && dispatcher_.role_of(*who) != role::admin;
  const bool greedy = static_cast<std::size_t>(theirs) >= limits::control_sessions_per_user;
  if (crowded || greedy) {
    refused_.write(*who, greedy ? "holds too many connections to the control socket"
                                : "finds every connection to the control socket taken");
    refuse(connection, greedy ? limits::control_sessions_per_user : limits::control_sessions);
    return;
  }
  auto one = std::make_shared<session>(std::move(connection), *who, dispatcher_, timers_, clock_, refused_);
  sessions_.push_back(one);
  children_.spawn(serve(std::move(one)));
}

// A fresh connection has room for one small message; nobody waits for it.
void server::refuse(protocol::socket& connection, std::size_t most) {
  reply_message out;
  out.error = dispatcher_.crowded_name();
  out.parameters["most"] = most;
  const std::string bytes = encode(out);
  (void)::send(connection.native_handle(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
}

task<> server::serve(std::shared_ptr<session> one) {
  co_await one->serve();
  sessions_.remove(one);
}

task<> server::close() {
  closing_.request();
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  remove_path();
  const auto now = sessions_;  // stopping may end one and change the list
  for (const auto& one : now) one->stop();
  co_await children_.join();
}

// Only what is still ours: another daemon may have taken the path over.
void server::remove_path() {
  struct stat found {};
  if (!path_.empty() && ::lstat(path_.c_str(), &found) == 0 && found.st_ino == inode_) ::unlink(path_.c_str());
  path_.clear();
}

}  // namespace triggerd::control
