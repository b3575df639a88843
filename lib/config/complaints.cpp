#include "config/complaints.hpp"

#include "base/limits.hpp"
#include "base/redaction.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <tuple>

namespace triggerd::config {

std::string_view name(severity s) {
  switch (s) {
    case severity::error: return "error";
    case severity::warning: return "warning";
    case severity::note: return "note";
  }
  return {};
}

std::string complaint::text() const {
  const std::string at = where.line > 0 ? where.text() : where.file.text();
  return (at.empty() ? "" : at + ": ") + std::string(name(how)) + ": " + message + " [" + std::string(code.name) + ']';
}

void complaints::add(severity how, const place& where, error_code code, std::string message) {
  // Names of tables come from the file as they stand.
  all_.push_back({how, where, code, text::printable(redaction().clean(message), limits::log_text)});
}

bool complaints::has_errors() const {
  return std::any_of(all_.begin(), all_.end(), [](const complaint& c) { return c.how == severity::error; });
}

std::vector<complaint> complaints::sorted() const {
  auto out = all_;
  const auto key = [](const complaint& c) { return std::tie(c.where, c.how, c.code.name, c.message); };
  std::stable_sort(out.begin(), out.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });
  out.erase(std::unique(out.begin(), out.end(), [&](const auto& a, const auto& b) { return key(a) == key(b); }),
            out.end());
  return out;
}

std::string in_quotes(std::string_view text) { return '"' + text::printable(text, 80) + '"'; }

std::string choices(const std::vector<std::string_view>& words) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) out += i + 1 == words.size() ? " or " : ", ";
    out += in_quotes(words[i]);
  }
  return out;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& candidates) {
  const auto near = text::nearest(word, candidates);
  return near ? "; did you mean " + in_quotes(*near) + '?' : std::string();
}

}  // namespace triggerd::config
