#include "source/process.hpp"

#include "base/text.hpp"
#include "source/codes.hpp"
#include "source/spawn.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/this_coro.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

namespace triggerd::source {

namespace {

using descriptor = asio::posix::stream_descriptor;

constexpr std::size_t step = 64u << 10;
constexpr std::size_t steps_per_turn = 16;  // more than a pipe holds; then the loop serves others
constexpr std::size_t escaped = 4;          // bytes that one byte may become: \xNN

// A program that runs. Its callbacks hold it alive until its descriptors are closed.
class running : public std::enable_shared_from_this<running> {
 public:
  enum class ending { by_itself, timeout, cancelled, output };

  running(asio::any_io_executor loop, const spawned& child, std::size_t most_output)
      : pid_(child.pid),
        most_output_(most_output),
        life_(loop, child.pidfd),
        out_(loop, child.out),
        err_(loop, child.err) {}

  void watch() {
    watch_end();
    watch_out();
    watch_err();
  }
  // TERM to the group; the caller follows with kill() when that does not help.
  void ask_to_end(ending why) {
    if (gone.is_set() || why_ != ending::by_itself) return;
    why_ = why;
    signal(SIGTERM);
    asked.set(1);
  }
  void kill() { signal(SIGKILL); }

  wakeup asked;  // somebody wants it to end
  wakeup gone;   // it has ended and is reaped; all it wrote is here

  ending why() const { return why_; }
  int status() const { return status_; }
  std::string& out() { return text_; }
  // The end tells why a program failed, so it is the beginning that goes.
  std::string said() const {
    std::string words = text::printable(text::trim(words_), escaped * limits::exec_words);
    if (words.size() <= limits::exec_words) return words;
    std::size_t start = words.size() - limits::exec_words;
    while (start < words.size() && (static_cast<unsigned char>(words[start]) & 0xC0) == 0x80) ++start;
    return "..." + words.substr(start);
  }

 private:
  void watch_end() {
    life_.async_wait(descriptor::wait_read, [self = shared_from_this()](boost::system::error_code ec) {
      if (!ec) self->ended();
    });
  }
  void watch_out() {
    out_.async_wait(descriptor::wait_read, [self = shared_from_this()](boost::system::error_code ec) {
      if (!ec && self->drain_out(steps_per_turn)) self->watch_out();
    });
  }
  void watch_err() {
    err_.async_wait(descriptor::wait_read, [self = shared_from_this()](boost::system::error_code ec) {
      if (!ec && self->drain_err(steps_per_turn)) self->watch_err();
    });
  }

  void ended() {
    // Not reaped yet, so neither its id nor that of its group can belong to anybody else.
    siginfo_t info{};
    ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT | WNOHANG);
    if (info.si_pid == 0) return watch_end();
    signal(SIGKILL);
    // What it wrote stands in the pipes. A descendant that left the group may hold them open: no waiting for their end.
    drain_out(steps_per_turn);
    drain_err(steps_per_turn);
    ::waitpid(pid_, &status_, 0);
    reaped_ = true;
    boost::system::error_code ignored;
    life_.close(ignored);
    out_.close(ignored);
    err_.close(ignored);
    gone.set(1);
    asked.set(0);
  }

  // One read: the bytes, or nullopt at the end and when none are there now; open_ tells which.
  std::optional<std::string_view> piece(descriptor& from) {
    for (;;) {
      const ssize_t got = ::read(from.native_handle(), buffer_.data(), buffer_.size());
      if (got > 0) return std::string_view(buffer_.data(), static_cast<std::size_t>(got));
      if (got < 0 && errno == EINTR) continue;
      open_ = got < 0 && errno == EAGAIN;
      return std::nullopt;
    }
  }

  // False at the end of the pipe, and when nothing of it is wanted any more.
  bool drain_out(std::size_t steps) {
    for (; steps > 0; --steps) {
      const auto bytes = piece(out_);
      if (!bytes) return open_;
      if (text_.size() + bytes->size() > most_output_) return too_much();
      text_ += *bytes;
    }
    return true;
  }
  bool drain_err(std::size_t steps) {
    for (; steps > 0; --steps) {
      const auto bytes = piece(err_);
      if (!bytes) return open_;
      words_ += *bytes;
      if (words_.size() > limits::exec_words) words_.erase(0, words_.size() - limits::exec_words);
    }
    return true;
  }
  bool too_much() {
    if (why_ == ending::by_itself) why_ = ending::output;
    signal(SIGKILL);
    return false;
  }

  void signal(int number) {
    if (!reaped_) ::kill(-pid_, number);
  }

  const pid_t pid_;
  const std::size_t most_output_;
  descriptor life_, out_, err_;
  std::array<char, step> buffer_{};
  std::string text_, words_;
  ending why_ = ending::by_itself;
  int status_ = 0;
  bool reaped_ = false;
  bool open_ = true;  // after the last read
};

result<process_output> outcome(running& child, const process_spec& what) {
  const std::string program = text::printable(what.argv[0], 200);
  std::string said = child.said();
  switch (child.why()) {
    case running::ending::timeout:
      return fail(codes::command_timeout,
                  program + ": did not end within " + text::show(what.timeout) + " and was stopped", std::move(said));
    case running::ending::cancelled: return fail(triggerd::codes::cancelled, program + ": was stopped before it ended");
    case running::ending::output:
      return fail(codes::command_output,
                  program + ": printed more than " + std::to_string(what.most_output) + " bytes and was stopped",
                  std::move(said));
    case running::ending::by_itself: break;
  }
  const int status = child.status();
  if (WIFSIGNALED(status))
    return fail(codes::command_failed, program + ": was ended by signal " + std::to_string(WTERMSIG(status)),
                std::move(said));
  if (WEXITSTATUS(status) != 0)
    return fail(codes::command_failed, program + ": ended with status " + std::to_string(WEXITSTATUS(status)),
                std::move(said));
  process_output out;
  out.out = std::move(child.out());
  out.said = std::move(said);
  return out;
}

}  // namespace

task<result<process_output>> run_process(process_spec what, timers& timers, const clock& time, cancellation& cancel) {
  if (cancel.requested()) co_return fail(triggerd::codes::cancelled, "cancelled before the program was started");
  const asio::any_io_executor loop = co_await asio::this_coro::executor;
  const auto started = spawn(what);
  if (!started) co_return started.error();
  const auto child = std::make_shared<running>(loop, *started, what.most_output);
  child->watch();

  const timer_id limit =
      timers.arm(time.steady() + what.timeout, [child] { child->ask_to_end(running::ending::timeout); });
  {
    const cancellation::listener on_cancel(cancel, [child] { child->ask_to_end(running::ending::cancelled); });
    (void)co_await child->asked.wait();
  }
  timers.disarm(limit);
  const timer_id last = timers.arm(time.steady() + limits::exec_grace, [child] { child->kill(); });
  (void)co_await child->gone.wait();
  timers.disarm(last);
  co_return outcome(*child, what);
}

}  // namespace triggerd::source
