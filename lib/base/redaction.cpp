#include "base/redaction.hpp"

#include <array>

namespace triggerd {

namespace {

bool is_key_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}

// "tr_prod_abc..." keeps its prefix so that people see which key was meant.
std::string hide_keys(std::string text) {
  static constexpr std::array<std::string_view, 8> prefixes{"tr_dev_",  "tr_stg_", "tr_prod_", "tr_preview_",
                                                            "tr_pat_",  "tr_oat_", "tr_uat_",  "eyJ"};
  for (const auto prefix : prefixes) {
    std::size_t at = 0;
    while ((at = text.find(prefix, at)) != std::string::npos) {
      const std::size_t start = at + prefix.size();
      std::size_t end = start;
      while (end < text.size() && is_key_char(text[end])) ++end;
      if (end - start >= redaction::shortest && (at == 0 || !is_key_char(text[at - 1])))
        text.replace(start, end - start, "[redacted]");
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
  std::string cleaned(text);
  for (const auto& value : values_) {
    std::size_t at = 0;
    while ((at = cleaned.find(value, at)) != std::string::npos) cleaned.replace(at, value.size(), "[redacted]");
  }
  return hide_keys(std::move(cleaned));
}

}  // namespace triggerd
