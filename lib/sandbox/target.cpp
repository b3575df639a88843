#include "sandbox/target.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace triggerd::sandbox {

namespace {

std::string decoded(std::string_view raw) { return text::percent_decode(raw).value_or(std::string(raw)); }

std::string form_decoded(std::string_view raw) {
  std::string spaced(raw);
  std::replace(spaced.begin(), spaced.end(), '+', ' ');
  return decoded(spaced);
}

}  // namespace

std::optional<std::string_view> target::value(std::string_view name) const {
  const auto at = query.find(name);
  if (at == query.end()) return std::nullopt;
  return at->second;
}

target read_target(std::string_view raw) {
  target out;
  const std::size_t mark = raw.find('?');
  out.path = raw.substr(0, mark);
  std::string_view path = out.path;
  if (path.starts_with('/')) path.remove_prefix(1);
  for (const std::string_view part : text::split(path, '/')) out.segments.push_back(decoded(part));
  if (mark == std::string_view::npos) return out;
  for (const std::string_view pair : text::split(raw.substr(mark + 1), '&')) {
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    const std::string_view value = equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1);
    out.query[form_decoded(pair.substr(0, equals))] = form_decoded(value);
  }
  return out;
}

std::vector<std::string> listed(std::string_view joined) {
  std::vector<std::string> out;
  for (const std::string_view part : text::split(joined, ','))
    if (!text::trim(part).empty()) out.emplace_back(text::trim(part));
  return out;
}

}  // namespace triggerd::sandbox
