#include "http/connection.hpp"

#include "base/text.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>

#include <algorithm>

#include <sys/socket.h>

namespace triggerd::http {

namespace {

namespace beast_http = boost::beast::http;

constexpr int ticks_per_second = 10;  // of a slow reply
constexpr auto tick = milliseconds(1'000) / ticks_per_second;
constexpr auto drain_time = seconds(2);

request taken(beast_http::request<beast_http::string_body> from) {
  request out;
  out.method = std::string(from.method_string());
  out.target = std::string(from.target());
  for (const auto& field : from)
    out.headers.emplace_back(text::lower(std::string(field.name_string())), std::string(field.value()));
  out.body = std::move(from.body());
  return out;
}

bool expects_continue(const beast_http::request<beast_http::string_body>& head) {
  return boost::beast::iequals(head[beast_http::field::expect], "100-continue");
}

}  // namespace

connection::connection(socket wire, const handler& answers, std::size_t most_body, timers& timers, const clock& clock)
    : wire_(std::move(wire)), answers_(answers), most_body_(most_body), timers_(timers), clock_(clock) {
  boost::system::error_code ignored;
  wire_.set_option(asio::ip::tcp::no_delay(true), ignored);
}

task<> connection::serve() {
  while (!stopping_.requested() && wire_.is_open()) {
    parser next;
    next.header_limit(static_cast<std::uint32_t>(limits::request_headers));
    next.body_limit(most_body_);
    const bool whole = co_await read_into(next);
    if (!whole) break;
    const outcome then = co_await answer(next);
    if (then == outcome::end) break;
  }
  close();
}

// A whole request; false when there is none, or none that can be answered.
task<bool> connection::read_into(parser& from) {
  boost::system::error_code ec;
  reading_head_ = true;
  while (!ec && !from.is_header_done()) co_await read_more(from, ec);
  reading_head_ = false;
  if (!ec && expects_continue(from.get())) {
    std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    const bool sent = co_await send_some(go_on);
    if (!sent) co_return false;
  }
  while (!ec && !from.is_done()) co_await read_more(from, ec);
  if (!ec) co_return true;
  if (ec != beast_http::error::end_of_stream &&
      ec.category() == beast_http::make_error_code(beast_http::error::bad_method).category())
    co_await refuse(ec);
  co_return false;
}

task<> connection::read_more(parser& from, boost::system::error_code& ec) {
  expire_after(limits::http_idle);
  co_await beast_http::async_read_some(wire_, buffer_, from, asio::redirect_error(asio::use_awaitable, ec));
  expire_after({});
}

task<> connection::refuse(const boost::system::error_code& why) {
  reply out;
  out.status = 400;
  if (why == beast_http::error::header_limit) out.status = 431;
  if (why == beast_http::error::body_limit) out.status = 413;
  co_await write(out, false, false);
  co_await drain();
}

task<connection::outcome> connection::answer(parser& from) {
  const bool keep_alive = from.get().keep_alive();
  request asked = taken(from.release());
  const bool head_only = asked.method == "HEAD";
  const reply out = co_await answers_(std::move(asked));
  if (out.late.count() > 0) co_await sleep_for(timers_, clock_, out.late, stopping_);
  const bool stays = keep_alive && !stopping_.requested();
  switch (out.how) {
    case reply::ending::reset: reset(); co_return outcome::end;
    case reply::ending::stall: co_await stall(); co_return outcome::end;
    case reply::ending::cut:
      co_await write(out, stays, head_only);
      reset();
      co_return outcome::end;
    case reply::ending::whole: break;
  }
  bool written = co_await write(out, stays, head_only);
  if (written && out.rest && !head_only) written = co_await write_rest(out);
  co_return written&& stays ? outcome::more : outcome::end;
}

task<bool> connection::write(const reply& out, bool keep_alive, bool head_only) {
  std::string bytes = head_of(out, keep_alive, head_only);
  if (!head_only) {
    std::string body = body_of(out);
    if (out.how == reply::ending::cut) {
      // A chunked body starts with its length: cut inside what follows.
      const std::size_t start = out.chunked ? body.find('\n') + 1 : 0;
      body.resize(std::min(body.size(), start + out.cut_after));
    }
    bytes += body;
  }
  const bool sent = co_await send(bytes, out.bytes_per_second);
  co_return sent;
}

// False when the peer is gone: it is noticed with the next part.
task<bool> connection::write_rest(const reply& out) {
  while (true) {
    const std::optional<std::string> part = co_await out.rest();
    if (part && part->empty()) continue;
    const std::string bytes = chunk_of(part ? std::string_view(*part) : std::string_view());
    const bool sent = co_await send(bytes, out.bytes_per_second);
    if (!sent || !part) co_return sent;
  }
}

task<bool> connection::send(std::string_view bytes, std::size_t per_second) {
  while (!bytes.empty()) {
    const bool slow = per_second > 0 && !stopping_.requested();
    const std::size_t now = slow ? std::max<std::size_t>(1, per_second / ticks_per_second) : bytes.size();
    std::string_view part = bytes.substr(0, now);
    bytes.remove_prefix(part.size());
    while (!part.empty()) {
      const bool sent = co_await send_some(part);
      if (!sent) co_return false;
    }
    if (slow && !bytes.empty()) co_await sleep_for(timers_, clock_, tick, stopping_);
  }
  co_return true;
}

task<bool> connection::send_some(std::string_view& bytes) {
  boost::system::error_code ec;
  const auto rest = asio::buffer(bytes.data(), bytes.size());
  expire_after(limits::http_write);
  const std::size_t sent = co_await wire_.async_write_some(rest, asio::redirect_error(asio::use_awaitable, ec));
  expire_after({});
  bytes.remove_prefix(sent);
  co_return !ec;
}

// Until the peer is gone, or this listener.
task<> connection::stall() {
  reading_head_ = true;  // stop() may close
  expire_after(limits::http_stall);
  co_await drain();
}

task<> connection::drain() {
  char waste[4096];
  boost::system::error_code ec;
  if (deadline_ == 0) {
    expire_after(drain_time);
    wire_.shutdown(socket::shutdown_send, ec);
  }
  ec.clear();
  while (!ec) {
    const auto space = asio::buffer(waste);
    co_await wire_.async_read_some(space, asio::redirect_error(asio::use_awaitable, ec));
  }
  expire_after({});
}

void connection::stop() {
  stopping_.request();
  if (reading_head_) close();
}

void connection::reset() {
  if (!wire_.is_open()) return;
  boost::system::error_code ignored;
  wire_.set_option(asio::socket_base::linger(true, 0), ignored);
  close();
}

void connection::close() {
  boost::system::error_code ignored;
  if (wire_.is_open()) wire_.close(ignored);
  expire_after({});
}

void connection::expire_after(std::chrono::nanoseconds how_long) {
  timers_.disarm(deadline_);
  deadline_ = 0;
  if (how_long.count() > 0)
    deadline_ = timers_.arm(clock_.steady() + how_long, [this] {
      deadline_ = 0;
      close();
    });
}

}  // namespace triggerd::http
