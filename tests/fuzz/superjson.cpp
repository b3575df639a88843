// Payloads and outputs by the type they travel with: what was read is packed and read back equal.
#include "api/superjson.hpp"
#include "api/codes.hpp"
#include "api/json_fields.hpp"
#include "api/payload.hpp"
#include "fuzz/input.hpp"

#include <nlohmann/json.hpp>

#include <array>

using namespace triggerd;
using namespace triggerd::fuzz;

namespace {

constexpr std::array<std::string_view, 4> types{"application/super+json", "application/json", "text/plain",
                                                "application/store"};

void require_round_trip(const nlohmann::json& value) {
  if (!api::check_payload(value)) return;  // the server would change it
  for (const auto& packed : {api::pack(value), api::pack_superjson(value, nullptr)}) {
    const auto text = nlohmann::json::parse(packed.value_json);
    require(text.is_string() && text.get_ref<const std::string&>().size() == packed.size, "a payload tells its size");
    const auto again = api::read_packet(text.get_ref<const std::string&>(), packed.type);
    require(again && *again == value, "a payload is read back as it was");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  input in(data, size);
  const auto type = types[in.below(types.size())];
  const auto read = api::read_packet(in.rest(), type);
  if (!read) {
    require_sound(read.error());
    require(type == "application/store" || read.error().code == api::codes::unreadable, "what cannot be read says so");
    return 0;
  }
  const auto written = api::value_text(*read);
  if (!written) require_sound(written.error());
  else if (text::is_utf8(in.rest())) require_round_trip(*read);
  return 0;
}
