// The rows of a ledger in ordinary containers: what writes do and what reads see, without a disk.
#pragma once

#include "store/ledger.hpp"

#include <map>
#include <set>

namespace triggerd::store {

class memory_tables {
 public:
  void apply(const write& what);

  std::vector<fire_row> unfinished_fires() const;
  std::vector<fire_row> fires(const fire_filter& which) const;
  std::optional<fire_row> fire(const std::string& id) const;
  std::vector<leg_row> legs(const std::string& fire) const;
  std::vector<action_row> actions(const std::string& fire, const std::string& target, std::uint64_t from,
                                  std::size_t most, bool unsettled_only) const;
  std::uint64_t done_actions(const std::string& fire, const std::string& target, int attempt) const;
  std::optional<action_row> action_behind(const std::string& run) const;
  std::vector<memory_row> recall(const std::string& space, const std::vector<std::string>& names) const;
  std::vector<memory_row> recall_all(const std::string& space, const std::string& after, std::size_t most) const;
  std::optional<std::string> get(const std::string& name) const;
  std::map<std::string, std::string> settings(const std::string& prefix) const;
  std::vector<job_end> last_ends() const;
  std::vector<std::string> spooled() const;

  // Every text of every row, one per line, for a search after values that must not be there.
  std::string dump() const;

 private:
  using leg_key = std::pair<std::string, std::string>;  // fire, target
  struct action_list {
    std::map<std::uint64_t, action_row> rows;
    std::set<std::uint64_t> open;  // the unsettled ones
  };

  void put(const fire_row& row);
  void put(const leg_row& row);
  void put(const action_row& row);
  void put(const action_change& what);
  void put(const memory_row& row);
  void put(const forget_memory& what);
  void put(const setting_row& row);

  std::map<std::string, fire_row> fires_;
  std::set<std::string> unfinished_;
  std::map<leg_key, leg_row> legs_;
  std::map<leg_key, action_list> actions_;
  std::map<std::pair<std::string, std::string>, memory_row> memory_;  // space, name
  std::map<std::string, std::string> settings_;
};

// Every text of one queued write, one per line.
std::string dump(const write& what);

}  // namespace triggerd::store
