#include "base/redaction.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace triggerd {

namespace {

bool is_word_char(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }
bool is_key_char(char c) { return is_word_char(c) || c == '_' || c == '-' || c == '.'; }

// "tr_prod_abc..." keeps its prefix so that people see which key was meant.
std::string hide_keys(std::string text) {
  static constexpr std::array<std::string_view, 8> prefixes{"tr_dev_", "tr_stg_", "tr_prod_", "tr_preview_",
                                                            "tr_pat_", "tr_oat_", "tr_uat_",  "eyJ"};
  for (const auto prefix : prefixes) {
    std::size_t at = 0;
    while ((at = text.find(prefix, at)) != std::string::npos) {
      const std::size_t start = at + prefix.size();
      std::size_t end = start;
      while (end < text.size() && is_key_char(text[end])) ++end;
      if (end - start >= redaction::shortest && (at == 0 || !is_word_char(text[at - 1])))
        text.replace(start, end - start, redaction::mark);
      at = start;
    }
  }
  return text;
}

}  // namespace

void redaction::learn(std::string_view value) {
  if (value.size() >= shortest) values_.emplace(value);
}

std::string redaction::clean(std::string_view text) const {
  // The longest first: hiding a value that begins another would leave the rest of the other in sight.
  std::vector<std::string_view> longest_first(values_.begin(), values_.end());
  std::stable_sort(longest_first.begin(), longest_first.end(), [](auto a, auto b) { return a.size() > b.size(); });
  std::string cleaned(text);
  for (const auto value : longest_first) {
    std::size_t at = 0;
    while ((at = cleaned.find(value, at)) != std::string::npos) {
      cleaned.replace(at, value.size(), mark);
      at += mark.size();
    }
  }
  return hide_keys(std::move(cleaned));
}

}  // namespace triggerd
