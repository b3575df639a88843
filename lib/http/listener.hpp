// A small HTTP/1.1 listener that talks to this machine only. It knows no paths: one handler answers everything.
#pragma once

#include "base/limits.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "http/message.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <list>
#include <memory>

namespace triggerd::http {

class connection;

struct listener_options {
  std::size_t most_body = limits::http_body;
  std::size_t most_connections = limits::http_connections;
};

// "127.0.0.1:9464", "[::1]:0", "localhost:4040"; anything but a loopback address is an error.
result<asio::ip::tcp::endpoint> loopback_endpoint(std::string_view text);

class listener {
 public:
  listener(asio::any_io_executor loop, timers& timers, const clock& clock, log& log, handler answers,
           listener_options options = {});
  ~listener();  // after close()
  listener(const listener&) = delete;
  listener& operator=(const listener&) = delete;

  result<> listen(std::string_view address);
  std::uint16_t port() const;   // the one that was given for port 0
  std::string address() const;  // "127.0.0.1:4040", "[::1]:4040"
  std::size_t connections() const { return connections_.size(); }

  // Takes no more connections, ends the idle ones, lets replies under way be written.
  task<> close();

 private:
  using protocol = asio::ip::tcp;
  task<> accept();
  task<> serve(std::shared_ptr<connection> one);

  asio::any_io_executor loop_;
  timers& timers_;
  const clock& clock_;
  log& log_;
  handler answers_;
  listener_options options_;
  protocol::acceptor acceptor_;
  cancellation closing_;
  std::list<std::shared_ptr<connection>> connections_;
  task_group children_;
};

}  // namespace triggerd::http
