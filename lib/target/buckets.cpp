#include "target/buckets.hpp"

#include "base/mutation.hpp"

#include <algorithm>
#include <cassert>

namespace triggerd::target {

subject::subject(std::uint64_t number, random_source& random)
    : number_(number), meters_{meter(random), meter(random), meter(random)} {}

meter& subject::of(spec::rate_limiter which) {
  assert(which != spec::rate_limiter::none);
  switch (which) {
    case spec::rate_limiter::management: return meters_[1];
    case spec::rate_limiter::batch_runs: return meters_[2];
    default: return meters_[0];
  }
}

std::shared_ptr<subject> subject::settled() {
  std::shared_ptr<subject> last = shared_from_this();
  while (last->became_) last = std::shared_ptr<subject>(last->became_);
  return last;
}

void subject::fit(steady_time now) {
  ceiling requests, items;
  for (const auto& [id, limit] : members_) {
    requests = smallest(requests, {limit.requests, limit.burst});
    items = smallest(items, {limit.batch_items, limit.batch_burst});
  }
  of(spec::rate_limiter::api).set_ceiling(requests, now);
  of(spec::rate_limiter::management).set_ceiling(requests, now);
  of(spec::rate_limiter::batch_runs).set_ceiling(items, now);
}

share::share(std::shared_ptr<subject> of, std::uint64_t id, const clock& time)
    : of_(std::move(of)), id_(id), clock_(&time) {}

share::~share() {
  const std::shared_ptr<subject> of = payer();
  of->members_.erase(id_);
  of->fit(clock_->steady());
}

std::shared_ptr<subject> buckets::find(const std::string& key) const {
  const auto known = by_key_.find(key);
  const std::shared_ptr<subject> found = known == by_key_.end() ? nullptr : known->second.lock();
  return found ? found->settled() : nullptr;
}

// Now and then, so that thousands who join one after the other do not pass all before them each time.
void buckets::sweep() {
  if (by_key_.size() < 2 * swept_to_) return;
  std::erase_if(by_key_, [](const auto& entry) { return entry.second.expired(); });
  swept_to_ = std::max<std::size_t>(by_key_.size(), 32);
}

std::unique_ptr<share> buckets::join(const std::string& key, const spec::limit_spec& limit) {
  sweep();
  std::shared_ptr<subject> of = find(key);
  if (!of) of = std::make_shared<subject>(++last_subject_, random_);
  by_key_[key] = of;
  const std::uint64_t id = ++last_member_;
  of->members_[id] = limit;
  of->fit(clock_.steady());
  return std::unique_ptr<share>(new share(of, id, clock_));
}

std::optional<buckets::merger> buckets::prove(const share& member, const std::string& key) {
  const std::shared_ptr<subject> mine = member.payer();
  const std::shared_ptr<subject> other = find(key);
  if (!other || other == mine || mutated(mutation::budget_by_credential)) {
    by_key_[key] = mine;
    return std::nullopt;
  }
  for (const spec::rate_limiter which :
       {spec::rate_limiter::api, spec::rate_limiter::management, spec::rate_limiter::batch_runs})
    other->of(which).absorb(mine->of(which));
  other->members_.merge(mine->members_);
  other->fit(clock_.steady());
  mine->became_ = other;
  return merger{mine->number(), other->number()};
}

std::string provisional_key(const std::string& base_url, std::string_view token_digest) {
  return base_url + " token " + std::string(token_digest);
}

std::string environment_key(const std::string& base_url, std::string_view environment) {
  return base_url + " environment " + std::string(environment);
}

}  // namespace triggerd::target
