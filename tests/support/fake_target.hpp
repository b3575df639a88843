// A target without a registry: every request goes straight through its client, with no budget, queue or proof.
//
//   test::scripted_transport wire;   // held by a shared_ptr
//   auto shop = std::make_shared<test::fake_target>(spec, test::fake_client(wire, time, random));
//   target::access by = shop->access(cancel);
//   ... shop->sent.at(0).endpoint, .batch_items ...
#pragma once

#include "client/client.hpp"
#include "target/codes.hpp"
#include "target/target.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace triggerd::test {

// A client with an invented production key.
inline client::client fake_client(std::shared_ptr<transport::transport> wire, const clock& time, random_source& random,
                                  client::settings of = {}) {
  auto key = std::make_shared<client::credential>();
  key->env = spec::environment::prod;
  key->value = secret("tr_prod_invented");
  of.base_url = "http://api.test";
  of.env = spec::environment::prod;
  of.key = std::move(key);
  return client::client(std::move(wire), time, random, std::move(of));
}

class fake_target final : public target::target {
 public:
  struct sent_call {
    std::string endpoint;  // its id: "tasks.trigger"
    std::uint64_t batch_items = 0;
  };

  fake_target(spec::target_spec what, client::client by) : spec_(std::move(what)), client_(std::move(by)) {}

  std::vector<sent_call> sent;  // everything that passed, in order
  // Asked before each request; an exchange it gives is the answer, and nothing is sent. Unset: none.
  std::function<std::optional<client::exchange>(const api::call&)> instead;
  std::string proved = "env_test";

  triggerd::target::access access(cancellation& cancel, std::string lane = "job") {
    return make_access(shared_from_this(), client_, client_, std::move(lane), proved, cancel);
  }

  const spec::target_spec& spec() const override { return spec_; }
  triggerd::target::health_view health() const override { return {}; }
  std::optional<triggerd::target::pause_note> paused() const override { return std::nullopt; }
  std::optional<triggerd::target::budget_view> budget() const override { return std::nullopt; }
  triggerd::target::totals_view totals() const override { return {}; }
  std::size_t in_flight() const override { return client_.in_flight(); }
  std::size_t queued() const override { return 0; }
  std::size_t most_in_flight() const override { return spec::limit_spec().in_flight; }
  const std::string& identity() const override { return proved; }
  void count_retry() override { ++retries; }

  std::uint64_t retries = 0;

  task<result<triggerd::target::access>> open(std::string lane, spec::auth_spec, cancellation& cancel) override {
    co_return access(cancel, std::move(lane));
  }
  task<result<triggerd::target::access>> open_for_reading(std::string lane, cancellation& cancel) override {
    co_return access(cancel, std::move(lane));
  }

 protected:
  task<client::exchange> perform(triggerd::target::access by, api::call what, std::uint64_t batch_items) override {
    sent.push_back({std::string(what.endpoint->id), batch_items});
    ++used_by(by).requests;
    if (instead) {
      auto given = instead(what);
      if (given) co_return std::move(*given);
    }
    const client::client with = client_of(by, what);
    client::exchange done = co_await with.perform(std::move(what));
    if (done.failed) ++used_by(by).failures;
    co_return done;
  }

 private:
  spec::target_spec spec_;
  client::client client_;
};

}  // namespace triggerd::test
