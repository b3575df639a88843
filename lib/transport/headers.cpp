#include "base/text.hpp"
#include "transport/transport.hpp"

namespace triggerd::transport {
namespace {

// Of most heads, so that they grow once.
constexpr std::size_t usual_lines = 16;
constexpr std::size_t usual_bytes = 512;

}  // namespace

void headers::add(std::string_view name, std::string_view value) {
  if (lines_.empty()) {
    lines_.reserve(usual_lines);
    text_.reserve(usual_bytes);
  }
  const std::size_t begin = text_.size();
  text_.append(name).append(value);
  lines_.push_back({begin, begin + name.size(), text_.size()});
}

std::optional<std::string_view> headers::first(std::string_view name) const {
  for (const line& one : lines_)
    if (text::equals_ignoring_case(between(one.name, one.value), name)) return between(one.value, one.end);
  return std::nullopt;
}

std::vector<std::string_view> headers::all(std::string_view name) const {
  std::vector<std::string_view> found;
  for (const line& one : lines_)
    if (text::equals_ignoring_case(between(one.name, one.value), name)) found.push_back(between(one.value, one.end));
  return found;
}

std::vector<std::pair<std::string_view, std::string_view>> headers::list() const {
  std::vector<std::pair<std::string_view, std::string_view>> all;
  for (const line& one : lines_) all.emplace_back(between(one.name, one.value), between(one.value, one.end));
  return all;
}

}  // namespace triggerd::transport
