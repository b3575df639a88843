#include "sandbox/numbered_page.hpp"

#include <charconv>

namespace triggerd::sandbox {

namespace {

constexpr std::size_t largest_page = 100;
constexpr long long most_pages = 1'000'000'000;  // keeps the product with the size inside 64 bits

json page_issue(std::string_view name, std::string_view value) {
  long long number = 0;
  const auto read = std::from_chars(value.data(), value.data() + value.size(), number);
  if (read.ec == std::errc() && read.ptr == value.data() + value.size())
    return {{"code", "too_small"},        {"minimum", 0},   {"type", "number"},
            {"inclusive", false},         {"exact", false}, {"message", "Number must be greater than 0"},
            {"path", json::array({name})}};
  return {{"code", "invalid_type"},
          {"expected", "number"},
          {"received", "nan"},
          {"path", json::array({name})},
          {"message", "Expected number, received nan"}};
}

// nullopt: no positive number.
std::optional<std::size_t> positive(std::string_view text) {
  long long number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size() || number < 1) return std::nullopt;
  return static_cast<std::size_t>(std::min(number, most_pages));
}

}  // namespace

json numbered_page::counts(std::size_t all) const {
  return {{"currentPage", number}, {"totalPages", (all + size - 1) / size}, {"count", all}};
}

std::variant<numbered_page, json> read_numbered_page(const target& from, std::size_t usual_size) {
  numbered_page out;
  out.size = usual_size;
  if (const auto text = from.value("page")) {
    const auto number = positive(*text);
    if (!number) return page_issue("page", *text);
    out.number = *number;
  }
  if (const auto text = from.value("perPage")) {
    const auto number = positive(*text);
    if (!number) return page_issue("perPage", *text);
    out.size = std::min(*number, largest_page);
  }
  return out;
}

}  // namespace triggerd::sandbox
