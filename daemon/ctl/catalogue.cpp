#include "ctl/catalogue.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace triggerd::ctl {

namespace {

constexpr std::string_view heading = "\n## ";

std::string_view without_edges(std::string_view text) {
  while (!text.empty() && text.front() == '\n') text.remove_prefix(1);
  while (text.size() > 1 && text[text.size() - 2] == '\n') text.remove_suffix(1);
  return text;
}

}  // namespace

catalogue::catalogue(std::string_view pages) {
  for (std::size_t at = pages.find(heading); at != std::string_view::npos;) {
    const std::size_t begin = at + heading.size();
    const std::size_t line_end = std::min(pages.find('\n', begin), pages.size());
    at = pages.find(heading, begin);
    const std::size_t end = at == std::string_view::npos ? pages.size() : at + 1;
    pages_.push_back({pages.substr(begin, line_end - begin), without_edges(pages.substr(line_end, end - line_end))});
  }
}

std::string_view catalogue::page::first() const {
  const std::size_t stop = std::min(text.find(". "), text.find(".\n"));
  return stop == std::string_view::npos ? text.substr(0, text.find('\n')) : text.substr(0, stop + 1);
}

const catalogue::page* catalogue::find(std::string_view code) const {
  const auto found = std::find_if(pages_.begin(), pages_.end(), [&](const page& p) { return p.code == code; });
  return found == pages_.end() ? nullptr : &*found;
}

std::optional<std::string> catalogue::nearest(std::string_view code) const {
  std::vector<std::string_view> codes;
  for (const page& one : pages_) codes.push_back(one.code);
  return text::nearest(code, codes);
}

bool looks_like_code(std::string_view what) {
  const std::size_t dot = what.find('.');
  if (dot == 0 || dot == std::string_view::npos || dot + 1 == what.size()) return false;
  return std::all_of(what.begin(), what.end(), [](char c) { return (c >= 'a' && c <= 'z') || c == '-' || c == '.'; });
}

}  // namespace triggerd::ctl
