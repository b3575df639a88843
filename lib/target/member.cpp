#include "target/member.hpp"

#include "base/text.hpp"
#include "target/codes.hpp"

#include <vector>

namespace triggerd::target {

namespace {

bool same_key(const std::shared_ptr<const client::credential>& a, const std::shared_ptr<const client::credential>& b) {
  if (a == b) return true;
  return a && b && a->kind == b->kind && a->value.expose() == b->value.expose();
}

bool same_place(const spec::target_spec& a, const spec::target_spec& b) {
  return a.project == b.project && a.env == b.env && a.branch == b.branch;
}

// Counts a call while it is under way, so that close() can wait for all of them.
class under_way {
 public:
  explicit under_way(common& shared) : shared_(shared) { ++shared_.performing; }
  ~under_way() {
    if (--shared_.performing == 0) shared_.quiet.notify_all();
  }
  under_way(const under_way&) = delete;
  under_way& operator=(const under_way&) = delete;

 private:
  common& shared_;
};

}  // namespace

member::member(std::shared_ptr<common> shared, make_up of)
    : shared_(std::move(shared)),
      spec_(of.spec),
      wire_(shared_->world.connect(*spec_)),
      line_(shared_, spec_),
      own_(*shared_, line_, *this, wire_, {spec_, of.exchange, of.limit}, std::move(of.key)),
      state_(state()),
      since_(shared_->world.clock.now()) {}

bool member::same_as(const make_up& other) const {
  const bool same_spec = spec_ == other.spec || *spec_ == *other.spec;
  return same_spec && own_.limit() == other.limit && own_.exchanges() == other.exchange &&
         same_key(own_.key(), other.key);
}

target_state member::state() const {
  if (!spec_->enabled) return target_state::disabled;
  const verdict* last = own_.last();
  if (last && last->is == verdict::kind::parked) return target_state::parked;
  if (shared_->pauses.count(spec_->name) > 0) return target_state::paused;
  return own_.proved() ? target_state::ok : target_state::unproved;
}

bool member::take_state() {
  identity_ = own_.proved() ? own_.proved()->text() : std::string();
  const target_state now = state();
  if (now == state_) return false;
  state_ = now;
  since_ = shared_->world.clock.now();
  return true;
}

void member::refresh() {
  if (!take_state() || retired_) return;
  const health_view seen = health();
  std::string text = "now " + std::string(name(state_));
  if (!seen.trouble.empty()) text += ": " + seen.trouble;
  const std::string& who = spec_->name;
  const log_level level = state_ == target_state::parked ? log_level::error : log_level::info;
  shared_->world.log.write(level, "Target " + who + " is " + text, {{"target", who}});
  if (shared_->world.on_change) shared_->world.on_change("target-state", *this, text);
}

void member::tell_pause(std::string_view kind, const std::string& text) {
  take_state();
  const std::string& who = spec_->name;
  shared_->world.log.notice("Target " + who + " was " + text, {{"target", who}});
  if (shared_->world.on_change) shared_->world.on_change(kind, *this, text);
}

health_view member::health() const {
  health_view out{state_, since_, {}, {}};
  const verdict* last = own_.last();
  switch (state_) {
    case target_state::disabled: out.next = "enable it in the configuration and reload"; return out;
    case target_state::parked:
      out.trouble = last->reason;
      out.next = last->next;
      return out;
    case target_state::paused: {
      const auto note = paused();
      out.next = note && note->until ? "resumed at " + text::iso(*note->until) : "held until it is resumed";
      break;
    }
    case target_state::unproved: out.next = "proved before the next write"; break;
    case target_state::ok: break;
  }
  if (!own_.has_key()) {
    out.trouble = "Credential " + spec_->credential + " has no value now.";
    out.next = "give the credential a value and reload";
  } else if (last && last->is == verdict::kind::unproved) {
    out.trouble = last->reason;
    out.next = last->next;
  } else if (last && last->is == verdict::kind::unreachable) {
    out.trouble = last->reason;
    out.next = "tried again at " + text::iso(own_.again_at()) + " at the soonest, when it is needed";
  } else if (line_.quiet.broken()) {
    out.trouble = line_.quiet.text();
    out.since = line_.quiet.since();
    if (out.next.empty()) out.next = "cleared by the next reply";
  }
  return out;
}

std::optional<pause_note> member::paused() const {
  const auto known = shared_->pauses.find(spec_->name);
  if (known == shared_->pauses.end()) return std::nullopt;
  return known->second;
}

std::optional<budget_view> member::budget() const {
  const auto told = own_.budget();
  if (!told) return std::nullopt;
  return budget_view{told->limit, told->remaining, told->reset};
}

std::optional<error> member::closed_to_all() const {
  const std::string& name = spec_->name;
  if (shared_->door.closed()) return fail(triggerd::codes::stopped, "The targets are being closed.");
  if (gone_) return fail(codes::removed, "Target " + name + " is no longer in the configuration.");
  if (!spec_->enabled) return fail(codes::disabled, "Target " + name + " is switched off in the configuration.");
  if (!own_.has_key())
    return fail(codes::no_credential, "Target " + name + ": credential " + spec_->credential + " has no value now.");
  const verdict* last = own_.last();
  if (last && last->is == verdict::kind::parked) return fail(codes::parked, "Target " + name + ": " + last->reason);
  return std::nullopt;
}

task<result<access>> member::open(std::string lane, spec::auth_spec auth, cancellation& cancel) {
  const std::shared_ptr<target> alive = shared_from_this();
  if (const auto closed = closed_to_all()) co_return *closed;
  const result<triggerd::target::identity> who = co_await own_.prove(cancel);
  if (!who) co_return who.error();
  client::client writes = own_.client();
  if (auth.any()) {
    standing& its = standing_for(auth);
    const result<triggerd::target::identity> other = co_await its.prove(cancel);
    if (!other) co_return other.error();
    if (other->id != who->id || other->branch != who->branch)
      co_return fail(codes::other_environment, "Target " + spec_->name + ": credential " + its.as().credential +
                                                   " of the job opens another environment than the target's own.");
    writes = its.client();
  }
  // The key may have been renewed while the other one was proved.
  if (const auto closed = closed_to_all()) co_return *closed;
  co_return make_access(alive, own_.client(), std::move(writes), std::move(lane), who->text(), cancel);
}

task<result<access>> member::open_for_reading(std::string lane, cancellation& cancel) {
  if (const auto closed = closed_to_all()) co_return *closed;
  const std::string identity = own_.proved() ? own_.proved()->text() : std::string();
  co_return make_access(shared_from_this(), own_.client(), own_.client(), std::move(lane), identity, cancel);
}

task<> member::prove(std::shared_ptr<member> self, cancellation& cancel) {
  if (self->closed_to_all()) co_return;
  co_await self->own_.prove(cancel);
}

standing& member::standing_for(const spec::auth_spec& auth) {
  spec::target_spec as = *spec_;
  if (auth.credential) as.credential = *auth.credential;
  if (auth.base_url) as.base_url = *auth.base_url;
  if (auth.branch) as.branch = *auth.branch;
  std::unique_ptr<standing>& its = of_jobs_[as.credential + "\n" + as.base_url + "\n" + as.branch];
  if (its) return *its;
  const auto key = shared_->keys.find(as.credential);
  const bool exchange = shared_->exchanging.contains(as.credential);
  standing::terms terms{std::make_shared<const spec::target_spec>(std::move(as)), exchange, own_.limit()};
  its = std::make_unique<standing>(*shared_, line_, *this, wire_, std::move(terms),
                                   key == shared_->keys.end() ? nullptr : key->second);
  return *its;
}

standing& member::standing_of(const client::client& by) {
  if (own_.issued(by)) return own_;
  for (const auto& [name, its] : of_jobs_)
    if (its->issued(by)) return *its;
  return own_;
}

// Its own key first: a job's weaker one names the same environment. Else any other target's that names it too.
task<std::optional<identity>> member::witness(const standing& of, cancellation& cancel) {
  if (&of != &own_ && own_.proved() && same_place(of.as(), *spec_)) co_return *own_.proved();
  std::vector<std::shared_ptr<member>> others;
  for (const auto& [name, one] : shared_->targets) {
    const bool fits = one.get() != this && one->spec().enabled && one->may_witness() &&
                      one->spec().base_url == of.as().base_url && same_place(one->spec(), of.as());
    if (fits) others.push_back(one);
  }
  for (const auto& one : others) {
    if (!one->proved()) co_await prove(one, cancel);
    if (one->proved()) co_return *one->proved();
  }
  co_return std::nullopt;
}

void member::renew(const std::map<std::string, std::shared_ptr<const client::credential>>& keys) {
  const auto own = keys.find(spec_->credential);
  if (own != keys.end()) own_.renew(own->second);
  for (const auto& [name, its] : of_jobs_) {
    const auto key = keys.find(its->as().credential);
    if (key != keys.end()) its->renew(key->second);
  }
}

void member::forgive() {
  own_.forgive();
  for (const auto& [name, its] : of_jobs_) its->forgive();
}

void member::retire(bool gone) {
  retired_ = true;
  gone_ = gone;
}

task<client::exchange> member::perform(access by, api::call what, std::uint64_t batch_items) {
  const under_way counted(*shared_);
  const client::client& with = client_of(by, what);
  standing& its = standing_of(with);
  const verdict* last = own_.last();
  if (last && last->is == verdict::kind::parked)
    co_return unsent(fail(codes::parked, "Target " + spec_->name + ": " + last->reason));
  // A proof is lost when the key is renewed; nothing is written before there is a new one. What the credential may not
  // call itself needs the key that a proof exchanges it for, or is refused without a byte.
  if (!its.proved() && !its.refuses(what) && (what.mutates() || its.exchanges_for(what))) {
    const boxed<error> unproved = co_await prove_now(its, cancel_of(by));
    if (unproved) co_return unsent(*unproved);
  }
  result<line::order> order = its.order_for(with, what, lane_of(by), batch_items);
  if (!order) co_return unsent(order.error());
  order->used = &used_by(by);
  client::exchange done = co_await line_.send(*order, cancel_of(by));
  const bool refused_key = done.failed && done.failed->kind == api::failure_kind::credential;
  if (refused_key) co_await its.doubt(cancel_of(by));
  co_return done;
}

// Nothing when it is proved. Boxed, because perform() is on the way of every request and seldom comes here.
task<boxed<error>> member::prove_now(standing& its, cancellation& cancel) {
  const result<triggerd::target::identity> who = co_await its.prove(cancel);
  if (who) co_return boxed<error>();
  co_return boxed<error>(who.error());
}

}  // namespace triggerd::target
