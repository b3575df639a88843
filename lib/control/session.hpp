// One connection: messages in, calls one after the other, replies out; bounded on every side.
#pragma once

#include "base/limits.hpp"
#include "control/dispatch.hpp"
#include "control/frame.hpp"

#include <boost/asio/local/stream_protocol.hpp>

namespace triggerd::control {

class session final : public outlet {
 public:
  using socket = asio::local::stream_protocol::socket;
  session(socket connection, peer who, dispatcher& verbs, timers& timers, const clock& clock, complaints& refused);

  // Until the connection is over and the last verb has ended.
  task<> serve();
  // No further calls; what runs may end, what is queued is written until the linger time is over.
  void stop();

  const peer& who() const { return who_; }
  bool send(reply_message message, bool may_drop) override;
  cancellation& gone() override { return gone_; }
  void hang_up() override;

 private:
  task<> read();
  task<> run_calls();
  task<> write();
  void refuse_message(const std::string& why);
  void end_reading();
  void drop();   // the connection is dead
  void watch();  // looks for idle and stuck connections
  void arm_watch();
  bool writing() const { return !outgoing_.empty() || in_write_; }

  socket socket_;
  peer who_;
  dispatcher& verbs_;
  timers& timers_;
  const clock& clock_;
  complaints& refused_;
  cancellation gone_;
  condition changed_;  // of anything below

  frame_reader frames_{limits::control_message};
  std::string input_;
  bool closing_ = false;   // no further calls are taken
  bool read_all_ = false;  // the peer will say no more
  bool running_ = false;   // a verb runs
  bool finished_ = false;  // no further reply will come
  bool dead_ = false;

  std::deque<std::string> outgoing_;
  std::size_t outgoing_bytes_ = 0;
  bool in_write_ = false;
  std::uint64_t missed_ = 0;

  steady_time heard_{}, wrote_{};
  timer_id watch_timer_ = 0;
  timer_id linger_timer_ = 0;
};

}  // namespace triggerd::control
