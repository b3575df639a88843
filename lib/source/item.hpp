// Items of a source, pulled one at a time: memory does not grow with their number.
#pragma once

#include "base/result.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace triggerd::source {

struct item {
  std::uint64_t line = 0;                       // where it begins in the source, from 1; its position in an inline list
  std::string json;                             // one valid JSON text, which may span lines; empty when rejected
  std::shared_ptr<const nlohmann::json> value;  // what it says; null when rejected
  std::optional<error> reject;                  // source.bad-item: why this one cannot be used; never quotes the item
  std::string raw;                              // of a reject: what stood there, cut to 4 KiB; may be any bytes
};

// next() gives items and rejects in order, then nullopt for ever. An error (file unreadable, text cut off) ends the
// stream for good: it is given again by every later call, and items seen before it stay valid. Blocking, from files in
// steps of 64 KiB.
class item_reader {
 public:
  virtual ~item_reader() = default;
  virtual result<std::optional<item>> next() = 0;
};

// An item that cannot be used. `raw` is cut.
item rejected(std::uint64_t line, std::string why, std::string_view raw);
// The item when `json` is one JSON text that may be sent (json_check.hpp), else its reject.
item checked(std::uint64_t line, std::string json);

}  // namespace triggerd::source
