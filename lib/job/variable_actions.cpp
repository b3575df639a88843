#include "job/variable_actions.hpp"

#include "base/limits.hpp"
#include "job/codes.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace triggerd::job {

namespace {

using nlohmann::json;

// A copy for the transport that is wiped when the last user lets it go.
std::shared_ptr<const std::string> wiped_after_use(std::string_view bytes) {
  auto* copy = new std::string(bytes);
  return std::shared_ptr<const std::string>(copy, [](std::string* text) {
    wipe(*text);
    delete text;
  });
}

std::shared_ptr<const secret> import_values(const std::vector<std::string>& names, const wanted_variables& wanted,
                                            bool is_secret) {
  api::variable_import what;
  what.override_existing = true;
  what.secret = is_secret;
  for (const auto& name : names) what.values[name] = std::string(wanted.values.find(name)->second.value.expose());
  std::string body = api::import_body(what);
  for (auto& [name, value] : what.values) wipe(value);
  auto out = std::make_shared<const secret>(std::string(body));
  wipe(body);
  return out;
}

class action_maker {
 public:
  action_maker(const sync_plan& plan, const wanted_variables& wanted, const sync_facts& facts)
      : plan_(plan), wanted_(wanted), facts_(facts) {
    for (const auto& line : plan.lines) lines_.emplace(line.what, line);
  }

  std::vector<planned_action> make() {
    for (const auto& name : plan_.recreate) add_delete(name, true);
    add_import(plan_.plain, false);
    add_import(plan_.secret, true);
    for (const auto& name : plan_.remove) add_delete(name, false);
    if (facts_.rules.verify) add_verify();
    return std::move(out_);
  }

 private:
  planned_action& add(std::string kind, std::string subject, std::uint64_t items, const json& memo) {
    planned_action made;
    made.row.kind = std::move(kind);
    made.row.subject = std::move(subject);
    made.row.items = items;
    made.row.memo = memo.dump();
    made.volatile_body = true;  // after a restart the leg is planned anew, from what is there then
    made.values = std::make_shared<const secret>();
    return out_.emplace_back(std::move(made));
  }

  void add_import(const std::vector<std::string>& names, bool is_secret) {
    if (names.empty()) return;
    json digests = json::object();
    json fresh = json::array();
    std::vector<store::memory_row> claims;
    std::vector<plan_line> lines;
    for (const auto& name : names) {
      digests[name] = facts_.home.digest(name, wanted_.values.find(name)->second.value.expose());
      const owned_variable* ours = facts_.ours(name);
      if (!ours) fresh.push_back(name);
      owned_variable claim{.owner = facts_.job, .digest = ours ? ours->digest : "", .secret = is_secret, .claim = true};
      if (ours) claim.at = ours->at;
      claim.proven = ours && !ours->adopted && (!ours->claim || ours->proven);
      claims.push_back(facts_.home.row(name, claim));
      lines.push_back(lines_.find(name)->second);
    }
    planned_action& made = add("import", (is_secret ? "secret: " : "plain: ") + told(names), names.size(),
                               {{"secret", is_secret}, {"names", digests}, {"fresh", fresh}});
    made.values = import_values(names, wanted_, is_secret);
    made.remember = std::move(claims);
    made.lines = std::move(lines);
  }

  void add_delete(const std::string& name, bool made_again) {
    // What is made again is one change, and the import counts it.
    planned_action& made = add("delete", name, made_again ? 0 : 1, {{"again", made_again}});
    if (!made_again) made.lines.push_back(lines_.find(name)->second);
  }

  void add_verify() {
    json written = json::object();
    for (const auto& name : plan_.secret) written[name] = "";
    for (const auto& name : plan_.plain)
      written[name] = facts_.home.digest(name, wanted_.values.find(name)->second.value.expose());
    json gone = json::array();
    for (const auto& name : plan_.remove)
      if (stays_gone(name)) gone.push_back(name);
    add("verify", "names and flags", 0, {{"written", written}, {"gone", gone}});
  }

  // Deleting in a branch makes the parent's value visible again.
  bool stays_gone(const std::string& name) const {
    if (facts_.levels == branch_levels::mixed) return false;
    return facts_.levels == branch_levels::one || !facts_.parent.contains(name);
  }

  const sync_plan& plan_;
  const wanted_variables& wanted_;
  const sync_facts& facts_;
  std::map<std::string, plan_line> lines_;
  std::vector<planned_action> out_;
};

// The written names of a memo, with the digest of each.
std::vector<std::pair<std::string, std::string>> texts(const json& memo, const char* member) {
  std::vector<std::pair<std::string, std::string>> out;
  const auto found = memo.find(member);
  if (found == memo.end() || !found->is_object()) return out;
  for (const auto& [name, digest] : found->items())
    if (digest.is_string()) out.emplace_back(name, digest.get<std::string>());
  return out;
}

std::vector<std::string> names(const json& memo, const char* member) {
  std::vector<std::string> out;
  const auto found = memo.find(member);
  if (found == memo.end() || !found->is_array()) return out;
  for (const auto& name : *found)
    if (name.is_string()) out.push_back(name.get<std::string>());
  return out;
}

bool flag(const json& memo, const char* member) {
  const auto found = memo.find(member);
  return found != memo.end() && found->is_boolean() && found->get<bool>();
}

json memo_of(const store::action_row& action) {
  auto memo = json::parse(action.memo, nullptr, false);
  return memo.is_object() ? std::move(memo) : json::object();
}

std::string differences(const json& memo, const listed_variables& shown, const variable_home& home) {
  std::vector<std::string> missing, flags, values, there;
  for (const auto& [name, digest] : texts(memo, "written")) {
    const auto found = shown.find(name);
    const bool is_secret = digest.empty();
    if (found == shown.end()) missing.push_back(name);
    else if (found->second.secret != is_secret) flags.push_back(name);
    else if (!is_secret && home.digest(name, found->second.value) != digest) values.push_back(name);
  }
  for (const auto& name : names(memo, "gone"))
    if (shown.contains(name)) there.push_back(name);
  std::string out;
  const std::pair<std::string_view, const std::vector<std::string>*> kinds[] = {
      {"missing", &missing}, {"with the wrong flag", &flags}, {"with another value", &values}, {"not deleted", &there}};
  for (const auto& [what, which] : kinds)
    if (!which->empty()) out += (out.empty() ? "" : "; ") + std::string(what) + ": " + told(*which);
  return out;
}

}  // namespace

