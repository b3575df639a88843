// The transport over libcurl: the connections of one target.
//
// curl's handle is made at the first request and goes after limits::client_idle without one, by close(), or when another
// target needs its place. Nothing is shared with another instance but the loop and the system's certificate authorities.
#pragma once

#include "transport/curl_loop.hpp"
#include "transport/curl_multi.hpp"
#include "transport/curl_options.hpp"
#include "transport/transport.hpp"

#include <memory>

namespace triggerd::transport {

class curl_transport final : public transport {
 public:
  // The loop must outlive it. Files of `options.tls` are read at the first request after a close.
  curl_transport(curl_loop& loop, std::shared_ptr<const curl_options> options)
      : loop_(loop), options_(std::move(options)) {}
  curl_transport(curl_loop& loop, curl_options options)
      : curl_transport(loop, std::make_shared<const curl_options>(std::move(options))) {}
  ~curl_transport() override;  // asserts in_flight() == 0: close, let the loop run, then destroy

  task<outcome> perform(request what) override;
  void close() override;
  std::size_t in_flight() const override { return in_flight_; }

  const counters& totals() const { return totals_; }
  bool is_open() const { return multi_ != nullptr; }  // holds connections, or may

 private:
  void begin(curl_exchange& exchange);
  result<> open_for(const request& what);
  void count(const curl_exchange& exchange);

  curl_loop& loop_;
  std::shared_ptr<const curl_options> options_;  // those of many targets are alike
  trust_store trust_;                            // from the first request that needs it
  std::unique_ptr<curl_multi> multi_;
  std::size_t in_flight_ = 0;
  counters totals_;
};

}  // namespace triggerd::transport
