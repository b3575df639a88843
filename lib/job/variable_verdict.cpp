#include "job/variable_verdict.hpp"

#include "base/mutation.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace triggerd::job {

namespace {

using spec::managed;

bool readable(const api::variable_view& shown) { return !shown.secret && shown.value != redacted_value; }

const api::variable_view* find(const listed_variables& in, std::string_view name) {
  const auto found = in.find(name);
  return found == in.end() ? nullptr : &found->second;
}

variable_verdict conflict(std::string_view why) {
  return {verdict_kind::conflict, std::string(why) + ", and not ours; --adopt it, or override = \"all\""};
}

// The wanted variable against the one that the server shows.
class comparison {
 public:
  comparison(const std::string& name, const wanted_variable& wanted, const api::variable_view& shown,
             const sync_facts& facts)
      : name_(name),
        wanted_(wanted),
        shown_(shown),
        facts_(facts),
        ours_(facts.ours(name)),
        may_write_(ours_ || facts.adopt.contains(name) || facts.rules.override_existing == managed::all) {}

  variable_verdict judge() const {
    if (wanted_.plain) return shown_.secret ? secret_to_plain() : plain();
    return shown_.secret ? secret() : plain_to_secret();
  }

 private:
  bool same() const { return readable(shown_) && shown_.value == wanted_.value.expose(); }

  variable_verdict plain() const {
    if (same()) return ours_ && !ours_->claim ? variable_verdict{} : variable_verdict{verdict_kind::confirm, "plain"};
    if (!may_write_) return conflict("has another value");
    return {verdict_kind::change, "plain"};
  }

  variable_verdict secret() const {
    if (!may_write_) return conflict("is secret, so it cannot be compared");
    if (!ours_) return {verdict_kind::change, "secret, taken over"};
    const bool known =
        !ours_->claim && ours_->secret && ours_->digest == facts_.home.digest(name_, wanted_.value.expose());
    if (!known) return {verdict_kind::change, "secret"};
    const auto& every = facts_.rules.rewrite_every;
    if (!every || (ours_->at && facts_.now - *ours_->at < *every)) return {};
    return {verdict_kind::rewrite, "secret, rewritten after " + text::show(*every)};
  }

  variable_verdict plain_to_secret() const {
    if (!may_write_ && !same()) return conflict("has another value");
    return {verdict_kind::change, "plain becomes secret"};
  }

  variable_verdict secret_to_plain() const {
    if (!may_write_) return conflict("is secret, so it cannot be compared");
    const api::variable_view* parent = find(facts_.parent, name_);
    if (parent && parent->secret)
      return {verdict_kind::stuck, "is secret in the parent, so that a plain value here reads as secret too"};
    if (!facts_.rules.allow_recreate)
      return {verdict_kind::stuck, "is secret and should be plain, which takes a delete; allow_recreate permits it"};
    return {verdict_kind::recreate, "secret becomes plain: deleted and made again"};
  }

  const std::string& name_;
  const wanted_variable& wanted_;
  const api::variable_view& shown_;
  const sync_facts& facts_;
  const owned_variable* ours_;
  bool may_write_;
};

bool may_prune(const std::string& name, const sync_facts& facts) {
  const auto& rules = facts.rules;
  if (mutated(mutation::prune_by_listing)) return true;
  if (matches_any(rules.exclude, name) || facts.others(name)) return false;
  if (name == "TRIGGER_SECRET_KEY" || name == "TRIGGER_API_URL") return false;
  if (const owned_variable* ours = facts.ours(name))
    return rules.prune != managed::never && (!ours->claim || ours->proven);
  return rules.prune == managed::all && matches_any(rules.include, name);
}

}  // namespace

const owned_variable* sync_facts::ours(std::string_view name) const {
  const auto found = owned.find(name);
  return found != owned.end() && found->second.owner == job ? &found->second : nullptr;
}

const owned_variable* sync_facts::others(std::string_view name) const {
  const auto found = owned.find(name);
  return found != owned.end() && found->second.owner != job ? &found->second : nullptr;
}

bool sync_facts::looks_inherited(std::string_view name) const {
  if (levels != branch_levels::told_apart) return false;
  const api::variable_view* here = find(listed, name);
  const api::variable_view* above = find(parent, name);
  return here && above && here->secret == above->secret && here->value == above->value;
}

variable_verdict judge_wanted(const std::string& name, const wanted_variable& wanted, const sync_facts& facts) {
  if (const owned_variable* other = facts.others(name); other && !facts.adopt.contains(name))
    return {verdict_kind::foreign, "job " + other->owner + " owns it here; --adopt takes it over"};
  const api::variable_view* shown = find(facts.listed, name);
  const std::string_view flag = wanted.plain ? "plain" : "secret";
  if (!shown) return {verdict_kind::add, std::string(flag)};
  // An inherited value is nobody's here: as wanted it may stay, and another one gets a value of the branch's own.
  if (facts.looks_inherited(name) && readable(*shown) && !facts.ours(name)) {
    if (wanted.plain && shown->value == wanted.value.expose()) return {};
    return {verdict_kind::add, std::string(flag) + ", over the parent's"};
  }
  variable_verdict out = comparison(name, wanted, *shown, facts).judge();
  const bool overwrites = out.what != verdict_kind::keep && out.what != verdict_kind::confirm;
  if (overwrites && facts.rules.override_existing == managed::never) out = {verdict_kind::leave, ""};
  return out;
}

prune_kind judge_unwanted(const std::string& name, const sync_facts& facts) {
  const owned_variable* ours = facts.ours(name);
  if (!may_prune(name, facts)) return ours ? prune_kind::left : prune_kind::stay;
  switch (facts.levels) {
    case branch_levels::one: return prune_kind::remove;
    case branch_levels::told_apart:
      if (!facts.looks_inherited(name)) return prune_kind::remove;
      if (ours) return ours->adopted ? prune_kind::left : prune_kind::remove;
      return prune_kind::inherited;
    case branch_levels::mixed: break;
  }
  // What we wrote is the branch's own; of anything else nobody can say.
  return ours && !ours->adopted ? prune_kind::remove : prune_kind::left;
}

bool depends_on_parent(const wanted_variables& wanted, const sync_facts& facts) {
  return std::any_of(facts.listed.begin(), facts.listed.end(), [&](const auto& entry) {
    const auto& [name, shown] = entry;
    const auto found = wanted.values.find(name);
    if (found != wanted.values.end()) return !facts.ours(name) || (shown.secret && found->second.plain);
    return !wanted.untouched.contains(name) && may_prune(name, facts);
  });
}

}  // namespace triggerd::job
