// Pages of lists: numbered ones (contract API.md 7.2) and those with cursors (7.1).
#pragma once

#include "api/address.hpp"
#include "base/result.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <string>

namespace triggerd::api {

struct page_request {          // of a numbered list; 0: the server's default
  std::uint32_t page = 0;      // from 1; beyond the last one the page is empty
  std::uint32_t per_page = 0;  // the server cuts more than 100
};
query page_query(const page_request& which);  // perPage first, as the SDK writes it

struct page_numbers {
  std::uint64_t current_page = 0, total_pages = 0;
  std::uint64_t count = 0;  // of all rows, on every page
};
result<page_numbers> page_numbers_of(const nlohmann::json& body);

// Opaque; empty: the last page. A page may be empty although there is a next one.
std::string next_cursor(const nlohmann::json& body);

}  // namespace triggerd::api
