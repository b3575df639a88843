// What was proved about a key.
#pragma once

#include <string>

namespace triggerd::target {

struct identity {
  std::string id;      // of the environment; of the branch's own, for a branch
  std::string parent;  // environment id of a branch's parent; empty: no branch, or not known
  std::string branch;
  std::string project;  // "proj_..."

  // Whose bucket the server charges.
  const std::string& charged() const { return parent.empty() ? id : parent; }
  // For ledgers: the environment id, with "@branch" for a branch.
  std::string text() const { return branch.empty() ? id : id + "@" + branch; }

  friend bool operator==(const identity&, const identity&) = default;
};

}  // namespace triggerd::target
