#include "source/item.hpp"

#include "source/codes.hpp"
#include "source/json_check.hpp"

namespace triggerd::source {

namespace {

constexpr std::size_t most_raw = 4'096;  // enough to recognise the item by

}  // namespace

item rejected(std::uint64_t line, std::string why, std::string_view raw) {
  item out;
  out.line = line;
  out.reject = fail(codes::bad_item, "line " + std::to_string(line) + ": " + std::move(why));
  out.raw = raw.substr(0, most_raw);
  return out;
}

item checked(std::uint64_t line, std::string json) {
  const auto usable = check_json(json);
  if (!usable) return rejected(line, usable.error().message, json);
  item out;
  out.line = line;
  out.json = std::move(json);
  return out;
}

}  // namespace triggerd::source
