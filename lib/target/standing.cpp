#include "target/standing.hpp"

#include "api/retry.hpp"
#include "base/digest.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"
#include "target/codes.hpp"

namespace triggerd::target {

namespace {

using spec::credential_kind;

constexpr std::uint32_t token_life_s = 60;

client::settings settings_of(const spec::target_spec& of, std::shared_ptr<const client::credential> key) {
  client::settings out;
  out.base_url = of.base_url;
  out.project = of.project;
  out.env = of.env;
  out.branch = of.branch;
  out.headers = of.headers;
  out.connect_timeout = of.connect_timeout;
  out.first_byte_timeout = of.request_timeout;
  out.key = std::move(key);
  return out;
}

std::string token_key(const std::string& base_url, const client::credential& of) {
  return provisional_key(base_url, sha256_hex(of.value.expose()));
}

bool is_key(credential_kind kind) {
  return kind == credential_kind::secret_key || kind == credential_kind::additional_key;
}

bool same_value(const client::credential& a, const client::credential& b) {
  return a.kind == b.kind && a.value.expose() == b.value.expose();
}

bool same_object(const std::weak_ptr<const client::credential>& a, const std::shared_ptr<const client::credential>& b) {
  return !a.owner_before(b) && !b.owner_before(a);
}

}  // namespace

standing::standing(common& shared, line& out, owner& of, std::shared_ptr<transport::transport> wire, terms what,
                   std::shared_ptr<const client::credential> key)
    : shared_(shared), line_(out), owner_(of), wire_(std::move(wire)), terms_(std::move(what)) {
  // As the client writes it: issued() compares the two.
  if (terms_.as->base_url.ends_with('/')) {
    spec::target_spec as = *terms_.as;
    as.base_url.pop_back();
    terms_.as = std::make_shared<const spec::target_spec>(std::move(as));
  }
  use(std::move(key));
}

void standing::use(std::shared_ptr<const client::credential> key) {
  key_ = std::move(key);
  client_.reset();
  exchanged_.reset();
  exchanged_share_.reset();
  if (!key_) {
    share_.reset();
    return;
  }
  share_ = shared_.pools.join(token_key(terms_.as->base_url, *key_), terms_.limit);
}

const client::client& standing::client() {
  if (!client_) client_.emplace(wire_, shared_.world.clock, shared_.world.random, settings_of(*terms_.as, key_));
  return *client_;
}

bool standing::may_witness() const {
  return key_ && (key_->kind == credential_kind::secret_key || key_->kind == credential_kind::pat);
}

bool standing::exchanges_for(const api::call& what) const {
  return terms_.exchange && key_ && !spec::may_call(key_->kind, *what.endpoint);
}

bool standing::refuses(const api::call& what) const {
  return !terms_.exchange && key_ && !spec::may_call(key_->kind, *what.endpoint);
}

std::optional<meter::view> standing::budget() const {
  if (!share_) return std::nullopt;
  const meter* used = share_->payer()->used(spec::rate_limiter::api);
  if (!used) return std::nullopt;
  return used->told();
}

bool standing::fresh() const { return proof_ && shared_.world.clock.steady() - proved_at_ < limits::identity_age; }

// What may be answered without asking the server.
std::optional<result<identity>> standing::known(bool just_asked) const {
  const std::string& name = terms_.as->name;
  if (shared_.door.closed()) return fail(triggerd::codes::stopped, "The targets are being closed.");
  if (!key_)
    return fail(codes::no_credential,
                "Target " + name + ": credential " + terms_.as->credential + " has no value now.");
  if (fresh()) return *proof_;
  if (!last_) return std::nullopt;
  const std::string text = "Target " + name + ": " + last_->reason;
  switch (last_->is) {
    case verdict::kind::proved: return std::nullopt;  // too old
    case verdict::kind::parked: return fail(codes::parked, text);
    case verdict::kind::unproved:
      if (just_asked) return fail(codes::unproved, text);
      return std::nullopt;
    case verdict::kind::unreachable:
      if (just_asked || shared_.world.clock.steady() < again_at_) return fail(codes::unreachable, text);
      return std::nullopt;
  }
  return std::nullopt;
}

task<result<identity>> standing::prove(cancellation& cancel) {
  const std::uint64_t before = landings_;
  for (;;) {
    if (const auto answer = known(landings_ != before)) co_return *answer;
    if (!flying_) begin();
    const bool landed = co_await landed_.wait(cancel);
    if (!landed)
      co_return fail(triggerd::codes::cancelled,
                     "Cancelled while the identity of target " + terms_.as->name + " was being proved.");
  }
}

task<> standing::doubt(cancellation& cancel) {
  if (!proof_ || !key_) co_return;
  const steady_time now = shared_.world.clock.steady();
  if (!flying_) {
    if (doubted_at_ && now - *doubted_at_ < limits::identity_doubt) co_return;
    doubted_at_ = now;
    begin();
  }
  co_await landed_.wait(cancel);
}

void standing::forgive() {
  if (!last_ || last_->is != verdict::kind::parked) return;
  last_.reset();
  owner_.standing_changed();
}

void standing::begin() {
  flying_ = true;
  shared_.proofs.spawn(fly(owner_.keep_alive(), this, key_, generation_));
}

task<> standing::fly([[maybe_unused]] std::shared_ptr<void> alive, standing* self,
                     std::shared_ptr<const triggerd::client::credential> with, std::uint64_t generation) {
  ladder steps(*self->terms_.as, *with, self->terms_.exchange);
  while (steps.next() != ladder::question::none && generation == self->generation_) co_await self->ask(steps);
  const verdict became = steps.result();
  self->land(became, generation);
}

template <class T>
task<api::answer<T>> standing::put(api::operation<T> what, client::client by, std::shared_ptr<subject> payer) {
  api::call call = what.what;
  line::order going{std::move(by), call, line_.errand_for(call, std::move(payer), identity_lane, 0)};
  client::exchange done = co_await line_.send(going, shared_.closing);
  co_return client::client::finish(what, std::move(done));
}

task<> standing::ask(ladder& steps) {
  client::client by = client();
  std::shared_ptr<subject> payer = share_->payer();
  const std::string& project = terms_.as->project;
  switch (steps.next()) {
    case ladder::question::none: break;
    case ladder::question::key: {
      auto what = api::whoami_key();
      steps.feed(co_await put(what, by, payer));
      break;
    }
    case ladder::question::user: {
      auto what = api::whoami_user(project);
      steps.feed(co_await put(what, by, payer));
      break;
    }
    case ladder::question::environments: {
      auto what = api::list_environments(project);
      steps.feed(co_await put(what, by, payer));
      break;
    }
    case ladder::question::branches: {
      auto what = api::list_branches(project);
      steps.feed(co_await put(what, by, payer));
      break;
    }
    case ladder::question::exchange: {
      auto what = api::fetch_environment_key(project, spec::slug(terms_.as->env));
      steps.feed(co_await put(what, by, payer));
      break;
    }
    case ladder::question::exchanged: {
      const client::overrides key{steps.result().exchanged, {}, {}};
      client::client with_key = by.with(key);
      exchanged_share_ = shared_.pools.join(token_key(terms_.as->base_url, *key.key), terms_.limit);
      payer = exchanged_share_->payer();
      auto what = api::whoami_key();
      steps.feed(co_await put(what, with_key, payer));
      break;
    }
    case ladder::question::witness: {
      const std::optional<identity> seen = co_await owner_.witness(*this, shared_.closing);
      steps.feed(seen);
      break;
    }
    case ladder::question::token: {
      auto what = api::mint_public_token(steps.scope(), token_life_s);
      steps.feed(co_await put(what, by, payer));
      break;
    }
  }
}

void standing::land(const verdict& became, std::uint64_t generation) {
  flying_ = false;
  ++landings_;
  if (generation == generation_) {
    last_ = std::make_unique<const verdict>(became);
    if (became.is == verdict::kind::proved) take_proof(became);
    // Out of reach says nothing about a proof that held.
    if (became.is == verdict::kind::parked || became.is == verdict::kind::unproved) proof_.reset();
    failures_ = became.is == verdict::kind::unreachable ? failures_ + 1 : 0;
    if (failures_ > 0) {
      const milliseconds wait = api::backoff(terms_.as->retry, failures_, shared_.world.random);
      again_at_ = shared_.world.clock.steady() + wait;
      again_wall_ = shared_.world.clock.now() + wait;
    }
    owner_.standing_changed();
  }
  landed_.notify_all();
}

void standing::take_proof(const verdict& became) {
  proof_ = became.who;
  proved_at_ = shared_.world.clock.steady();
  if (is_key(key_->kind)) join_environment(*share_, became.who.charged());
  if (!became.exchanged) return;
  const client::overrides key{became.exchanged, {}, {}};
  exchanged_.emplace(client().with(key));
  if (!exchanged_share_)
    exchanged_share_ = shared_.pools.join(token_key(terms_.as->base_url, *became.exchanged), terms_.limit);
  join_environment(*exchanged_share_, became.who.charged());
}

void standing::join_environment(const share& of, const std::string& environment) {
  const auto merged = shared_.pools.prove(of, environment_key(terms_.as->base_url, environment));
  if (merged) shared_.door.unite(*merged);
}

bool standing::renew(std::shared_ptr<const client::credential> key) {
  if (key == key_ || (key && key_ && same_value(*key, *key_))) return false;
  std::erase_if(formers_, [](const former& one) { return one.key.expired(); });
  if (key_) formers_.push_back({key_, proof_ ? proof_->id : std::string()});
  ++generation_;
  proof_.reset();
  last_.reset();
  failures_ = 0;
  doubted_at_.reset();
  use(std::move(key));
  owner_.standing_changed();
  return true;
}

bool standing::issued(const client::client& by) const {
  const client::settings& its = by.config();
  if (its.base_url != terms_.as->base_url || its.branch != terms_.as->branch) return false;
  if (its.key == key_) return true;
  for (const former& one : formers_)
    if (same_object(one.key, its.key)) return true;
  return false;
}

result<line::order> standing::order_for(const client::client& by, api::call& what, std::string lane,
                                        std::uint64_t batch_items) {
  if (!key_)
    return fail(codes::no_credential,
                "Target " + terms_.as->name + ": credential " + terms_.as->credential + " has no value now.");
  for (const former& one : formers_) {
    if (!proof_ || one.id.empty() || one.id == proof_->id || !same_object(one.key, by.config().key)) continue;
    return fail(
        codes::other_environment,
        "Target " + terms_.as->name + ": the new key opens another environment than the one this fire began in.");
  }
  const bool exchanged = exchanged_ && exchanges_for(what);
  const share& pays = exchanged ? *exchanged_share_ : *share_;
  return line::order{exchanged ? *exchanged_ : client(), what,
                     line_.errand_for(what, pays.payer(), std::move(lane), batch_items)};
}

}  // namespace triggerd::target
