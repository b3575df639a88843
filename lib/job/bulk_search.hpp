// Looks for a bulk replay of ours whose answer was lost, in pages of the server's list, newest first. Pure.
#pragma once

#include "api/bulk_actions.hpp"
#include "base/clock.hpp"
#include "store/ledger.hpp"

#include <set>
#include <string>

namespace triggerd::job {

class bulk_search {
 public:
  enum class verdict {
    more,  // read the page after `next()`
    found,
    absent,  // it does not exist: whatever is newer than it could be has another name
    untold,  // it cannot be told: the server shows no names, or shows more than we look at
  };

  // `sent` is the earliest instant at which it can have been made, by our clock.
  bulk_search(const store::action_row& action, instant sent);

  verdict take(const api::bulk_page& page);
  const std::string& next() const { return next_; }
  const std::string& found() const { return found_; }  // its id

 private:
  bool is_older_of_ours(const std::string& name) const;

  std::string name_;
  std::string family_;  // what the names of this leg's groups begin with
  std::uint64_t number_;
  instant not_before_;
  std::string next_;
  std::string found_;
  std::set<std::string> cursors_;
  bool named_ = false;     // the server shows names
  bool nameless_ = false;  // something without a name may be it
  bool reached_ = false;   // what comes now is older than it could be
};

}  // namespace triggerd::job
