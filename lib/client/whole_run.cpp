#include "client/whole_run.hpp"

#include "api/json_fields.hpp"
#include "api/superjson.hpp"
#include "client/packets.hpp"

#include <nlohmann/json.hpp>

namespace triggerd::client {

namespace {

// The downloaded value as JSON text.
task<api::answer<std::string>> fetched(retrying_client by, api::presigned from) {
  const auto got = co_await download(by, std::move(from));
  if (!got) co_return got.error();
  const auto value = api::read_packet(got->bytes, got->content_type);
  if (!value) co_return api::refused_here(value.error());
  auto text = api::value_text(*value);
  if (!text) co_return api::refused_here(text.error());
  co_return std::move(*text);
}

}  // namespace

task<api::answer<api::run_record>> retrieve_whole_run(retrying_client by, std::string run) {
  auto ask = api::retrieve_run_record(run);
  auto record = co_await by.send(std::move(ask));
  if (!record) co_return record;
  if (record->payload_at) {
    auto payload = co_await fetched(by, *record->payload_at);
    if (!payload) co_return payload.error();
    record->payload = std::move(*payload);
  }
  if (record->output_at) {
    auto output = co_await fetched(by, *record->output_at);
    if (!output) co_return output.error();
    record->output = std::move(*output);
  }
  co_return record;
}

}  // namespace triggerd::client
