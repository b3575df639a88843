#include "source/item.hpp"

#include "source/codes.hpp"
#include "source/json_check.hpp"

#include <nlohmann/json.hpp>

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
  auto value = read_json(json);
  if (!value) return rejected(line, value.error().message, json);
  item out;
  out.line = line;
  out.json = std::move(json);
  out.value = std::make_shared<const nlohmann::json>(std::move(*value));
  return out;
}

}  // namespace triggerd::source
