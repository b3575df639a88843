#include "client/packets.hpp"

#include "api/codes.hpp"
#include "api/json_fields.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"

#include <nlohmann/json.hpp>

namespace triggerd::client {

namespace {

transport::request request_of(const retrying_client& by, const api::bare_request& what) {
  transport::request request;
  request.method = what.method;
  request.url = what.url;
  if (!what.content_type.empty()) request.headers.emplace_back("content-type", what.content_type);
  request.body = what.body;
  request.mutation = what.method != "GET";
  request.connect_timeout = by.config().connect_timeout;
  request.first_byte_timeout = by.config().first_byte_timeout;
  request.most_bytes = limits::response_body;
  return request;
}

// The address is a credential: it is in no message.
std::optional<api::failure> failure_of(const transport::outcome& seen) {
  api::failure f;
  f.status = seen.reply.status;
  if (seen.what != transport::knowledge::answered) {
    f.kind = api::failure_kind::transient;
    f.what = seen.failure;
    return f;
  }
  if (f.status / 100 == 2) return std::nullopt;
  f.kind = f.status >= 500 ? api::failure_kind::transient : api::failure_kind::refused;
  f.what = fail(api::codes::object_store, "the object store answered with status " + std::to_string(f.status));
  return f;
}

}  // namespace

task<api::answer<api::packed_payload>> offload(retrying_client by, api::packed_payload payload) {
  if (!api::belongs_in_store(payload.size)) co_return payload;
  const auto written = nlohmann::json::parse(payload.value_json);  // of our own making: text in quotes
  auto bytes = std::make_shared<const std::string>(written.get<std::string>());
  auto ask = api::put_packet(api::packet_filename(payload.type, by.random()));
  const auto place = co_await by.send(std::move(ask));
  if (!place) co_return place.error();
  auto request = request_of(by, api::upload(place->upload, payload.type, std::move(bytes)));
  const auto stored = co_await by.perform_bare(std::move(request));
  if (auto failed = failure_of(stored)) co_return std::move(*failed);
  co_return api::packed_payload{
      .value_json = api::json_text(place->storage_path), .type = "application/store", .size = payload.size};
}

task<api::answer<packet>> download(retrying_client by, api::presigned from) {
  auto request = request_of(by, api::download(from));
  auto seen = co_await by.perform_bare(std::move(request));
  if (auto failed = failure_of(seen)) co_return std::move(*failed);
  const auto type = seen.reply.head.first("content-type").value_or("application/json");
  co_return packet{.content_type = std::string(text::trim(type.substr(0, type.find(';')))),
                   .bytes = std::move(seen.reply.body)};
}

task<api::answer<packet>> fetch_run_packet(retrying_client by, std::string run, api::packet_field field,
                                           std::string storage_path) {
  auto ask = api::get_run_packet(run, field);
  auto address = co_await by.send(std::move(ask));
  if (!address && address.error().status == 404 && !storage_path.empty()) {
    auto older = api::get_packet(storage_path);
    address = co_await by.send(std::move(older));
  }
  if (!address) co_return address.error();
  api::presigned from = std::move(*address);
  auto got = co_await download(by, std::move(from));
  co_return got;
}

}  // namespace triggerd::client
