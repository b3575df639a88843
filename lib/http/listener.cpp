#include "http/listener.hpp"

#include "http/codes.hpp"
#include "http/connection.hpp"

#include <boost/asio/redirect_error.hpp>

#include <charconv>

namespace triggerd::http {

namespace {

constexpr auto accept_pause = milliseconds(200);  // after a failed accept: out of descriptors, mostly

}  // namespace

result<asio::ip::tcp::endpoint> loopback_endpoint(std::string_view text) {
  const auto bad = [&](const char* why) { return fail(codes::address, '"' + std::string(text) + "\" " + why); };
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return bad("is not host:port");
  std::string_view host = text.substr(0, colon);
  const std::string_view digits = text.substr(colon + 1);
  std::uint16_t port = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (read.ec != std::errc() || read.ptr != digits.data() + digits.size()) return bad("has no port from 0 to 65535");
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host == "localhost") host = "127.0.0.1";
  boost::system::error_code ec;
  const auto address = asio::ip::make_address(std::string(host), ec);
  if (ec) return bad("has no numeric address");
  if (!address.is_loopback()) return bad("is not a loopback address; only this machine may connect");
  return asio::ip::tcp::endpoint(address, port);
}

listener::listener(asio::any_io_executor loop, timers& timers, const clock& clock, log& log, handler answers,
                   listener_options options)
    : loop_(loop),
      timers_(timers),
      clock_(clock),
      log_(log),
      answers_(std::move(answers)),
      options_(options),
      acceptor_(loop),
      children_(loop) {}

listener::~listener() = default;

result<> listener::listen(std::string_view address) {
  const auto endpoint = loopback_endpoint(address);
  if (!endpoint) return endpoint.error();
  boost::system::error_code ec;
  acceptor_.open(endpoint->protocol(), ec);
  if (!ec) acceptor_.set_option(asio::socket_base::reuse_address(true), ec);
  if (!ec) acceptor_.bind(*endpoint, ec);
  if (!ec) acceptor_.listen(asio::socket_base::max_listen_connections, ec);
  if (ec) {
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    return fail(codes::listen, "cannot listen on " + std::string(address) + ": " + ec.message());
  }
  children_.spawn(accept());
  return {};
}

std::uint16_t listener::port() const {
  boost::system::error_code ec;
  return acceptor_.local_endpoint(ec).port();
}

std::string listener::address() const {
  boost::system::error_code ec;
  const auto at = acceptor_.local_endpoint(ec);
  const std::string host = at.address().to_string();
  return (at.address().is_v6() ? '[' + host + ']' : host) + ':' + std::to_string(at.port());
}

task<> listener::accept() {
  bool told = false;  // of failures in a row once: they come five times a second
  while (!closing_.requested()) {
    protocol::socket wire(loop_);
    boost::system::error_code ec;
    co_await acceptor_.async_accept(wire, asio::redirect_error(asio::use_awaitable, ec));
    if (closing_.requested()) break;
    if (ec) {
      if (!told) log_.warning("cannot accept on the HTTP listener: " + ec.message());
      told = true;
      co_await sleep_for(timers_, clock_, accept_pause, closing_);
      continue;
    }
    told = false;
    if (connections_.size() >= options_.most_connections) continue;  // the socket closes here
    auto one = std::make_shared<connection>(std::move(wire), answers_, options_.most_body, timers_, clock_);
    connections_.push_back(one);
    children_.spawn(serve(std::move(one)));
  }
}

task<> listener::serve(std::shared_ptr<connection> one) {
  co_await one->serve();
  connections_.remove(one);
}

task<> listener::close() {
  closing_.request();
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  const auto now = connections_;  // stopping may end one and change the list
  for (const auto& one : now) one->stop();
  co_await children_.join();
}

}  // namespace triggerd::http
