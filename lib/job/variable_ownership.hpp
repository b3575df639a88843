// Who owns which variable of an environment, and what was last written, as the ledger remembers it. Pure.
//
// A row is written twice: as a claim before the import leaves, so that a crash in between leaves no foreign-looking
// variable behind, and with the digest of the value when the import has succeeded.
#pragma once

#include "base/clock.hpp"
#include "store/ledger.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace triggerd::job {

struct owned_variable {
  std::string owner;   // the job
  std::string digest;  // of the value last written; empty: none is known
  bool secret = false;
  bool claim = false;           // a write was begun: what the server has may be newer than the digest
  bool proven = false;          // of a claim: an earlier write of ours had succeeded, so it may be pruned all the same
  bool adopted = false;         // equal when first seen and never written by us: on a branch it may be inherited
  std::optional<instant> at{};  // of the last write

  static owned_variable read(const store::memory_row& row);
};

// Where variables live: the proved environment, or what all preview branches of a project share.
class variable_home {
 public:
  variable_home(std::string identity, std::string_view digest_key) : identity_(std::move(identity)), key_(digest_key) {}

  std::string space() const { return "vars:" + identity_; }
  // Keyed by this installation, and of no use for another variable or environment: short values cannot be guessed.
  std::string digest(std::string_view name, std::string_view value) const;
  store::memory_row row(std::string name, const owned_variable& what) const;

 private:
  std::string identity_;
  std::string key_;
};

}  // namespace triggerd::job
