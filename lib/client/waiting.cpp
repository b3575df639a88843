#include "client/waiting.hpp"

namespace triggerd::client {

namespace {

template <class View>
task<api::answer<View>> look_until_ended(retrying_client by, api::operation<View> look, milliseconds interval) {
  for (;;) {
    api::operation<View> again = look;
    api::answer<View> seen = co_await by.send(std::move(again));
    if (!seen || seen->ended()) co_return seen;
    const bool whole = co_await by.wait(interval);
    if (!whole) co_return api::refused_here(fail(codes::cancelled, "the wait was stopped"));
  }
}

}  // namespace

task<api::answer<api::run_view>> wait_for_run(retrying_client by, std::string run, milliseconds interval) {
  return look_until_ended(std::move(by), api::retrieve_run(run), interval);
}

task<api::answer<api::batch_view>> wait_for_batch(retrying_client by, std::string batch, milliseconds interval) {
  return look_until_ended(std::move(by), api::retrieve_batch(batch), interval);
}

task<api::answer<api::bulk_view>> wait_for_bulk_action(retrying_client by, std::string id, milliseconds interval) {
  return look_until_ended(std::move(by), api::retrieve_bulk_action(id), interval);
}

}  // namespace triggerd::client