variable_place place_of(const leg_view& leg) {
  const bool parent = std::get<spec::env_sync_spec>(leg.job.what).parent_scope;
  return {leg.target.project, std::string(spec::slug(leg.target.env)), parent};
}

variable_home home_of(const leg_view& leg, std::string_view digest_key) {
  const variable_place place = place_of(leg);
  return {place.parent ? "parent:" + place.project : leg.identity, digest_key};
}

std::vector<planned_action> actions_of(const sync_plan& plan, const wanted_variables& wanted, const sync_facts& facts) {
  if (!plan.writes()) return {};
  return action_maker(plan, wanted, facts).make();
}

api::operation<std::vector<api::variable_view>> listing(const variable_place& place) {
  auto asked = api::list_variables(place.project, place.slug);
  asked.what.branch = !place.parent;
  return asked;
}

void wipe_values(listed_variables& all) {
  for (auto& [name, shown] : all) wipe(shown.value);
}

task<effect> apply_import(const kind_world& world, const leg_view& leg, store::action_row action, action_body body,
                          target::access by) {
  effect out;
  if (!body.values || body.values->empty()) {
    out.state = effect_state::failed;
    out.code = std::string(codes::payload.name);
    out.note = "the values are no longer in memory; nothing was sent";
    co_return out;
  }
  const variable_place place = place_of(leg);
  const variable_home home = home_of(leg, world.digest_key);
  const json memo = memo_of(action);
  auto asked = api::import_variables(place.project, place.slug, wiped_after_use(body.values->expose()), true);
  asked.what.branch = !place.parent;
  const auto done = co_await by.send(std::move(asked));
  if (!done) {
    out = effect_of(done.error());
    if (out.state != effect_state::failed) co_return out;
    // Refused whole: what is not there is not ours.
    for (auto& name : names(memo, "fresh")) out.forget.emplace_back(home.space(), std::move(name));
    co_return out;
  }
  owned_variable written{.owner = leg.job.name, .digest = "", .secret = flag(memo, "secret"), .at = world.clock.now()};
  for (auto& [name, digest] : texts(memo, "names")) {
    written.digest = digest;
    out.remember.push_back(home.row(name, written));
  }
  out.note = std::to_string(action.items) + " written";
  out.items_ok = action.items;
  out.drop_body = true;
  co_return out;
}

task<effect> apply_delete(const kind_world& world, const leg_view& leg, store::action_row action, target::access by) {
  const variable_place place = place_of(leg);
  const variable_home home = home_of(leg, world.digest_key);
  auto asked = api::delete_variable(place.project, place.slug, action.subject);
  asked.what.branch = !place.parent;
  const auto done = co_await by.send(std::move(asked));
  effect out;
  const int status = done ? 200 : done.error().status;
  // 400: the project knows the name, and it has no value of its own here (contract API.md 14). After a lost answer that
  // is our doing, else somebody else's.
  const bool repeated = action.tries > 1;
  const bool has_no_value_here = status == 400 && (repeated || !leg.target.branch.empty());
  if (!done && status != 404 && !(has_no_value_here && repeated)) out = effect_of(done.error());
  if (has_no_value_here && out.state == effect_state::failed)
    out.note = "has no value of its own on this branch, so what it inherits stays: " + done.error().what.peer;
  const bool settled = out.state == effect_state::done || has_no_value_here;
  if (settled && !flag(memo_of(action), "again")) out.forget.emplace_back(home.space(), action.subject);
  if (out.state == effect_state::done) {
    out.note = status == 404 ? "was gone already" : "deleted";
    out.items_ok = action.items;
  }
  co_return out;
}

task<effect> apply_verify(const kind_world& world, const leg_view& leg, store::action_row action, target::access by) {
  const variable_place place = place_of(leg);
  auto asked = listing(place);
  auto list = co_await by.send(std::move(asked));
  if (!list) co_return effect_of(list.error());
  listed_variables shown;
  for (api::variable_view& one : *list) shown[one.name] = std::move(one);
  const std::string wrong = differences(memo_of(action), shown, home_of(leg, world.digest_key));
  wipe_values(shown);
  effect out;
  out.note = wrong.empty() ? "read back as written" : "read back otherwise than written: " + wrong;
  if (wrong.empty()) co_return out;
  out.state = effect_state::failed;
  out.code = std::string(codes::drift.name);
  co_return out;
}

}  // namespace triggerd::job
