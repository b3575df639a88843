// A loop with real time and libcurl on it, for tests that talk to a real socket.
#pragma once

#include "base/async.hpp"
#include "base/clock.hpp"
#include "base/timers.hpp"
#include "transport/codes.hpp"
#include "transport/curl_loop.hpp"
#include "transport/curl_transport.hpp"

#include <doctest/doctest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <signal.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace triggerd::test {

class remembering_log final : public log {
 public:
  void write(log_level, std::string_view message, std::initializer_list<log_field>) override {
    lines.emplace_back(message);
  }
  std::vector<std::string> lines;
};

class wire {
 public:
  explicit wire(std::size_t most_clients = 64)
      : loop(transport::curl_loop::make(io, time, timers, log, {most_clients}).value()) {
    ::signal(SIGPIPE, SIG_IGN);  // as the loop asks of a program
  }
  ~wire() {
    for (auto& one : transports_) one->close();
    loop->close();
    io.restart();
    while (in_flight() > 0 && io.run_one() > 0) {
    }
    transports_.clear();
    loop.reset();
    timers.close();
    io.restart();
    io.run();  // a loop that does not run dry hangs here
  }

  transport::curl_transport& open(transport::curl_options options = plaintext()) {
    transports_.push_back(std::make_unique<transport::curl_transport>(*loop, std::move(options)));
    return *transports_.back();
  }

  static transport::curl_options plaintext() {
    transport::curl_options options;
    options.allow_plaintext = true;
    options.version = "0.0-test";
    return options;
  }

  // Begins an exchange; its outcome appears in the returned place.
  using pending = std::shared_ptr<std::optional<transport::outcome>>;
  pending begin(transport::curl_transport& on, transport::request what) {
    auto place = std::make_shared<std::optional<transport::outcome>>();
    asio::co_spawn(io, run_one(on, std::move(what), place), [](std::exception_ptr failure) {
      if (failure) std::rethrow_exception(failure);
    });
    return place;
  }
  transport::outcome ask(transport::curl_transport& on, transport::request what) {
    const auto place = begin(on, std::move(what));
    until([&] { return place->has_value(); });
    return **place;
  }
  void until_all(const std::vector<pending>& begun) {
    until([&] { return std::all_of(begun.begin(), begun.end(), [](const auto& one) { return one->has_value(); }); });
  }
  void until(const std::function<bool()>& done) {
    io.restart();
    while (!done()) REQUIRE(io.run_one() > 0);
  }

  asio::io_context io{1};
  machine_clock time;
  loop_timers timers{io, time};
  remembering_log log;
  std::unique_ptr<transport::curl_loop> loop;

 private:
  static task<> run_one(transport::curl_transport& on, transport::request what, pending place) {
    transport::outcome got = co_await on.perform(std::move(what));
    *place = std::move(got);
  }
  std::size_t in_flight() const {
    std::size_t all = 0;
    for (const auto& one : transports_) all += one->in_flight();
    return all;
  }

  std::vector<std::unique_ptr<transport::curl_transport>> transports_;
};

// Small times: a test waits for them only when the server stands still on purpose.
inline transport::request request_of(std::string method, std::string url, const char* body = nullptr) {
  transport::request what;
  what.mutation = method != "GET" && method != "HEAD";
  what.method = std::move(method);
  what.url = std::move(url);
  if (body) what.body = std::make_shared<const std::string>(body);
  what.headers.emplace_back("Authorization", "Bearer tr_dev_integration");
  return what;
}

}  // namespace triggerd::test
