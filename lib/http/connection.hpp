// One connection of the listener: requests in, one after the other, and the replies out as they are ordered.
#pragma once

#include "base/limits.hpp"
#include "http/message.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

namespace triggerd::http {

class connection {
 public:
  using socket = asio::ip::tcp::socket;
  connection(socket wire, const handler& answers, std::size_t most_body, timers& timers, const clock& clock);

  task<> serve();
  // Ends at once when it waits for a request, after the reply when it works on one.
  void stop();

 private:
  using parser = boost::beast::http::request_parser<boost::beast::http::string_body>;
  enum class outcome { more, end };

  task<bool> read_into(parser& from);
  task<> read_more(parser& from, boost::system::error_code& ec);
  task<> refuse(const boost::system::error_code& why);
  task<outcome> answer(parser& from);
  task<bool> write(const reply& out, bool keep_alive, bool head_only);
  task<bool> write_rest(const reply& out);
  task<bool> send(std::string_view bytes, std::size_t per_second);
  task<bool> send_some(std::string_view& bytes);
  task<> stall();
  task<> drain();
  void reset();
  void close();
  void expire_after(std::chrono::nanoseconds how_long);

  socket wire_;
  const handler& answers_;
  std::size_t most_body_;
  timers& timers_;
  const clock& clock_;
  boost::beast::flat_buffer buffer_;
  cancellation stopping_;
  bool reading_head_ = false;
  timer_id deadline_ = 0;
};

}  // namespace triggerd::http
