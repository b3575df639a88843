// A retrying client over a scripted transport and virtual time: what a call gives once it has ended.
#pragma once

#include "client/retrying_client.hpp"
#include "unit/client/bench.hpp"

#include <optional>

namespace triggerd::client::test {

struct patient_world {
  triggerd::test::virtual_time time;
  std::shared_ptr<triggerd::test::scripted_transport> wire = std::make_shared<triggerd::test::scripted_transport>();
  seeded_random random{1};
  cancellation stop;
  retrying_client by;

  explicit patient_world(settings of = settings_of(prod_key))
      : by(triggerd::client::client{wire, time, random, std::move(of)}, time, &stop) {}

  template <class T>
  T ended(task<T> call, std::chrono::nanoseconds within = std::chrono::minutes(30)) {
    std::optional<T> out;
    time.spawn(into(std::move(call), out));
    time.advance(within);
    REQUIRE(out.has_value());
    return std::move(*out);
  }

 private:
  template <class T>
  static task<> into(task<T> call, std::optional<T>& out) {
    out.emplace(co_await std::move(call));
  }
};

}  // namespace triggerd::client::test
