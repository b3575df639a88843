// Bulk actions: selected at once, worked off group by group.
#pragma once

#include "sandbox/run_store.hpp"

#include <deque>

namespace triggerd::sandbox {

struct state;

enum class bulk_status : std::uint8_t { pending, completed, aborted };

struct bulk {
  std::uint64_t number = 0;
  live_environment* where = nullptr;
  bool replays = false;  // else it cancels
  std::string name;
  std::string region;  // of the replays; empty: each original's
  instant created{};
  std::optional<instant> completed;
  bulk_status status = bulk_status::pending;
  run_numbers selected;
  std::size_t done = 0;
  std::size_t success = 0;
};

class bulk_store {
 public:
  bulk& create(state& in, live_environment& where, bool replays, std::string name, std::string region,
               run_numbers selected);
  void due(state& in, bulk& one);
  void abort(state& in, bulk& one);
  std::size_t pending_replays(const live_environment& where) const;

  bulk* find(std::string_view id, std::uint64_t seed, const live_environment& where);
  bulk& at(std::uint64_t number) { return bulks_[number - 1]; }
  static std::string id_of(const bulk& one, std::uint64_t seed);

 private:
  void end(state& in, bulk& one, bulk_status how);
  std::deque<bulk> bulks_;
};

}  // namespace triggerd::sandbox
