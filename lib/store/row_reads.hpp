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
                                        std::uint64_t from, std::size_t most);

// Three searches without an index, in steps: between two of them other work has its turn.
struct unsettled_step {
  std::vector<action_row> rows;
  std::optional<std::uint64_t> next;  // where the next step begins; none after the last action
};
// Among the next `among` actions from `from`; at most `most` of them.
result<unsettled_step> unsettled(connection& db, const std::string& fire, const std::string& target, std::uint64_t from,
                                 std::size_t most, std::size_t among);
struct done_step {
  std::uint64_t count = 0;
  std::optional<std::uint64_t> next;  // as above
};
// Of the attempt, among the next `among` actions from `from`.
result<done_step> done_actions(connection& db, const std::string& fire, const std::string& target, int attempt,
                               std::uint64_t from, std::size_t among);
result<std::int64_t> last_action(connection& db);  // the place of the row written last; 0: none
// The last of the `among` rows up to place `upto`.
result<std::optional<action_row>> action_behind(connection& db, const std::string& run, std::int64_t upto,
                                                std::int64_t among);
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
