#include "ctl/top_list.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace triggerd::ctl {

top_list::top_list(const char* name, std::function<std::string(const json&)> words)
    : name_(name), words_(std::move(words)) {}

void top_list::put(std::vector<json> rows) {
  rows_ = std::move(rows);
  sift();
}

void top_list::filter(const std::string& text) {
  filter_ = text::lower(text);
  sift();
}

void top_list::move(std::ptrdiff_t by) {
  if (shown_.empty()) return;
  const auto last = static_cast<std::ptrdiff_t>(shown_.size()) - 1;
  chosen_ = static_cast<std::size_t>(std::clamp(static_cast<std::ptrdiff_t>(chosen_) + by, std::ptrdiff_t{0}, last));
  followed_ = name_of_choice();
}

void top_list::sift() {
  shown_.clear();
  for (const json& row : rows_)
    if (filter_.empty() || text::lower(words_(row)).find(filter_) != std::string::npos) shown_.push_back(&row);
  const auto same =
      std::find_if(shown_.begin(), shown_.end(), [this](const json* row) { return text_in(*row, name_) == followed_; });
  if (same != shown_.end()) chosen_ = static_cast<std::size_t>(same - shown_.begin());
  else chosen_ = shown_.empty() ? 0 : std::min(chosen_, shown_.size() - 1);
}

}  // namespace triggerd::ctl
