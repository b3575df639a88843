// A transport without a network: plays canned outcomes in order and records what was asked.
//
//   test::scripted_transport net;
//   net.answer(200, R"({"id":"run_1"})");
//   net.break_off();                        // the next request: sent, and no reply
//   net.hold(net.reply(200, "{}"));         // stays in flight until release() or close()
//   net.otherwise([](const auto& request) { return test::scripted_transport::reply(404, "{}"); });
//   ... net.requests.at(0).url ...
#pragma once

#include "base/async.hpp"
#include "transport/codes.hpp"
#include "transport/transport.hpp"

#include <boost/asio/post.hpp>

#include <deque>
#include <functional>
#include <list>
#include <string>
#include <utility>
#include <vector>

namespace triggerd::test {

namespace net = triggerd::transport;  // inside the class the bare name means the base class

class scripted_transport final : public net::transport {
 public:
  using header_list = std::vector<std::pair<std::string, std::string>>;
  using responder = std::function<net::outcome(const net::request&)>;

  static net::outcome reply(int status, std::string body, const header_list& head = {}) {
    net::outcome out;
    out.what = net::knowledge::answered;
    out.reply.status = status;
    out.reply.body = std::move(body);
    for (const auto& [name, value] : head) out.reply.head.add(name, value);
    return out;
  }
  static net::outcome ambiguous(error_code code = net::codes::broken, std::string message = "the connection ended") {
    net::outcome out;
    out.what = net::knowledge::ambiguous;
    out.failure = fail_with(code, std::move(message));
    return out;
  }
  static net::outcome not_sent(error_code code = net::codes::connect, std::string message = "connection refused") {
    net::outcome out;
    out.what = net::knowledge::not_sent;
    out.failure = fail_with(code, std::move(message));
    return out;
  }

  // The script: each call adds the outcome of one more request.
  void play(net::outcome out) { script_.push_back({std::move(out), {}, false}); }
  void play(responder run) { script_.push_back({{}, std::move(run), false}); }
  void hold(net::outcome out) { script_.push_back({std::move(out), {}, true}); }
  void answer(int status, std::string body, const header_list& head = {}) {
    play(reply(status, std::move(body), head));
  }
  void break_off(error_code code = net::codes::broken) { play(ambiguous(code)); }
  void refuse(error_code code = net::codes::connect) { play(not_sent(code)); }

  // Answers when the script is over. Without it such a request fails as not_sent, transport.unusable.
  void otherwise(responder run) { otherwise_ = std::move(run); }

  // Lets the oldest held exchange complete; false when none is held.
  bool release() {
    if (held_.empty()) return false;
    wakeup* oldest = held_.front();
    held_.pop_front();
    oldest->set(released);
    return true;
  }

  std::vector<net::request> requests;  // everything asked, in order
  std::size_t closes = 0;              // how often close() was called
  std::size_t steps_left() const { return script_.size(); }

  task<net::outcome> perform(net::request what) override {
    requests.push_back(what);
    ++in_flight_;
    step now = next_step(what);
    // Never inside perform(): the caller sees the real thing's order of events.
    co_await asio::post(asio::use_awaitable);
    if (now.hold) {
      wakeup woken;
      held_.push_back(&woken);
      std::optional<cancellation::listener> stop;
      if (what.stop != nullptr) stop.emplace(*what.stop, [&] { drop(woken); });
      const int how = co_await woken.wait();
      if (how == closed) now.out = ambiguous(net::codes::closed, "the connections were closed");
    }
    --in_flight_;
    if (what.sink != nullptr) pour(now.out.reply, *what.sink);
    co_return std::move(now.out);
  }

  void close() override {
    ++closes;
    std::list<wakeup*> all;
    all.swap(held_);
    for (wakeup* one : all) one->set(closed);
  }

  std::size_t in_flight() const override { return in_flight_; }

 private:
  static constexpr int released = 1;
  static constexpr int closed = 2;

  struct step {
    net::outcome out;
    responder run;
    bool hold = false;
  };

  static error fail_with(error_code code, std::string message) { return {code, std::move(message)}; }

  void drop(wakeup& one) {
    held_.remove(&one);
    one.set(closed);
  }

  // A reader of pieces gets the body of a 2xx, in two.
  static void pour(net::response& from, net::body_sink& to) {
    if (from.status / 100 != 2) return;
    const std::string body = std::move(from.body);
    from.body.clear();
    to.began(from.status, from.head);
    const auto half = std::string_view(body).substr(0, body.size() / 2);
    if (to.take(half)) to.take(std::string_view(body).substr(half.size()));
  }

  step next_step(const net::request& what) {
    step now;
    if (!script_.empty()) {
      now = std::move(script_.front());
      script_.pop_front();
      if (now.run) now.out = now.run(what);
    } else if (otherwise_) {
      now.out = otherwise_(what);
    } else {
      now.out = not_sent(net::codes::unusable, "the test's script has no answer for " + what.method + " " + what.url);
    }
    return now;
  }

  std::deque<step> script_;
  std::list<wakeup*> held_;
  responder otherwise_;
  std::size_t in_flight_ = 0;
};

}  // namespace triggerd::test
