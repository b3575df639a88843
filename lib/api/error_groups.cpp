#include "api/error_groups.hpp"

#include "api/paging.hpp"
#include "api/rows.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"

namespace triggerd::api {

namespace {

using nlohmann::json;

result<error_group> error_group_of(const json& one) {
  error_group group;
  const auto named = required_texts(one, {{"id", &group.id}, {"status", &group.status}});
  if (!named) return named.error();
  std::string message;
  optional_texts(one, {{"fingerprint", &group.fingerprint},
                       {"taskIdentifier", &group.task},
                       {"errorType", &group.type},
                       {"errorMessage", &message},
                       {"resolvedInVersion", &group.resolved_in_version},
                       {"resolvedBy", &group.resolved_by},
                       {"ignoredReason", &group.ignored_reason}});
  optional_instants(one, {{"firstSeen", &group.first_seen},
                          {"lastSeen", &group.last_seen},
                          {"resolvedAt", &group.resolved},
                          {"ignoredUntil", &group.ignored_until}});
  group.message = text::printable(message, limits::peer_words);
  group.versions = texts_member(one, "affectedVersions");
  const auto count = required_count(one, "count");
  if (!count) return count.error();
  group.count = *count;
  return group;
}

result<error_group> read_error_group(const transport::response& reply) { return whole_of(reply, error_group_of); }

result<error_group_page> read_error_groups(const transport::response& reply) {
  const auto body = parse_body(reply);
  if (!body) return body.error();
  auto rows = rows_member(*body, "data", error_group_of);
  if (!rows) return rows.error();
  return error_group_page{.groups = std::move(*rows), .next = next_cursor(*body)};
}

operation<error_group> change_group(std::string_view endpoint, std::string_view id) {
  return {make_json_call(endpoint, {id}, json::object()), read_error_group};
}

}  // namespace

operation<error_group_page> list_error_groups(std::uint32_t page_size, std::string_view after) {
  query text;
  text.add_number("page[size]", page_size).add("page[after]", after);
  return {make_call("errors.list", {}, text.text()), read_error_groups};
}

operation<error_group> retrieve_error_group(std::string_view id) {
  return {make_call("errors.retrieve", {id}), read_error_group};
}

operation<error_group> resolve_error_group(std::string_view id) { return change_group("errors.resolve", id); }
operation<error_group> ignore_error_group(std::string_view id) { return change_group("errors.ignore", id); }
operation<error_group> unresolve_error_group(std::string_view id) { return change_group("errors.unresolve", id); }

}  // namespace triggerd::api
