#include "sandbox/run_packet.hpp"

#include "sandbox/presigned.hpp"

namespace triggerd::sandbox {

namespace {

json value_of(const std::string& text, std::string_view type) {
  if (type != "application/json" && type != "application/super+json") return text;
  return parse_json(text).value_or(json(text));
}

}  // namespace

packet payload_of(const state& in, const run& of) {
  const run_input& input = *of.input;
  packet out;
  out.type = input.payload_type;
  if (!input.has_payload) return out;
  out.address = input.address;
  out.text = input.payload;
  out.value = value_of(input.payload, input.payload_type);
  // Where the caller put it himself only its address is known, and the server does not check that something is there.
  if (const stored_object* there = in.objects.find(object_path(*of.where, input.address));
      !input.address.empty() && there != nullptr)
    out.value = value_of(*there->bytes, there->type);
  return out;
}

packet output_of(const state& in, const run& of) {
  packet out;
  out.type = "application/json";
  if (look(of, in.now).status != run_status::completed || of.destiny.silent) return out;
  out.value = json::object({{"echo", payload_of(in, of).value.value_or(nullptr)}});
  out.text = dump_json(*out.value);
  if (out.text.size() >= limits::stored_payload) out.address = in.runs.id_of(of.number) + "/output.json";
  return out;
}

}  // namespace triggerd::sandbox
