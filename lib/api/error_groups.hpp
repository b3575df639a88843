// Failures of runs, grouped by the server (contract API.md 22).
#pragma once

#include "api/operation.hpp"
#include "base/clock.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace triggerd::api {

struct error_group {
  std::string id;  // "error_..."
  std::string fingerprint, task;
  std::string type;     // "Error", "PAYLOAD_TOO_LARGE", ...
  std::string message;  // printable, bounded
  std::string status;   // "unresolved", "resolved", "ignored"
  std::uint64_t count = 0;
  std::optional<instant> first_seen, last_seen, resolved, ignored_until;
  // Told of a single one only:
  std::vector<std::string> versions;  // that it was seen in
  std::string resolved_in_version, resolved_by, ignored_reason;
};
struct error_group_page {
  std::vector<error_group> groups;
  std::string next;
};
// 0: the server's default size. At most one cursor.
operation<error_group_page> list_error_groups(std::uint32_t page_size = 0, std::string_view after = {});
operation<error_group> retrieve_error_group(std::string_view id);

// Each answers with what the group is afterwards.
operation<error_group> resolve_error_group(std::string_view id);
operation<error_group> ignore_error_group(std::string_view id);
operation<error_group> unresolve_error_group(std::string_view id);

}  // namespace triggerd::api
