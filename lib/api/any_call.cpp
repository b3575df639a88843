#include "api/any_call.hpp"

#include "api/address.hpp"
#include "api/codes.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace triggerd::api {

namespace {

error unknown_endpoint(std::string_view id) {
  std::vector<std::string_view> known;
  for (const auto& one : spec::endpoints()) known.push_back(one.id);
  std::string why = "there is no endpoint \"" + text::printable(id, 60) + '"';
  if (const auto near = text::nearest(id, known)) why += "; did you mean \"" + *near + "\"?";
  return fail(codes::bad_argument, std::move(why));
}

const std::string* value_of(const parameters& given, std::string_view name) {
  const auto found = std::find_if(given.begin(), given.end(), [&](const auto& one) { return one.first == name; });
  return found == given.end() ? nullptr : &found->second;
}

result<std::string> path_with(const spec::endpoint& to, const parameters& given) {
  std::string path;
  for (const auto segment : text::split(to.path.substr(1), '/')) {
    path += '/';
    if (!segment.starts_with('{')) {
      path += segment;
      continue;
    }
    const auto name = segment.substr(1, segment.size() - 2);
    const auto* value = value_of(given, name);
    if (value == nullptr || value->empty())
      return fail(codes::bad_argument,
                  std::string(to.id) + " needs " + std::string(name) + ": " + std::string(to.path));
    path += text::percent_encode(*value);
  }
  return path;
}

std::string_view type_of(std::string_view body) {
  if (body == "ndjson") return "application/x-ndjson";
  return "application/json";  // also of raw records, as the official client sends them
}

result<any_reply> read_any(const transport::response& reply) {
  const auto type = reply.head.first("content-type").value_or(std::string_view());
  return any_reply{.status = reply.status,
                   .content_type = std::string(text::trim(type.substr(0, type.find(';')))),
                   .body = reply.body};
}

}  // namespace

result<operation<any_reply>> any_call(std::string_view endpoint, const parameters& given,
                                      std::shared_ptr<const std::string> body) {
  const auto* to = spec::find_endpoint(endpoint);
  if (to == nullptr) return unknown_endpoint(endpoint);
  if (body && to->body.empty() && to->id != "runs.replay")
    return fail(codes::bad_argument, std::string(to->id) + " takes no body");
  auto path = path_with(*to, given);
  if (!path) return path.error();
  const auto names = path_names(*to);
  query rest;
  for (const auto& [name, value] : given)
    if (std::find(names.begin(), names.end(), name) == names.end()) rest.add(name, value);
  call what;
  what.endpoint = to;
  what.path = *path + rest.text();
  if (body) what.content_type = type_of(to->body);
  what.chunked = to->body == "ndjson";
  what.body = std::move(body);
  return operation<any_reply>{std::move(what), read_any};
}

std::vector<std::string_view> path_names(const spec::endpoint& of) {
  std::vector<std::string_view> names;
  for (const auto segment : text::split(of.path, '/'))
    if (segment.starts_with('{')) names.push_back(segment.substr(1, segment.size() - 2));
  return names;
}

std::optional<std::string> path_part(const call& what, std::string_view name) {
  const auto wanted = text::split(what.endpoint->path, '/');
  const auto given = text::split(std::string_view(what.path).substr(0, what.path.find('?')), '/');
  for (std::size_t i = 0; i < std::min(wanted.size(), given.size()); ++i)
    if (wanted[i].size() == name.size() + 2 && wanted[i][0] == '{' && wanted[i].substr(1, name.size()) == name)
      return text::percent_decode(given[i]);
  return std::nullopt;
}

}  // namespace triggerd::api
