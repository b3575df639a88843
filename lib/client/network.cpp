#include "client/network.hpp"

#include "transport/curl_loop.hpp"
#include "transport/curl_transport.hpp"

#include <vector>

namespace triggerd::client {

struct network::parts {
  explicit parts(asio::io_context& loop) : timers(loop, time) {}

  no_log silence;
  machine_clock time;
  machine_random random;
  loop_timers timers;
  std::unique_ptr<transport::curl_loop> curl;
  std::vector<std::weak_ptr<transport::curl_transport>> open;
};

network::network(std::unique_ptr<parts> of) : parts_(std::move(of)) {}
network::~network() = default;

result<std::unique_ptr<network>> network::make(asio::io_context& loop, log* journal, std::size_t most_clients) {
  auto made = std::make_unique<parts>(loop);
  log& where = journal != nullptr ? *journal : made->silence;
  auto curl = transport::curl_loop::make(loop, made->time, made->timers, where, {most_clients});
  if (!curl) return curl.error();
  made->curl = std::move(*curl);
  return std::unique_ptr<network>(new network(std::move(made)));
}

retrying_client network::open(settings of, transport::curl_options how) {
  std::erase_if(parts_->open, [](const auto& one) { return one.expired(); });
  auto wire = std::make_shared<transport::curl_transport>(*parts_->curl, std::move(how));
  parts_->open.push_back(wire);
  return {client(std::move(wire), parts_->time, parts_->random, std::move(of)), parts_->timers};
}

void network::close() {
  for (const auto& one : parts_->open)
    if (const auto wire = one.lock()) wire->close();
  parts_->curl->close();
}

}  // namespace triggerd::client
