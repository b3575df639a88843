#include "signals.hpp"

#include <csignal>

namespace triggerd {

namespace {

bool ignored(int signal) {
  struct sigaction now {};
  return ::sigaction(signal, nullptr, &now) == 0 && now.sa_handler == SIG_IGN;
}

}  // namespace

signals::signals(boost::asio::io_context& loop, signal_actions what) : set_(loop), what_(std::move(what)) {
  for (const int signal : {SIGHUP, SIGTERM, SIGUSR1}) set_.add(signal);
  if (!ignored(SIGINT)) set_.add(SIGINT);
  wait();
}

void signals::wait() {
  set_.async_wait([this](boost::system::error_code ec, int signal) {
    if (ec) return;
    if (signal == SIGHUP) what_.reload();
    else if (signal == SIGUSR1) what_.status();
    else what_.stop();
    wait();
  });
}

void signals::close() {
  set_.cancel();
  set_.clear();
  for (const int signal : {SIGHUP, SIGTERM, SIGUSR1, SIGINT}) std::signal(signal, SIG_IGN);
}

}  // namespace triggerd
