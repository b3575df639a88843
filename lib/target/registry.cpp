#include "target/registry.hpp"

#include "base/text.hpp"
#include "target/common.hpp"
#include "target/member.hpp"

#include <cassert>

namespace triggerd::target {

namespace {

using key_map = std::map<std::string, std::shared_ptr<const client::credential>>;
using spec::limit_spec;

member::make_up make_up_of(std::shared_ptr<const spec::target_spec> of, const inputs& from) {
  member::make_up out;
  for (const limit_spec& limit : from.limits)
    if (limit.name == of->limit) out.limit = limit;
  const auto credential = from.credentials.find(of->credential);
  out.exchange = credential != from.credentials.end() && credential->second.exchange;
  const auto key = from.keys.find(of->credential);
  if (key != from.keys.end()) out.key = key->second;
  out.spec = std::move(of);
  return out;
}

}  // namespace

struct registry::parts {
  explicit parts(registry_world world) : shared(std::make_shared<common>(std::move(world))) {}

  void end_pauses();  // those whose time is over
  void arm_pauses();  // one timer for the next of them; none while no pause ends by itself
  void resumed(const std::string& target, const std::string& text);
  void drop(const std::string& name);
  void renew_retired(const key_map& keys);  // what began with an old key goes on with the new one

  std::shared_ptr<common> shared;
  std::vector<std::weak_ptr<member>> retired;  // replaced or removed, while legs still hold them
  timer_id pause_timer = 0;
};

registry::registry(registry_world world) : parts_(std::make_unique<parts>(std::move(world))) {}

registry::~registry() {
  common& shared = *parts_->shared;
  assert(shared.performing == 0 && shared.proofs.size() == 0 && "registry destroyed without close()");
  shared.world.timers.disarm(parts_->pause_timer);
  shared.targets.clear();  // they hold what they share
}

void registry::apply(inputs now) {
  common& shared = *parts_->shared;
  shared.exchanging.clear();
  for (const auto& [name, credential] : now.credentials)
    if (credential.exchange) shared.exchanging.insert(name);
  std::map<std::string, std::shared_ptr<member>> next;
  std::vector<std::shared_ptr<member>> kept;
  for (const auto& spec : now.targets) {
    member::make_up made_of = make_up_of(spec, now);
    const auto known = shared.targets.find(spec->name);
    if (known != shared.targets.end() && known->second->same_as(made_of)) {
      next.emplace_hint(next.end(), spec->name, known->second);
      kept.push_back(known->second);
      continue;
    }
    shared.door.set_cap(spec->name, made_of.limit.in_flight);
    next.emplace_hint(next.end(), spec->name, std::make_shared<member>(parts_->shared, std::move(made_of)));
  }
  shared.keys = std::move(now.keys);
  shared.targets.swap(next);
  std::erase_if(parts_->retired, [](const auto& one) { return one.expired(); });
  for (const auto& [name, old] : next) {
    const auto still = shared.targets.find(name);
    if (still != shared.targets.end() && still->second == old) continue;
    old->retire(still == shared.targets.end());
    parts_->retired.push_back(old);
    if (still == shared.targets.end()) parts_->drop(name);
  }
  shared.door.refit();
  for (const auto& one : kept) {
    one->renew(shared.keys);  // the jobs' own credentials
    one->forgive();
  }
  parts_->renew_retired(shared.keys);
}

void registry::renew(const key_map& keys) {
  common& shared = *parts_->shared;
  for (const auto& [name, key] : keys) shared.keys[name] = key;
  for (const auto& [name, one] : shared.targets) one->renew(keys);
  parts_->renew_retired(keys);
}

void registry::parts::renew_retired(const key_map& keys) {
  for (const auto& weak : retired)
    if (const auto one = weak.lock()) one->renew(keys);
}

std::shared_ptr<target> registry::find(std::string_view name) const {
  const auto& targets = parts_->shared->targets;
  const auto known = targets.find(std::string(name));
  return known == targets.end() ? nullptr : known->second;
}

std::vector<std::shared_ptr<target>> registry::all() const {
  std::vector<std::shared_ptr<target>> out;
  for (const auto& [name, one] : parts_->shared->targets) out.push_back(one);
  return out;
}

std::vector<std::shared_ptr<target>> registry::select(const spec::selector& which) const {
  const auto& all = parts_->shared->targets;
  if (const auto name = which.only_name()) {  // what most jobs say; a fire need not look at ten thousand targets
    const auto found = all.find(std::string(*name));
    if (found == all.end()) return {};
    return {found->second};
  }
  std::vector<std::shared_ptr<target>> out;
  for (const auto& [name, one] : all)
    if (which.matches(one->spec())) out.push_back(one);
  return out;
}

void registry::pause(const std::vector<std::string>& targets, std::string by, std::optional<instant> until) {
  common& shared = *parts_->shared;
  for (const std::string& name : targets) {
    const auto known = shared.targets.find(name);
    if (known == shared.targets.end()) continue;
    shared.pauses[name] = {by, shared.world.clock.now(), until};
    shared.door.pause(name);
    known->second->tell_pause("target-paused", "paused by " + by + (until ? " until " + text::iso(*until) : ""));
  }
  parts_->arm_pauses();
}

void registry::resume(const std::vector<std::string>& targets) {
  common& shared = *parts_->shared;
  for (const std::string& name : targets) {
    if (shared.pauses.erase(name) > 0) parts_->resumed(name, "resumed");
    const auto known = shared.targets.find(name);
    if (known != shared.targets.end()) known->second->forgive();
  }
  parts_->arm_pauses();
}

void registry::parts::resumed(const std::string& target, const std::string& text) {
  shared->door.resume(target);
  const auto known = shared->targets.find(target);
  if (known != shared->targets.end()) known->second->tell_pause("target-resumed", text);
}

void registry::parts::end_pauses() {
  const instant now = shared->world.clock.now();
  std::vector<std::string> over;
  for (const auto& [name, note] : shared->pauses)
    if (note.until && *note.until <= now) over.push_back(name);
  for (const std::string& name : over) {
    shared->pauses.erase(name);
    resumed(name, "resumed: its time was over");
  }
  arm_pauses();
}

void registry::parts::arm_pauses() {
  shared->world.timers.disarm(pause_timer);
  pause_timer = 0;
  std::optional<instant> next;
  for (const auto& [name, note] : shared->pauses)
    if (note.until && (!next || *note.until < *next)) next = note.until;
  if (!next) return;
  const moment now = shared->now();
  const milliseconds left = std::max(*next - now.wall, milliseconds(1));
  pause_timer = shared->world.timers.arm(now.steady + left, [this] {
    pause_timer = 0;
    end_pauses();
  });
}

// Gone from the configuration: what still holds it may end.
void registry::parts::drop(const std::string& name) {
  if (shared->pauses.erase(name) > 0) shared->door.resume(name);
  shared->door.forget_cap(name);
  arm_pauses();
}

task<> registry::prove_at_startup(cancellation& cancel) {
  common& shared = *parts_->shared;
  task_group proofs(shared.world.loop);
  for (const auto& [name, one] : shared.targets) {
    const bool wanted = one->spec().verify_identity == spec::identity_check::startup && !one->paused();
    if (wanted) proofs.spawn(member::prove(one, cancel));
  }
  co_await proofs.join();
}

std::size_t registry::in_flight() const { return parts_->shared->door.in_flight(); }
std::size_t registry::queued() const { return parts_->shared->door.queued(); }

task<> registry::close() {
  const std::shared_ptr<common> shared = parts_->shared;
  shared->world.timers.disarm(parts_->pause_timer);
  parts_->pause_timer = 0;
  shared->door.close();
  shared->closing.request();
  for (const auto& [name, one] : shared->targets) one->close();
  for (const auto& weak : parts_->retired)
    if (const auto one = weak.lock()) one->close();
  co_await shared->proofs.join();
  while (shared->performing > 0) co_await shared->quiet.wait();
}

}  // namespace triggerd::target
