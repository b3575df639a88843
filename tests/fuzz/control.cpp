// The socket's frames and messages: cut anywhere they are the same, and what was read is written and read back.
#include "base/limits.hpp"
#include "control/frame.hpp"
#include "control/interface.hpp"
#include "control/message.hpp"
#include "fuzz/input.hpp"
#include "fuzz/pieces.hpp"

using namespace triggerd;
using namespace triggerd::fuzz;

namespace {

struct frames {
  std::vector<std::string> whole;
  bool overflown = false;
};

frames read_frames(std::string_view bytes, std::size_t most, std::uint8_t cuts) {
  control::frame_reader reader(most);
  cutter pieces(bytes, cuts);
  frames out;
  for (auto piece = pieces.next(); !piece.empty(); piece = pieces.next()) {
    reader.feed(piece);
    while (auto one = reader.take()) out.whole.push_back(std::move(*one));
  }
  out.overflown = reader.overflown();
  return out;
}

// What is on the wire after encode(), as the other side gets it.
std::string through_wire(const std::string& encoded) {
  auto got = read_frames(encoded, limits::control_message, 0);
  require(got.whole.size() == 1 && !got.overflown, "an encoded message is one frame");
  return std::move(got.whole.front());
}

// The parameters against every method and type that an interface has.
void try_parameters(const nlohmann::json& parameters) {
  for (const auto& method : control::service_interface().methods) {
    const auto checked = control::check(control::service_interface(), method.parameters, parameters);
    if (!checked) require(!checked.error().peer.empty(), "a refused parameter has a reason");
  }
  static const control::interface all_types {
    .name = "a.b", .comment = {}, .types = {{"Leg", "", {{"state", "(open, closed)"}, {"next", "?Leg"}}}},
    .methods =
        {{"M",
          "",
          {{"a", "?bool"}, {"b", "?int"}, {"c", "?float"}, {"d", "?[]string"}, {"e", "?[string]Leg"}, {"f", "?object"}},
          {}}},
    .errors = {}
  };
  const auto checked = control::check(all_types, all_types.methods.front().parameters, parameters);
  if (!checked) require(!checked.error().peer.empty(), "a refused parameter has a reason");
}

void try_message(const std::string& text) {
  if (const auto call = control::parse_call(text)) {
    require(control::depth_of(text) <= limits::control_depth, "a message nests within its limit");
    const auto again = control::parse_call(through_wire(control::encode(*call)));
    require(again && again->method == call->method && again->parameters == call->parameters &&
                again->more == call->more && again->oneway == call->oneway,
            "a call is read back as it was");
    try_parameters(call->parameters);
  } else {
    require_sound(call.error());
  }
  if (const auto reply = control::parse_reply(text)) {
    const auto again = control::parse_reply(through_wire(control::encode(*reply)));
    require(again && again->error == reply->error && again->parameters == reply->parameters &&
                again->continues == reply->continues,
            "a reply is read back as it was");
  } else {
    require_sound(reply.error());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  input in(data, size);
  const std::size_t most = 16 + 16 * std::size_t{in.byte()};
  const std::uint8_t cuts = in.byte();
  const auto whole = read_frames(in.rest(), most, 0);
  const auto cut = read_frames(in.rest(), most, cuts);
  require(whole.whole == cut.whole && whole.overflown == cut.overflown, "pieces change no message");
  for (const auto& text : whole.whole) {
    require(text.size() <= most, "a message is within its bound");
    try_message(text);
  }
  return 0;
}
