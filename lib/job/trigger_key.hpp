// Idempotency keys. Each is made once, when its action is planned, and stored with it.
#pragma once

#include "job/kind.hpp"
#include "spec/template.hpp"

#include <string>
#include <string_view>

namespace triggerd::job {

// The key of a leg's only run, as api::trigger_options takes it. "auto" is a hash of job, target and, unless keys hold
// across fires, the fire; the job's own words stay as they are.
result<std::string> run_key(const leg_view& leg, const spec::name_lookup& names);

// Keys of many items: hashes of what run_key() begins with, and of the item's identity.
class item_keys {
 public:
  static result<item_keys> make(const leg_view& leg, const spec::name_lookup& names);
  std::string of(std::string_view item_key) const;
  std::string of_place(std::uint64_t ordinal) const;  // of items without an identity

 private:
  explicit item_keys(std::string begin) : begin_(std::move(begin)) {}
  std::string begin_;
};

}  // namespace triggerd::job
