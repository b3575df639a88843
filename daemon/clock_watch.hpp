// Says when somebody sets the wall clock. The kernel wakes us then; nothing is polled.
#pragma once

#include "base/log.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <functional>

namespace triggerd {

class clock_watch {
 public:
  clock_watch(boost::asio::io_context& loop, log& to, std::function<void()> changed);
  void close();

 private:
  bool arm();
  void wait();

  boost::asio::posix::stream_descriptor timer_;
  std::function<void()> changed_;
};

}  // namespace triggerd
