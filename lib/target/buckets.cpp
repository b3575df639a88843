#include "target/buckets.hpp"

#include "base/mutation.hpp"

#include <algorithm>
#include <cassert>

namespace triggerd::target {

namespace {

constexpr std::array limiters{spec::rate_limiter::api, spec::rate_limiter::management, spec::rate_limiter::batch_runs};
constexpr std::size_t batch_items = 2;

std::size_t place_of(spec::rate_limiter which) {
  assert(which != spec::rate_limiter::none);
  const auto found = std::find(limiters.begin(), limiters.end(), which);
  return found == limiters.end() ? 0 : static_cast<std::size_t>(found - limiters.begin());
}

}  // namespace

subject::subject(std::uint64_t number, random_source& random) : number_(number), random_(random) {}

meter& subject::of(spec::rate_limiter which) {
  const std::size_t place = place_of(which);
  std::unique_ptr<meter>& one = meters_[place];
  if (!one) {
    one = std::make_unique<meter>(random_);
    one->set_ceiling(ceiling_of(place), steady_time{});
  }
  return *one;
}

const meter* subject::used(spec::rate_limiter which) const { return meters_[place_of(which)].get(); }

std::shared_ptr<subject> subject::settled() {
  std::shared_ptr<subject> last = shared_from_this();
  while (last->became_) last = std::shared_ptr<subject>(last->became_);
  return last;
}

ceiling subject::ceiling_of(std::size_t place) const {
  ceiling out;
  for (const auto& [id, limit] : members_)
    out = smallest(out, place == batch_items ? ceiling{limit.batch_items, limit.batch_burst}
                                             : ceiling{limit.requests, limit.burst});
  return out;
}

void subject::fit(steady_time now) {
  for (std::size_t place = 0; place < meters_.size(); ++place)
    if (meters_[place]) meters_[place]->set_ceiling(ceiling_of(place), now);
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
  for (const spec::rate_limiter which : limiters)
    if (const meter* its = mine->used(which)) other->of(which).absorb(*its);
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
