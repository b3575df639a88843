// Writes as statements.
#pragma once

#include "store/ledger.hpp"
#include "store/sqlite.hpp"

namespace triggerd::store {

// Inside the caller's transaction.
result<> apply(connection& db, const write& what);

// One small step of retention: at most `most` rows of one ended fire that is older than `before`, or not among the
// newest `keep_per_job` of its job (0: no such bound). Returns the rows removed; 0 when nothing is left to do. A fire goes last, after its
// actions and legs, so a stop in the middle loses no reference to what is still there.
result<std::size_t> prune_step(connection& db, instant before, std::size_t keep_per_job, std::size_t most);

}  // namespace triggerd::store
