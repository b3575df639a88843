#include "api/packets.hpp"

#include "api/json_fields.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"

#include <nlohmann/json.hpp>

namespace triggerd::api {

namespace {

constexpr std::size_t packet_id_length = 21;

// Only an absolute address of the web can be the store's; any other would be asked for at a place nobody meant.
result<presigned> presigned_of(const nlohmann::json& body) {
  auto url = required_text(body, "presignedUrl");
  if (!url) return url.error();
  const bool web = url->starts_with("https://") || url->starts_with("http://");
  if (!web || text::has_control(*url)) return missing_member("presignedUrl");
  return presigned{std::move(*url)};
}

result<packet_place> read_packet_place(const transport::response& reply) {
  const auto body = parse_body(reply);
  if (!body) return body.error();
  auto address = presigned_of(*body);
  if (!address) return address.error();
  auto path = required_text(*body, "storagePath");
  if (!path) return path.error();
  return packet_place{.upload = std::move(*address), .storage_path = std::move(*path)};
}

result<presigned> read_presigned(const transport::response& reply) {
  const auto body = parse_body(reply);
  if (!body) return body.error();
  return presigned_of(*body);
}

}  // namespace

operation<presigned> presigned_call(call what) {
  what.secret_reply = true;
  return {std::move(what), read_presigned};
}

bool belongs_in_store(std::size_t payload_bytes) { return payload_bytes >= limits::inline_payload; }

std::string packet_filename(std::string_view payload_type, random_source& random) {
  static constexpr std::string_view digits = "0123456789abcdefghijklmnopqrstuvwxyz";
  std::string name = "trigger/packet_";
  for (std::size_t i = 0; i < packet_id_length; ++i) name += digits[random.below(digits.size())];
  return name + (payload_type == "text/plain" ? "/payload.txt" : "/payload.json");
}

operation<packet_place> put_packet(std::string_view filename) {
  call what = make_call("packets.put", {filename});
  what.secret_reply = true;
  return {std::move(what), read_packet_place};
}

operation<presigned> put_packet_v1(std::string_view filename) {
  return presigned_call(make_call("packets.putV1", {filename}));
}

operation<presigned> get_packet(std::string_view storage_path) {
  return presigned_call(make_call("packets.get", {storage_path}));
}

operation<presigned> get_run_packet(std::string_view run, packet_field field) {
  return presigned_call(make_call("runs.packet", {run, field == packet_field::payload ? "payload" : "output"}));
}

bare_request upload(const presigned& to, std::string_view payload_type, std::shared_ptr<const std::string> bytes) {
  return {.method = "PUT", .url = to.url, .content_type = std::string(payload_type), .body = std::move(bytes)};
}

bare_request download(const presigned& from) {
  return {.method = "GET", .url = from.url, .content_type = {}, .body = nullptr};
}

}  // namespace triggerd::api
