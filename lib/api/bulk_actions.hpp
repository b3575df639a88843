// Bulk replays and cancels, findable by their name (contract API.md 13.9).
#pragma once

#include "api/operation.hpp"
#include "api/runs.hpp"
#include "base/clock.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace triggerd::api {

struct bulk_created {
  std::string id;  // "bulk_..."
};
enum class bulk_kind { replay, cancel };
// Not repeatable: the same name twice makes two actions.
operation<bulk_created> create_bulk_action(bulk_kind kind, const std::vector<std::string>& runs, std::string_view name);

struct bulk_request {
  bulk_kind kind = bulk_kind::cancel;
  std::vector<std::string> runs;    // 1 to limits::bulk_run_ids, or else:
  std::optional<run_filter> which;  // at least one filter; its page does not count, and `error` is not taken
  std::string name;                 // at most limits::bulk_name characters
  std::string target_region;        // of replays
};
// As above; api.bad-argument for what the server would refuse.
result<operation<bulk_created>> create_bulk_action(const bulk_request& what);
// One that has ended is refused with 409. What it has done stays done.
operation<nothing> abort_bulk_action(std::string_view id);

struct bulk_view {
  std::string id, name, status;  // PENDING, COMPLETED, ABORTED
  std::string type;              // "CANCEL", "REPLAY"
  std::uint64_t total = 0, success = 0, failure = 0;
  std::optional<instant> created, completed;
  bool ended() const { return status != "PENDING"; }
};
operation<bulk_view> retrieve_bulk_action(std::string_view id);

struct bulk_page {
  std::vector<bulk_view> actions;  // newest first
  std::string next;
};
operation<bulk_page> list_bulk_actions(std::size_t page_size, std::string_view after);

}  // namespace triggerd::api
