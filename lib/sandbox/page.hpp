// One page of a list, newest first, behind an opaque cursor.
#pragma once

#include "sandbox/answers.hpp"
#include "sandbox/target.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

namespace triggerd::sandbox {

struct page_request {
  std::size_t size = 25;
  std::optional<std::uint64_t> after, before;  // numbers
  bool continues = false;                      // a cursor was given, readable or not
};

struct page {
  std::vector<std::uint64_t> rows;  // newest first
  bool next = false, previous = false;
};

// 400 for a size that is no number or out of 1 to 100. Cursors that cannot be read are ignored.
std::variant<page_request, reply> read_page(const target& from, std::string_view prefix, std::uint64_t seed);

// `fits` says yes, no, or that no older one can fit.
enum class fit : std::uint8_t { yes, no, none_older };

template <class Fits>
page take_page(const std::vector<std::uint64_t>& all, const page_request& want, Fits&& fits) {
  page out;
  if (want.before) {
    auto at = std::upper_bound(all.begin(), all.end(), *want.before);
    for (; at != all.end() && out.rows.size() <= want.size; ++at)
      if (fits(*at) == fit::yes) out.rows.push_back(*at);
    out.previous = out.rows.size() > want.size;
    if (out.previous) out.rows.pop_back();
    std::reverse(out.rows.begin(), out.rows.end());
    out.next = true;
    return out;
  }
  auto at = want.after ? std::lower_bound(all.begin(), all.end(), *want.after) : all.end();
  while (at != all.begin() && out.rows.size() <= want.size) {
    const fit how = fits(*--at);
    if (how == fit::none_older) break;
    if (how == fit::yes) out.rows.push_back(*at);
  }
  out.next = out.rows.size() > want.size;
  if (out.next) out.rows.pop_back();
  out.previous = want.continues;
  return out;
}

std::string cursor(std::string_view prefix, std::uint64_t seed, std::uint64_t number, std::int64_t created_ms);

}  // namespace triggerd::sandbox
