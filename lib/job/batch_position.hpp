// Where the planning of a batch stands, so that a restart goes on there, and how many rejects there were on the way.
#pragma once

#include "base/result.hpp"
#include "spec/units.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace triggerd::job {

// Items before `at` are in chunks that are in the ledger. Rejects of items before `told` were reported; between the two
// lie the items of a chunk that was still open.
struct batch_position {
  std::uint64_t at = 0;
  std::uint64_t told = 0;
  std::uint64_t rejected = 0;
  std::string stamp;  // of the source

  static batch_position read(const std::string& text);
  std::string write() const;
};

// job.rejects when more were rejected than `most` allows. A percentage is judged at the end, and before it once enough
// items were seen for it to mean something.
result<> check_rejects(const std::optional<spec::share>& most, std::uint64_t rejected, std::uint64_t seen, bool at_end,
                       const std::string& last_reason);

}  // namespace triggerd::job
