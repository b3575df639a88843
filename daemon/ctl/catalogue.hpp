// The error catalogue: config/errors.md, a page for each code, known offline.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace triggerd::ctl {

std::string_view error_pages();  // the whole file

class catalogue {
 public:
  // `pages` is Markdown that outlives this: a code is a heading of the second level, what follows is its page.
  explicit catalogue(std::string_view pages);

  struct page {
    std::string_view code;
    std::string_view text;           // without the heading; ends with one newline
    std::string_view first() const;  // the first sentence's line or lines, down to the first full stop
  };
  const std::vector<page>& all() const { return pages_; }  // in the file's order
  const page* find(std::string_view code) const;
  std::optional<std::string> nearest(std::string_view code) const;

 private:
  std::vector<page> pages_;
};

// "target.parked": what is asked about is a code, not an id.
bool looks_like_code(std::string_view what);

}  // namespace triggerd::ctl
