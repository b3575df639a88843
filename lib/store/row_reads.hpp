// Reads as statements: the SQLite half of the ledger's reading functions, same meaning, same order.
#pragma once

#include "store/ledger.hpp"
#include "store/sqlite.hpp"

namespace triggerd::store::row_reads {

result<std::vector<fire_row>> unfinished_fires(connection& db);
result<std::vector<fire_row>> fires(connection& db, const fire_filter& which);
result<std::optional<fire_row>> fire(connection& db, const std::string& id);
result<std::vector<leg_row>> legs(connection& db, const std::string& fire);
result<std::vector<action_row>> actions(connection& db, const std::string& fire, const std::string& target,
                                        std::uint64_t from, std::size_t most, bool unsettled_only);
result<std::optional<action_row>> action_behind(connection& db, const std::string& run);
result<std::vector<memory_row>> recall(connection& db, const std::string& space, const std::vector<std::string>& names);
result<std::vector<memory_row>> recall_all(connection& db, const std::string& space, const std::string& after,
                                           std::size_t most);
result<std::optional<std::string>> get(connection& db, const std::string& name);
result<std::map<std::string, std::string>> settings(connection& db, const std::string& prefix);
result<std::vector<job_end>> last_ends(connection& db);
result<std::vector<std::string>> spooled(connection& db);

struct fire_count {
  std::uint64_t all = 0;
  std::uint64_t unfinished = 0;
};
result<fire_count> count_fires(connection& db);

}  // namespace triggerd::store::row_reads
