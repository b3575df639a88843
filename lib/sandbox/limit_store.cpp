#include "sandbox/limit_store.hpp"

namespace triggerd::sandbox {

limit_store::limit_store(places& homes) {
  for (const live_environment& home : homes.all())
    for (const shared_limit& known : home.spec->limits) {
      live_limit& made = limits_[&home][known.name];
      made.name = known.name;
      made.per_key.base = known.per_key;
      made.total.base = known.total;
    }
}

live_limit* limit_store::find(const live_environment& where, std::string_view name) {
  auto& known = limits_[&where];
  const auto at = known.find(name);
  return at == known.end() ? nullptr : &at->second;
}

std::vector<live_limit*> limit_store::of(const live_environment& where) {
  std::vector<live_limit*> out;
  for (auto& [name, one] : limits_[&where]) out.push_back(&one);
  return out;
}

}  // namespace triggerd::sandbox
