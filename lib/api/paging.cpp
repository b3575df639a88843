#include "api/paging.hpp"

#include "api/json_fields.hpp"

#include <nlohmann/json.hpp>

namespace triggerd::api {

query page_query(const page_request& which) {
  query text;
  text.add_number("perPage", which.per_page).add_number("page", which.page);
  return text;
}

result<page_numbers> page_numbers_of(const nlohmann::json& body) {
  const auto* pagination = object_member(body, "pagination");
  if (pagination == nullptr) return missing_member("pagination");
  page_numbers numbers;
  for (const auto& [name, into] : {std::pair("currentPage", &numbers.current_page),
                                   std::pair("totalPages", &numbers.total_pages), std::pair("count", &numbers.count)}) {
    const auto number = required_count(*pagination, name);
    if (!number) return number.error();
    *into = *number;
  }
  return numbers;
}

std::string next_cursor(const nlohmann::json& body) {
  const auto* pagination = object_member(body, "pagination");
  return pagination == nullptr ? std::string() : text_member(*pagination, "next").value_or(std::string());
}

}  // namespace triggerd::api
