#include "sandbox/deployment_store.hpp"

#include "base/text.hpp"
#include "sandbox/dice.hpp"

#include <algorithm>
#include <charconv>

namespace triggerd::sandbox {

namespace {

constexpr std::string_view deployment_prefix = "deployment_";

// {day, number of the day}: "20261124.2" is {20261124, 2}.
std::pair<std::uint64_t, std::uint64_t> version_parts(std::string_view version) {
  std::pair<std::uint64_t, std::uint64_t> out{};
  const std::size_t dot = std::min(version.find('.'), version.size());
  std::from_chars(version.data(), version.data() + dot, out.first);
  if (dot < version.size()) std::from_chars(version.data() + dot + 1, version.data() + version.size(), out.second);
  return out;
}

std::string day_of(instant at) {
  std::string day = text::iso(at).substr(0, 10);
  day.erase(std::remove(day.begin(), day.end(), '-'), day.end());
  return day;
}

}  // namespace

deployment_store::deployment_store(std::uint64_t seed, places& homes, instant start) : seed_(seed) {
  for (live_environment& home : homes.all()) {
    if (home.spec->type == environment_type::development || home.spec->tasks.empty()) continue;
    deployment& made = create(home, stable_id(home.where->id), "node", start);
    made.version = home.spec->version;
    finish(made, start);
  }
}

deployment& deployment_store::create(live_environment& where, std::string content, std::string runtime, instant now) {
  deployment& made = deployments_.emplace_back();
  made.number = deployments_.size();
  made.where = &where;
  made.content = std::move(content);
  made.runtime = std::move(runtime);
  made.created = now;
  std::uint64_t last = 0;
  for (const deployment& other : deployments_)
    if (other.where == &where && other.version.starts_with(day_of(now)))
      last = std::max(last, version_parts(other.version).second);
  made.version = day_of(now) + '.' + std::to_string(last + 1);
  return made;
}

void deployment_store::finish(deployment& one, instant now) {
  one.status = deployment_status::deployed;
  one.deployed = now;
  promote(one);
}

void deployment_store::promote(const deployment& one) {
  current_[one.where] = one.number;
  one.where->version = one.version;
}

deployment* deployment_store::find(std::string_view id, const live_environment& where) {
  const auto number = number_in(deployment_prefix, seed_, id);
  if (!number || *number == 0 || *number > deployments_.size()) return nullptr;
  deployment& found = deployments_[*number - 1];
  return found.where == &where ? &found : nullptr;
}

deployment* deployment_store::with_version(std::string_view version, const live_environment& where) {
  for (deployment& one : deployments_)
    if (one.where == &where && one.version == version) return &one;
  return nullptr;
}

deployment* deployment_store::current(const live_environment& where) {
  const auto at = current_.find(&where);
  return at == current_.end() ? nullptr : &deployments_[at->second - 1];
}

std::vector<const deployment*> deployment_store::listed(const live_environment& where) const {
  std::vector<const deployment*> out;
  for (const deployment& one : deployments_)
    if (one.where == &where) out.push_back(&one);
  std::reverse(out.begin(), out.end());
  return out;
}

std::string deployment_store::id_of(const deployment& one) const {
  return numbered_id(deployment_prefix, seed_, one.number);
}

bool is_older_version(std::string_view a, std::string_view b) { return version_parts(a) < version_parts(b); }

}  // namespace triggerd::sandbox
