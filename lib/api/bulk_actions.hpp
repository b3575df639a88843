// Bulk replays and cancels over at most 500 run ids, findable by their name (contract API.md 13.9).
#pragma once

#include "api/operation.hpp"
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

struct bulk_view {
  std::string id, name, status;  // PENDING, COMPLETED, ABORTED
  std::uint64_t total = 0, success = 0, failure = 0;
  std::optional<instant> created;
  bool ended() const { return status != "PENDING"; }
};
operation<bulk_view> retrieve_bulk_action(std::string_view id);

struct bulk_page {
  std::vector<bulk_view> actions;  // newest first
  std::string next;
};
operation<bulk_page> list_bulk_actions(std::size_t page_size, std::string_view after);

}  // namespace triggerd::api
