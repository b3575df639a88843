// The signals that are aliases of commands.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <functional>

namespace triggerd {

struct signal_actions {
  std::function<void()> reload;  // HUP
  std::function<void()> stop;    // TERM, and INT unless it was ignored when we began: a shell's background job
  std::function<void()> status;  // USR1
};

class signals {
 public:
  signals(boost::asio::io_context& loop, signal_actions what);
  void close();  // they are ignored from then on: the end is under way

 private:
  void wait();

  boost::asio::signal_set set_;
  signal_actions what_;
};

}  // namespace triggerd
