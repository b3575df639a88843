// Which of the server's endpoints a method and a path name.
#pragma once

#include <array>
#include <string_view>

namespace origin {

enum class endpoint {
  trigger,
  batches_create,
  batches_items,
  batches_retrieve,
  runs_list,
  runs_retrieve,
  runs_replay,
  bulk_create,
  bulk_list,
  bulk_retrieve,
  envvars_list,
  envvars_create,
  envvars_import,
  envvars_retrieve,
  envvars_update,
  envvars_delete,
  whoami,
  other,
  stats,  // the last two are ours, and not counted
  stats_reset,
};

inline constexpr std::size_t counted_endpoints = static_cast<std::size_t>(endpoint::stats);
inline constexpr std::array<std::string_view, counted_endpoints> endpoint_names = {
    "trigger",        "batches.create",   "batches.items",  "batches.retrieve", "runs.list",    "runs.retrieve",
    "runs.replay",    "bulk.create",      "bulk.list",      "bulk.retrieve",    "envvars.list", "envvars.create",
    "envvars.import", "envvars.retrieve", "envvars.update", "envvars.delete",   "whoami",       "other"};

// Views into the path of the request.
struct place {
  endpoint what = endpoint::other;
  std::string_view id;     // the task, batch, run, bulk action or name of a variable
  std::string_view query;  // without the question mark
};

place place_of(std::string_view method, std::string_view path_and_query);

}  // namespace origin
