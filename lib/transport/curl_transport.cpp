#include "transport/curl_transport.hpp"

#include "transport/codes.hpp"

#include <cassert>

namespace triggerd::transport {

curl_transport::~curl_transport() { assert(in_flight_ == 0 && "curl_transport destroyed with requests in flight"); }

task<outcome> curl_transport::perform(request what) {
  // Apart from the frame, which would be large with it: see boxed.hpp.
  const auto owned = std::make_unique<curl_exchange>(std::move(what), loop_.time());
  curl_exchange& exchange = *owned;
  ++in_flight_;
  begin(exchange);
  std::optional<cancellation::listener> stop;
  if (exchange.asked().stop != nullptr) stop.emplace(*exchange.asked().stop, [&exchange] { exchange.abandon(); });
  co_await exchange.done.wait();
  --in_flight_;
  count(exchange);
  co_return std::move(exchange.out);
}

void curl_transport::begin(curl_exchange& exchange) {
  if (const auto sound = check(exchange.asked()); !sound) {
    exchange.refuse(sound.error());
    return;
  }
  if (loop_.lookups_are_stuck()) {
    exchange.refuse(fail(codes::busy, "too many name lookups hang; check the system's name servers"));
    return;
  }
  if (const auto opened = open_for(exchange.asked()); !opened) {
    exchange.refuse(opened.error());
    return;
  }
  multi_->start(exchange, *options_, trust_);
}

result<> curl_transport::open_for(const request& what) {
  if (!multi_ && !loop_.make_room())
    return fail(codes::busy, "every connection set this process may hold is in use; raise its limit of open files");
  if (!trust_ && needs_trust(what, *options_)) {
    auto trust = options_->tls.ca.empty() ? loop_.system_trust() : load_trust(options_->tls.ca);
    if (!trust) return trust.error();
    trust_ = std::move(*trust);
  }
  if (!multi_) multi_ = std::make_unique<curl_multi>(loop_, *options_, [this] { close(); });
  return {};
}

void curl_transport::close() {
  // Out of the member first: ending its exchanges must not find it.
  const std::unique_ptr<curl_multi> gone = std::move(multi_);
  trust_.reset();
}

void curl_transport::count(const curl_exchange& exchange) {
  ++totals_.requests;
  totals_.connections += static_cast<std::uint64_t>(exchange.connections());
  totals_.bytes_sent += exchange.out.sent_bytes;
  totals_.bytes_received += exchange.out.received_bytes;
}

}  // namespace triggerd::transport
