#include "api/address.hpp"

#include "base/text.hpp"

#include <cassert>

namespace triggerd::api {

std::string path_of(const spec::endpoint& endpoint, std::initializer_list<std::string_view> parts) {
  std::string path;
  auto next = parts.begin();
  std::string_view rest = endpoint.path;
  for (std::size_t open = rest.find('{'); open != std::string_view::npos; open = rest.find('{')) {
    assert(next != parts.end());
    path += rest.substr(0, open);
    path += text::percent_encode(*next++);
    rest.remove_prefix(rest.find('}', open) + 1);
  }
  assert(next == parts.end());
  return path += rest;
}

query& query::add(std::string_view name, std::string_view value) {
  if (value.empty()) return *this;
  text_ += text_.empty() ? '?' : '&';
  text_ += text::form_encode(name);
  text_ += '=';
  text_ += text::form_encode(value);
  return *this;
}

query& query::add_list(std::string_view name, const std::vector<std::string>& values) {
  return add(name, text::join(values, ","));
}

query& query::add_instant(std::string_view name, std::optional<instant> at) {
  return at ? add(name, std::to_string(at->time_since_epoch().count())) : *this;
}

query& query::add_number(std::string_view name, std::uint64_t value) {
  return value > 0 ? add(name, std::to_string(value)) : *this;
}

}  // namespace triggerd::api
