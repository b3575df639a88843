// Triggers a task and waits for its run: consumer BASE_URL, with the key in TRIGGER_SECRET_KEY.
#include <client/network.hpp>
#include <client/triggering.hpp>
#include <client/waiting.hpp>

#include <boost/asio/co_spawn.hpp>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <iostream>

using namespace triggerd;

task<> example(client::retrying_client prod) {
  const auto payload = api::pack({{"to", "ada@example.com"}});
  const auto run = co_await client::trigger(prod, "send-welcome", payload);
  if (!run) {
    std::cerr << run.error().what.describe() << '\n';
    co_return;
  }
  const auto ended = co_await client::wait_for_run(prod, run->id);
  std::cout << run->id << ": " << (ended ? ended->status : ended.error().what.describe()) << '\n';
}

int main(int, char** words) {
  asio::io_context loop;
  const auto network = client::network::make(loop).value();
  client::settings of;
  of.base_url = words[1];
  of.key = client::make_credential(secret(std::getenv("TRIGGER_SECRET_KEY"))).value();
  asio::co_spawn(loop, example(network->open(of, {.allow_plaintext = true})), [&](auto) { network->close(); });
  loop.run();
}
