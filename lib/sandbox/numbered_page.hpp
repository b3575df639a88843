// Lists whose pages are numbered from 1: schedules, queues, concurrency limits (contract API.md 7.2).
#pragma once

#include "sandbox/json_text.hpp"
#include "sandbox/target.hpp"

#include <algorithm>
#include <variant>
#include <vector>

namespace triggerd::sandbox {

struct numbered_page {
  std::size_t number = 1;
  std::size_t size = 20;  // 1 to 100; more is cut

  json counts(std::size_t all) const;  // {currentPage, totalPages, count}

  // The page's rows; empty beyond the end.
  template <class Row>
  std::vector<Row> of(const std::vector<Row>& all) const {
    const std::size_t start = std::min(all.size(), (number - 1) * size);
    const std::size_t end = std::min(all.size(), start + size);
    return {all.begin() + static_cast<std::ptrdiff_t>(start), all.begin() + static_cast<std::ptrdiff_t>(end)};
  }
};

// zod's issue for a page or size that is no positive number.
std::variant<numbered_page, json> read_numbered_page(const target& from, std::size_t usual_size);

}  // namespace triggerd::sandbox
