#include "sandbox/waitpoint_store.hpp"

#include "base/digest.hpp"
#include "sandbox/dice.hpp"

namespace triggerd::sandbox {

std::string_view waitpoint::status(instant now) const {
  if (completed) return "COMPLETED";
  return times_out && *times_out <= now ? "TIMED_OUT" : "WAITING";
}

waitpoint& waitpoint_store::create(live_environment& where, waitpoint asked) {
  waitpoint& made = waitpoints_.emplace_back(std::move(asked));
  made.number = waitpoints_.size();
  made.where = &where;
  by_place_[&where].push_back(made.number);
  if (!made.key.empty()) keys_[{&where, made.key}] = made.number;
  return made;
}

waitpoint* waitpoint_store::held(const live_environment& where, const std::string& key, instant now) {
  const auto found = keys_.find({&where, key});
  if (key.empty() || found == keys_.end()) return nullptr;
  waitpoint& one = at(found->second);
  return one.key_expires && *one.key_expires <= now ? nullptr : &one;
}

waitpoint* waitpoint_store::find(std::string_view id) {
  const auto number = number_in(waitpoint_prefix, seed_, id);
  if (!number || *number == 0 || *number > waitpoints_.size()) return nullptr;
  return &at(*number);
}

std::string waitpoint_store::id_of(const waitpoint& one) const {
  return numbered_id(waitpoint_prefix, seed_, one.number);
}

std::string waitpoint_store::callback_hash(const waitpoint& one) const {
  return hmac_sha256_hex(one.where->root().spec->key, id_of(one));
}

}  // namespace triggerd::sandbox
