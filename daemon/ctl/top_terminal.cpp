#include "ctl/top_terminal.hpp"

#include <cerrno>

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace triggerd::ctl {

namespace {

// Lines do not wrap, so that one the terminal finds wider than we do stays in its row.
constexpr std::string_view take_over = "\033[?1049h\033[?25l\033[?7l";
constexpr std::string_view give_back = "\033[?7h\033[?25h\033[?1049l";

std::string at_row(std::size_t row) { return "\033[" + std::to_string(row + 1) + ";1H\033[2K"; }

}  // namespace

top_terminal::top_terminal() {
  ::tcgetattr(STDIN_FILENO, &before_);
  termios raw = before_;
  raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO | ISIG | IEXTEN);
  raw.c_iflag &= ~static_cast<tcflag_t>(IXON | ICRNL);
  raw.c_cc[VMIN] = 1;
  raw.c_cc[VTIME] = 0;
  ::tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
  write(take_over);
}

top_terminal::~top_terminal() {
  write(give_back);
  ::tcsetattr(STDIN_FILENO, TCSADRAIN, &before_);
}

void top_terminal::draw(const std::vector<std::string>& lines) {
  std::string out;
  if (shown_.size() != lines.size()) {
    out = "\033[2J";
    shown_.assign(lines.size(), "");
  }
  for (std::size_t row = 0; row < lines.size(); ++row)
    if (lines[row] != shown_[row]) out += at_row(row) + lines[row];
  shown_ = lines;
  write(out);
}

std::string top_terminal::read() {
  char buffer[1u << 10];
  const ssize_t got = ::read(STDIN_FILENO, buffer, sizeof buffer);
  if (got > 0) return {buffer, static_cast<std::size_t>(got)};
  gone_ = gone_ || got == 0 || (errno != EINTR && errno != EAGAIN);
  return {};
}

void top_terminal::write(std::string_view bytes) {
  while (!bytes.empty() && !gone_) {
    const ssize_t done = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
    if (done >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(done));
      continue;
    }
    if (errno == EAGAIN) {
      pollfd one{STDOUT_FILENO, POLLOUT, 0};
      ::poll(&one, 1, -1);
    } else if (errno != EINTR) {
      gone_ = true;
    }
  }
}

top_signals::top_signals() {
  sigset_t ours;
  ::sigemptyset(&ours);
  for (const int one : {SIGWINCH, SIGCONT, SIGTERM, SIGHUP, SIGINT, SIGQUIT}) ::sigaddset(&ours, one);
  ::sigprocmask(SIG_BLOCK, &ours, &before_);
  descriptor_ = ::signalfd(-1, &ours, SFD_CLOEXEC | SFD_NONBLOCK);
}

top_signals::~top_signals() {
  if (descriptor_ >= 0) ::close(descriptor_);
  ::sigprocmask(SIG_SETMASK, &before_, nullptr);
}

int top_signals::take() {
  signalfd_siginfo one{};
  return ::read(descriptor_, &one, sizeof one) == sizeof one ? static_cast<int>(one.ssi_signo) : 0;
}

}  // namespace triggerd::ctl
