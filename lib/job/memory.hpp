// What jobs remember beyond a fire, as a read-only view of the ledger: kinds look things up, the engine writes.
#pragma once

#include "store/ledger.hpp"

#include <string>
#include <vector>

namespace triggerd::job {

class memory {
 public:
  explicit memory(store::ledger& of) : ledger_(of) {}
  task<result<std::vector<store::memory_row>>> recall(std::string space, std::vector<std::string> names) const {
    return ledger_.recall(std::move(space), std::move(names));
  }
  task<result<std::vector<store::memory_row>>> recall_all(std::string space, std::string after,
                                                          std::size_t most) const {
    return ledger_.recall_all(std::move(space), std::move(after), most);
  }
  // An action of this leg that was planned before; for kinds whose actions depend on each other.
  task<result<std::vector<store::action_row>>> actions(std::string fire, std::string target, std::uint64_t from,
                                                       std::size_t most) const {
    return ledger_.actions(std::move(fire), std::move(target), from, most, false);
  }

 private:
  store::ledger& ledger_;
};

}  // namespace triggerd::job
