// Runs that ended badly, grouped by what they say, and what people decided about each group.
#pragma once

#include "sandbox/run_store.hpp"

#include <map>
#include <set>

namespace triggerd::sandbox {

struct state;

enum class error_status : std::uint8_t { unresolved, resolved, ignored };
std::string_view name_of(error_status status);  // "unresolved"

// What was decided, until it is overtaken.
struct error_decision {
  error_status status = error_status::unresolved;
  std::optional<instant> resolved, ignored, ignored_until;
  std::string resolved_in;  // version; empty: not said
  std::string reason;
  std::optional<double> rate;         // occurrences per minute that end the ignoring
  std::optional<std::int64_t> total;  // more occurrences that end it
  std::size_t count_when_ignored = 0;
};

struct error_group {
  std::string fingerprint;  // 16 hex digits
  std::string task, type, message;
  std::size_t count = 0;
  instant first{}, last{};
  std::set<std::string, std::greater<>> versions;  // newest first
  error_decision decided;

  std::string id() const { return "error_" + fingerprint; }
};

class error_decisions {
 public:
  error_decision& at(const live_environment& where, const std::string& fingerprint) {
    return decided_[{&where, fingerprint}];
  }
  const error_decision* find(const live_environment& where, const std::string& fingerprint) const;

 private:
  std::map<std::pair<const live_environment*, std::string>, error_decision> decided_;
};

// The groups of the runs that ended between two instants; passes every run of the environment. Most occurrences first.
std::vector<error_group> error_groups(state& in, const live_environment& where, instant from, instant to);

}  // namespace triggerd::sandbox
