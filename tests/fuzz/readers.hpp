// What holds for every reader of items.
#pragma once

#include "fuzz/input.hpp"
#include "source/codes.hpp"
#include "source/item.hpp"
#include "source/json_check.hpp"

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace triggerd::fuzz {

struct readout {
  std::vector<source::item> items;
  std::optional<error> failure;
};

inline void require_sound(const source::item& one, std::uint64_t line_before, std::uint64_t lines) {
  require(one.line >= line_before && one.line >= 1 && one.line <= lines, "items stand where they say, in order");
  if (!one.reject) return require(source::check_json(one.json).has_value(), "an item is JSON that may be sent");
  require_sound(*one.reject);
  require(one.reject->code == source::codes::bad_item && one.json.empty() && one.raw.size() <= 4'096,
          "a reject is one, with a bounded piece of what stood there");
  require(number_after(one.reject->message, "line ") == one.line, "a reject names its line");
}

inline readout read_all(source::item_reader& from, std::string_view text) {
  const auto lines = lines_of(text);
  readout out;
  for (;;) {
    auto next = from.next();
    if (!next) {
      out.failure = next.error();
      require_sound(*out.failure);
      const auto again = from.next();
      require(!again && again.error().message == out.failure->message, "an error is given again");
      return out;
    }
    if (!*next) {
      const auto again = from.next();
      require(again && !*again, "the end stays the end");
      return out;
    }
    require_sound(**next, out.items.empty() ? 1 : out.items.back().line, lines);
    out.items.push_back(std::move(**next));
  }
}

inline void require_same(const readout& a, const readout& b) {
  require(a.items.size() == b.items.size(), "pieces change no number of items");
  for (std::size_t i = 0; i < a.items.size(); ++i) {
    const auto &one = a.items[i], &other = b.items[i];
    require(one.line == other.line && one.json == other.json && one.raw == other.raw, "pieces change no item");
    require(one.reject.has_value() == other.reject.has_value(), "pieces change no verdict");
    if (one.reject) require(one.reject->message == other.reject->message, "pieces change no words");
  }
  require(a.failure.has_value() == b.failure.has_value(), "pieces change no end");
  if (a.failure) require(a.failure->message == b.failure->message, "pieces change no words of the end");
}

}  // namespace triggerd::fuzz
