// Server-sent events and the records in them: cut anywhere they are the same.
#include "api/channel_records.hpp"
#include "api/codes.hpp"
#include "api/sse.hpp"
#include "fuzz/input.hpp"
#include "fuzz/pieces.hpp"

#include <nlohmann/json.hpp>

using namespace triggerd;
using namespace triggerd::fuzz;

namespace {

std::vector<api::sse_event> read_events(std::string_view bytes, std::uint8_t cuts) {
  api::sse_parser parser;
  cutter pieces(bytes, cuts);
  std::vector<api::sse_event> all;
  for (auto piece = pieces.next(); !piece.empty(); piece = pieces.next()) {
    const auto events = parser.take(piece);
    require(events.has_value(), "a short line is within the bounds");
    all.insert(all.end(), events->begin(), events->end());
  }
  return all;
}

bool same(const api::sse_event& a, const api::sse_event& b) {
  return a.type == b.type && a.id == b.id && a.data == b.data && a.retry == b.retry;
}

void require_sound(const api::sse_event& one) {
  require(!one.type.empty() && one.type.find_first_of("\r\n") == std::string::npos, "an event's type is one line");
  require(one.id.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos, "an id fits into a header");
  require(one.data.find('\r') == std::string::npos, "data has line feeds alone");
  require(!one.retry || one.retry->count() >= 0, "a wait is not negative");
}

void read_records(const std::vector<api::sse_event>& events) {
  api::channel_reader reader;
  for (const auto& event : events) {
    const std::string before = reader.position();
    const auto records = reader.take(event);
    if (!records) {
      fuzz::require_sound(records.error());
      require(records.error().code == api::codes::unreadable && reader.position() == before,
              "an event that is not what it says moves nothing");
      continue;
    }
    for (const auto& one : *records) {
      require(one.is_control() || nlohmann::json::accept(one.data), "data is JSON");
      require(one.position.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos,
              "a position fits into a header");
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  input in(data, size);
  const std::uint8_t cuts = in.byte();
  const auto whole = read_events(in.rest(), 0);
  const auto cut = read_events(in.rest(), cuts);
  require(std::equal(whole.begin(), whole.end(), cut.begin(), cut.end(), same), "pieces change no event");
  for (const auto& one : whole) require_sound(one);
  read_records(whole);
  return 0;
}
