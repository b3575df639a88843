#include "control/session.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>

namespace triggerd::control {

namespace {

constexpr std::size_t read_size = 16u << 10;
constexpr auto watch_every = std::chrono::nanoseconds(limits::control_idle) / 10;

}  // namespace

session::session(socket connection, peer who, dispatcher& verbs, timers& timers, const clock& clock,
                 complaints& refused)
    : socket_(std::move(connection)),
      who_(std::move(who)),
      verbs_(verbs),
      timers_(timers),
      clock_(clock),
      refused_(refused) {}

task<> session::serve() {
  heard_ = wrote_ = clock_.steady();
  arm_watch();
  task_group parts(socket_.get_executor());
  parts.spawn(read());
  parts.spawn(write());
  co_await run_calls();
  finished_ = true;
  changed_.notify_all();
  co_await parts.join();
  timers_.disarm(watch_timer_);
  timers_.disarm(linger_timer_);
}

task<> session::read() {
  input_.resize(read_size);
  while (!dead_ && !closing_) {
    if (frames_.waiting() >= limits::control_pipeline) {
      co_await changed_.wait();
      continue;
    }
    boost::system::error_code ec;
    const auto space = asio::buffer(input_);
    const std::size_t got = co_await socket_.async_read_some(space, asio::redirect_error(asio::use_awaitable, ec));
    if (ec) break;
    heard_ = clock_.steady();
    if (!frames_.feed(std::string_view(input_.data(), got))) break;
    changed_.notify_all();
  }
  read_all_ = true;
  // Calls that came before the end are still answered: a script may close its side once it has asked.
  gone_.request();
  changed_.notify_all();
}

task<> session::run_calls() {
  while (!dead_ && !closing_) {
    // A peer that pipelines but does not read is held back here, not buffered.
    if (writing()) {
      co_await changed_.wait();
      continue;
    }
    auto message = frames_.take();
    if (!message) {
      if (frames_.overflown()) {
        refuse_message("longer than " + std::to_string(limits::control_message) + " bytes");
        break;
      }
      if (read_all_) break;
      co_await changed_.wait();
      continue;
    }
    changed_.notify_all();  // there is room to read again
    auto parsed = parse_call(*message);
    if (!parsed) {
      refuse_message(parsed.error().message);
      break;
    }
    missed_ = 0;
    running_ = true;
    call_message asked = std::move(*parsed);
    co_await verbs_.run(std::move(asked), who_, *this);
    running_ = false;
    heard_ = clock_.steady();
  }
}

void session::refuse_message(const std::string& why) {
  refused_.write(who_, "sent a message that is no varlink call: " + why);
  reply_message out;
  out.error = verbs_.malformed_name();
  out.parameters["reason"] = why;
  send(std::move(out), false);
}

task<> session::write() {
  while (!dead_) {
    if (outgoing_.empty()) {
      if (finished_) break;
      co_await changed_.wait();
      continue;
    }
    const std::string message = std::move(outgoing_.front());
    outgoing_.pop_front();
    in_write_ = true;
    wrote_ = clock_.steady();
    std::size_t done = 0;
    while (done < message.size() && !dead_) {
      boost::system::error_code ec;
      const auto rest = asio::buffer(message.data() + done, message.size() - done);
      done += co_await socket_.async_write_some(rest, asio::redirect_error(asio::use_awaitable, ec));
      if (ec) drop();
      wrote_ = clock_.steady();
    }
    in_write_ = false;
    outgoing_bytes_ -= message.size();
    changed_.notify_all();
  }
  drop();
}

bool session::send(reply_message message, bool may_drop) {
  if (dead_ || finished_) return false;
  if (may_drop && gone_.requested()) return false;
  const bool full = outgoing_.size() >= limits::control_backlog || outgoing_bytes_ >= limits::control_backlog_bytes;
  if (may_drop && full) {
    ++missed_;
    return false;
  }
  if (missed_ > 0 && message.error.empty()) {
    message.parameters["missed"] = missed_;
    missed_ = 0;
  }
  outgoing_.push_back(encode(message));
  outgoing_bytes_ += outgoing_.back().size();
  changed_.notify_all();
  return true;
}

void session::hang_up() {
  closing_ = true;
  end_reading();
}

void session::stop() {
  if (closing_ && linger_timer_ != 0) return;
  hang_up();
  gone_.request();
  linger_timer_ = timers_.arm(clock_.steady() + limits::control_linger, [this] { drop(); });
}

void session::end_reading() {
  boost::system::error_code ignored;
  // Not cancel(): that would end a write too.
  socket_.shutdown(socket::shutdown_receive, ignored);
  changed_.notify_all();
}

void session::drop() {
  if (dead_) return;
  dead_ = true;
  boost::system::error_code ignored;
  socket_.close(ignored);
  gone_.request();
  changed_.notify_all();
}

void session::arm_watch() {
  watch_timer_ = timers_.arm(clock_.steady() + watch_every, [this] { watch(); });
}

void session::watch() {
  const steady_time now = clock_.steady();
  if (writing() && now - wrote_ >= limits::control_idle) {
    refused_.write(who_, "does not read its replies; connection closed");
    drop();
  } else if (!running_ && !writing() && now - heard_ >= limits::control_idle) {
    hang_up();
  }
  if (!dead_) arm_watch();
}

}  // namespace triggerd::control
