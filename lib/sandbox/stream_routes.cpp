#include "sandbox/channel_view.hpp"
#include "sandbox/handlers.hpp"
#include "sandbox/run_access.hpp"

namespace triggerd::sandbox::handlers {

namespace {

enum class use : std::uint8_t { read, write, input };

struct found_stream {
  run_stream* stream;
  const run* of;
};

// Keys of what a run writes and of what it reads are apart.
std::variant<found_stream, reply> find_stream(state& in, const call& from, use how, const std::string& key) {
  const run* of = in.runs.find(from.arguments[0], *from.who.where);
  if (of == nullptr) return plain_text(404, "Run not found");
  const std::string id = from.argument(0);
  const bool may = how == use::read    ? from.who.may("read", resources_of(in, *of))
                   : how == use::write ? from.who.may("write", {"runs:" + id})
                                       : from.who.may("write", {"inputStreams:" + id, "runs:" + id});
  if (!may) return forbidden();
  run_stream* stream = in.streams.open(of->number, key);
  if (stream == nullptr) return append_refused(503, "The run holds as many streams as it can");
  return found_stream{stream, of};
}

// A run's parent and root are itself here: the model's runs have no children.
bool is_stream_target(std::string_view word) { return word == "self" || word == "parent" || word == "root"; }

std::string written_key(const call& from, std::size_t at) { return from.argument(at); }
std::string input_key(const call& from) { return "$input/" + from.argument(1); }

reply read_found(state& in, const call& from, const std::string& key) {
  auto found = find_stream(in, from, use::read, key);
  if (auto* refusal = std::get_if<reply>(&found)) return std::move(*refusal);
  const run_stream& stream = *std::get<found_stream>(found).stream;
  return stream_of(in, from, stream.records, stream.version, std::nullopt);
}

}  // namespace

reply read_stream(state& in, const call& from) { return read_found(in, from, written_key(from, 1)); }
reply read_input_stream(state& in, const call& from) { return read_found(in, from, input_key(from)); }

reply init_stream(state& in, const call& from) {
  if (!is_stream_target(from.arguments[1])) return refuse(400, "Invalid Params");
  auto found = find_stream(in, from, use::write, written_key(from, 2));
  if (auto* refusal = std::get_if<reply>(&found)) return std::move(*refusal);
  run_stream& stream = *std::get<found_stream>(found).stream;
  const bool newer = first_header(from.asked.headers, "x-trigger-realtime-streams-version") == "v2";
  stream.version = newer ? stream_version::v2 : stream_version::v1;
  reply out = answer(202, {{"version", newer ? "v2" : "v1"}});
  if (newer) {
    out.headers.emplace_back("x-s2-basin", "sandbox");
    out.headers.emplace_back("x-s2-stream", from.argument(0) + '/' + from.argument(2));
    out.headers.emplace_back("x-s2-access-token", "none");
  }
  return out;
}

reply append_to_stream(state& in, const call& from) {
  if (!is_stream_target(from.arguments[1])) return refuse(400, "Invalid Params");
  if (auto refusal = bad_record(from)) return std::move(*refusal);
  auto found = find_stream(in, from, use::write, written_key(from, 2));
  if (auto* refusal = std::get_if<reply>(&found)) return std::move(*refusal);
  const std::string part(first_header(from.asked.headers, "x-part-id").value_or(""));
  std::get<found_stream>(found).stream->records.append(from.asked.body, part, in.now);
  return answer(200, {{"ok", true}});
}

reply send_to_stream(state& in, const call& from) {
  if (auto refusal = bad_record(from)) return std::move(*refusal);
  auto found = find_stream(in, from, use::input, input_key(from));
  if (auto* refusal = std::get_if<reply>(&found)) return std::move(*refusal);
  const auto& [stream, of] = std::get<found_stream>(found);
  const auto body = parse_json(from.asked.body);
  const json* data = body ? find(*body, "data") : nullptr;
  if (data == nullptr) return append_refused(400, "Invalid request body");
  if (is_final(of->status)) return append_refused(400, "Cannot send to input stream on a completed run");
  stream->records.append(dump_json(*data), "", in.now);
  return answer(200, {{"ok", true}});
}

}  // namespace triggerd::sandbox::handlers
