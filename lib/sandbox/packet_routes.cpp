#include "sandbox/handlers.hpp"
#include "sandbox/presigned.hpp"
#include "sandbox/run_access.hpp"
#include "sandbox/run_packet.hpp"

#include "base/text.hpp"

namespace triggerd::sandbox::handlers {

namespace {

// The name in the path, its slashes encoded or not; nullopt when it leaves its folder.
std::optional<std::string> packet_name(const call& from) {
  auto name = text::percent_decode(from.arguments[0]);
  if (!name || name->starts_with('/')) return std::nullopt;
  for (const std::string_view part : text::split(*name, '/'))
    if (part == ".." || part == ".") return std::nullopt;
  return name;
}

reply store_refusal(int status, const std::string& code, const std::string& message) {
  return {status,
          {{"content-type", "application/xml"}},
          "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>" + code + "</Code><Message>" + message +
              "</Message></Error>"};
}

// Why the object's address does not open it.
std::optional<reply> locked(const state& in, const call& from, std::string_view path) {
  switch (in.objects.check(from.asked.method, path, from.where, in.now)) {
    case object_store::verdict::good: return std::nullopt;
    case object_store::verdict::expired: return store_refusal(403, "AccessDenied", "Request has expired");
    case object_store::verdict::wrong: break;
  }
  return store_refusal(403, "SignatureDoesNotMatch", "The request signature does not match");
}

// A large output is made when it is fetched: it repeats what the run was given.
std::optional<packet> output_at(state& in, const std::string& path) {
  const std::size_t end = path.rfind('/');
  const std::size_t start = path.rfind('/', end == 0 ? 0 : end - 1);
  if (end == std::string::npos || start == std::string::npos) return std::nullopt;
  const run* of = in.runs.find(std::string_view(path).substr(start + 1, end - start - 1));
  if (of == nullptr) return std::nullopt;
  packet out = output_of(in, *of);
  if (out.address.empty() || object_path(*of->where, out.address) != path) return std::nullopt;
  return out;
}

reply upload_address(state& in, const call& from, bool with_path) {
  const auto name = packet_name(from);
  if (!name) return refuse(400, "Invalid filename");
  json out = {{"presignedUrl", presigned_url(in, from.asked, "PUT", *from.who.where, *name)}};
  if (with_path) out["storagePath"] = *name;
  return answer(200, out);
}

}  // namespace

reply put_packet(state& in, const call& from) { return upload_address(in, from, true); }
reply put_packet_v1(state& in, const call& from) { return upload_address(in, from, false); }

reply get_packet(state& in, const call& from) {
  const auto name = packet_name(from);
  if (!name) return refuse(400, "Invalid filename");
  return answer(200, {{"presignedUrl", presigned_url(in, from.asked, "GET", *from.who.where, *name)}});
}

reply get_run_packet(state& in, const call& from) {
  auto found = readable_run(in, from);
  if (auto* refusal = std::get_if<reply>(&found)) return std::move(*refusal);
  const run& of = *std::get<run*>(found);
  const std::string_view which = from.arguments[1];
  if (which != "payload" && which != "output") return refuse(400, "Invalid Params");
  const packet wanted = which == "payload" ? payload_of(in, of) : output_of(in, of);
  if (wanted.address.empty()) return refuse(404, "Packet not found");
  return answer(200, {{"presignedUrl", presigned_url(in, from.asked, "GET", *of.where, wanted.address)}});
}

reply get_object(state& in, const call& from) {
  const std::string path = text::percent_decode(from.arguments[0]).value_or("");
  if (auto refusal = locked(in, from, path)) return std::move(*refusal);
  if (const stored_object* there = in.objects.find(path)) return {200, {{"content-type", there->type}}, *there->bytes};
  if (auto output = output_at(in, path)) return {200, {{"content-type", output->type}}, std::move(output->text)};
  return store_refusal(404, "NoSuchKey", "The specified key does not exist.");
}

reply put_object(state& in, const call& from) {
  const std::string path = text::percent_decode(from.arguments[0]).value_or("");
  if (auto refusal = locked(in, from, path)) return std::move(*refusal);
  const std::string type(first_header(from.asked.headers, "content-type").value_or("application/octet-stream"));
  if (!in.objects.put(path, {std::make_shared<const std::string>(from.asked.body), type}))
    return store_refusal(503, "SlowDown", "The sandbox holds as many objects as it can");
  return nothing(200);
}

}  // namespace triggerd::sandbox::handlers
