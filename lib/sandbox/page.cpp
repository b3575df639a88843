#include "sandbox/page.hpp"

#include "base/text.hpp"
#include "sandbox/dice.hpp"

#include <charconv>

namespace triggerd::sandbox {

namespace {

constexpr std::size_t most_rows = 100;

std::optional<std::uint64_t> read_cursor(std::optional<std::string_view> text, std::string_view prefix,
                                         std::uint64_t seed) {
  if (!text) return std::nullopt;
  std::string plain(*text);
  while (plain.ends_with('=')) plain.pop_back();
  for (char& c : plain) c = c == '+' ? '-' : c == '/' ? '_' : c;
  const auto bytes = text::base64url_decode(plain);
  const auto inside = bytes ? parse_json(*bytes) : std::nullopt;
  const json* id = inside ? find(*inside, "r") : nullptr;
  if (id == nullptr || !id->is_string()) return std::nullopt;
  return number_in(prefix, seed, std::string(prefix) + id->get<std::string>());
}

json bound_issue(bool too_big, std::size_t bound) {
  json out = {{"code", too_big ? "too_big" : "too_small"},
              {"type", "number"},
              {"inclusive", true},
              {"exact", false},
              {"path", json::array({"page[size]"})}};
  out[too_big ? "maximum" : "minimum"] = bound;
  out["message"] =
      std::string("Number must be ") + (too_big ? "less" : "greater") + " than or equal to " + std::to_string(bound);
  return out;
}

}  // namespace

std::variant<page_request, reply> read_page(const target& from, std::string_view prefix, std::uint64_t seed) {
  page_request out;
  if (const auto size = from.value("page[size]")) {
    long long number = 0;
    const auto read = std::from_chars(size->data(), size->data() + size->size(), number);
    if (read.ec != std::errc() || read.ptr != size->data() + size->size())
      return query_error({{"code", "invalid_type"},
                          {"expected", "number"},
                          {"received", "nan"},
                          {"path", json::array({"page[size]"})},
                          {"message", "Expected number, received nan"}});
    if (number < 1) return query_error(bound_issue(false, 1));
    if (number > static_cast<long long>(most_rows)) return query_error(bound_issue(true, most_rows));
    out.size = static_cast<std::size_t>(number);
  }
  out.continues = from.value("page[after]").has_value();
  out.after = read_cursor(from.value("page[after]"), prefix, seed);
  out.before = read_cursor(from.value("page[before]"), prefix, seed);
  return out;
}

std::string cursor(std::string_view prefix, std::uint64_t seed, std::uint64_t number, std::int64_t created_ms) {
  const std::string id = numbered_id(prefix, seed, number).substr(prefix.size());
  return base64(dump_json({{"c", created_ms}, {"r", id}}));
}

}  // namespace triggerd::sandbox
