#include "target/ladder.hpp"

#include "base/text.hpp"

#include <nlohmann/json.hpp>

#include <array>

namespace triggerd::target {

namespace {

using spec::credential_kind;
using kind = verdict::kind;

// What an additional key may have been given; it can mint a token for no more than that.
constexpr std::array<std::string_view, 8> scopes{"read:runs",  "trigger:tasks", "read:envvars", "write:envvars",
                                                 "write:runs", "write:tasks",   "read:queues",  "read:deployments"};

constexpr std::string_view mend_credential = "mend the credential or the target, and reload";

std::string_view type_word(spec::environment env) {
  switch (env) {
    case spec::environment::dev: return "DEVELOPMENT";
    case spec::environment::staging: return "STAGING";
    case spec::environment::prod: return "PRODUCTION";
    case spec::environment::preview: return "PREVIEW";
  }
  return "";
}

// The server's own clean-up of branch names (contract API.md 1.6).
std::string_view bare_branch(std::string_view branch) {
  for (const std::string_view prefix :
       {"refs/heads/", "refs/remotes/", "refs/tags/", "refs/pull/", "refs/merge/", "refs/release/"})
    if (branch.starts_with(prefix)) return branch.substr(prefix.size());
  return branch;
}

// "default" names the root of dev.
std::string_view wanted_branch(const spec::target_spec& of) {
  if (of.env == spec::environment::dev && of.branch == "default") return "";
  return bare_branch(of.branch);
}

// `sub` of a public access token that we were given; "" when it has none.
std::string subject_of(const client::credential& token) {
  const auto parts = text::split(token.value.expose(), '.');
  if (parts.size() != 3) return {};
  auto claims = text::base64url_decode(parts[1]);
  if (!claims) return {};
  const nlohmann::json read = nlohmann::json::parse(*claims, nullptr, false);
  wipe(*claims);
  if (!read.is_object()) return {};
  const auto sub = read.find("sub");
  return sub != read.end() && sub->is_string() ? sub->get<std::string>() : std::string();
}

bool answers_no(const api::failure& f) { return f.status == 401 || f.status == 403; }

}  // namespace

ladder::ladder(const spec::target_spec& of, const client::credential& with, bool exchange)
    : of_(of), kind_(with.kind), exchange_(exchange) {
  begin(with);
}

std::string_view ladder::scope() const { return scopes[scope_]; }

void ladder::begin(const client::credential& with) {
  if (with.env && *with.env != of_.env)
    return park("The key belongs to " + std::string(spec::slug(*with.env)) + ", but the target names " + named() + ".");
  switch (kind_) {
    case credential_kind::secret_key:
    case credential_kind::additional_key: next_ = question::key; return;
    case credential_kind::pat:
    case credential_kind::org_token: next_ = question::user; return;
    case credential_kind::public_token: break;
  }
  subject_ = subject_of(with);
  if (subject_.empty()) return park("The public access token names no environment.");
  next_ = question::witness;
}

std::string ladder::named() const {
  const std::string_view branch = wanted_branch(of_);
  std::string text = branch.empty() ? "" : "branch " + text::printable(branch, 128) + " of ";
  return text + std::string(spec::slug(of_.env)) + " of " + of_.project;
}

void ladder::prove(identity who) {
  verdict_.is = kind::proved;
  verdict_.who = std::move(who);
  next_ = question::none;
}

void ladder::park(std::string reason, std::string next) {
  verdict_.is = kind::parked;
  verdict_.reason = std::move(reason);
  verdict_.next = next.empty() ? std::string(mend_credential) : std::move(next);
  next_ = question::none;
}

void ladder::unproved(std::string reason, std::string next) {
  verdict_.is = kind::unproved;
  verdict_.reason = std::move(reason);
  verdict_.next = std::move(next);
  next_ = question::none;
}

void ladder::unreachable(const error& why) {
  verdict_.is = kind::unreachable;
  verdict_.reason = why.describe();
  next_ = question::none;
}

// A clear no parks; anything that may pass, also a page that is not the API's, is tried again.
void ladder::failed(const api::failure& f, std::string_view doing) {
  if (!answers_no(f)) return unreachable(f.what);
  std::string reason =
      "The server refused the credential when asked " + std::string(doing) + " (" + std::to_string(f.status) + ")";
  if (!f.what.peer.empty()) reason += "; it said: " + f.what.peer;
  park(reason + ".");
}

void ladder::feed(const api::answer<api::environment_view>& answer) {
  if (!answer) {
    const api::failure& f = answer.error();
    if (kind_ == credential_kind::additional_key && answers_no(f)) {
      next_ = question::witness;
      return;
    }
    if (next_ == question::exchanged || !answers_no(f) || wanted_branch(of_).empty())
      return failed(f, "whose environment the key opens");
    return park("The server accepts neither the key nor its branch " + text::printable(wanted_branch(of_), 128) + " (" +
                    std::to_string(f.status) + ").",
                "create the branch or mend the credential, and reload");
  }
  const api::environment_view& seen = *answer;
  if (!opens_as_named(seen)) return;
  const bool by_exchange = next_ == question::exchanged;
  if (by_exchange && !found_.id.empty() && seen.id != found_.id)
    return park("The exchanged key opens another environment than the one the token was asked for.");
  identity who{seen.id, seen.parent, std::string(wanted_branch(of_)), of_.project};
  prove(std::move(who));
}

bool ladder::opens_as_named(const api::environment_view& seen) {
  const bool project = seen.project_ref == of_.project;
  const bool type = seen.type == type_word(of_.env);
  // Without a branch in the target the root of dev is meant; staging and prod have none.
  const bool branch = seen.branch == wanted_branch(of_) ||
                      (of_.env == spec::environment::dev && seen.branch == "default" && wanted_branch(of_).empty());
  if (project && type && branch && !seen.id.empty()) return true;
  std::string opened = seen.branch.empty() ? "" : "branch " + text::printable(seen.branch, 128) + " of ";
  opened += text::printable(text::lower(seen.type), 32) + " of " + text::printable(seen.project_ref, 64);
  park("The key opens " + opened + ", but the target names " + named() + ".");
  return false;
}

void ladder::feed(const api::answer<api::user_view>& answer) {
  if (!answer) return failed(answer.error(), "who it belongs to");
  if (!answer->project_known)
    return park("The token's owner cannot see " + of_.project + ".",
                "give the owner access to the project, or mend the credential, and reload");
  // An organization's token may not list environments: only an exchange or another key can tell.
  if (kind_ == credential_kind::pat) next_ = question::environments;
  else next_ = exchange_ ? question::exchange : question::witness;
}

void ladder::feed(const api::answer<std::vector<api::environment_entry>>& answer) {
  if (!answer) {
    if (answer.error().status == 404) return park("The server knows no " + of_.project + " for this token's owner.");
    return failed(answer.error(), "for the project's environments");
  }
  for (const auto& entry : *answer) {
    if (entry.slug != spec::list_slug(of_.env)) continue;
    found_ = {entry.id, "", "", of_.project};
    const bool branched = of_.env == spec::environment::preview && !wanted_branch(of_).empty();
    if (branched) {
      next_ = question::branches;
      return;
    }
    // A branch of dev cannot be looked up this way; the server answers 404 when there is none.
    found_.branch = std::string(wanted_branch(of_));
    return settle_user();
  }
  park("The project has no " + std::string(spec::slug(of_.env)) + " environment that this token's owner can see.");
}

void ladder::feed(const api::answer<std::vector<api::branch_entry>>& answer) {
  if (!answer) return failed(answer.error(), "for the project's branches");
  for (const auto& entry : *answer) {
    if (entry.name != wanted_branch(of_)) continue;
    found_ = {entry.id, found_.id, entry.name, of_.project};
    return settle_user();
  }
  park("The project has no " + named() + ".", "create the branch or mend the target, and reload");
}

void ladder::settle_user() {
  if (exchange_) next_ = question::exchange;
  else prove(found_);
}

void ladder::feed(const api::answer<api::exchanged_key>& answer) {
  if (!answer) return failed(answer.error(), "for the environment's key");
  if (!answer->key) return park("The server handed out no key for " + named() + ".");
  auto made = client::make_credential(answer->key->clone());
  if (!made || (*made)->kind != credential_kind::secret_key)
    return park("What the server handed out for " + named() + " is no secret key.");
  if ((*made)->env && *(*made)->env != of_.env)
    return park("The server handed out a key of another environment than " + named() + ".");
  verdict_.exchanged = *made;
  // The key of preview opens nothing without a branch, so it cannot say more than the token did.
  const bool parent_of_branches = of_.env == spec::environment::preview && wanted_branch(of_).empty();
  if (parent_of_branches && !found_.id.empty()) return prove(found_);
  next_ = question::exchanged;
}

void ladder::feed(const std::optional<identity>& witness) {
  witness_ = witness;
  if (kind_ == credential_kind::public_token) return compare_with_witness(subject_);
  if (kind_ == credential_kind::additional_key) {
    next_ = question::token;
    return;
  }
  // An organization's token: project and environment stand in every path it may call, so another key's word is enough.
  if (witness_) return prove(*witness_);
  without_witness("");
}

void ladder::feed(const api::answer<api::token_subject>& answer) {
  if (answer) return compare_with_witness(answer->environment);
  const api::failure& f = answer.error();
  if (f.status == 401) return failed(f, "for a public token");
  if (f.status == 403 && scope_ + 1 < scopes.size()) {
    ++scope_;
    return;
  }
  // No scope of the key is known, or an older server: no token, so nothing names the environment.
  if (f.status == 403 || f.status == 404) return without_witness("");
  unreachable(f.what);
}

void ladder::compare_with_witness(std::string environment) {
  if (!witness_) return without_witness(std::move(environment));
  if (environment == witness_->id) return prove(*witness_);
  park("The key opens another environment than the one another key has proved for " + named() + ".");
}

void ladder::without_witness(std::string environment) {
  if (of_.verify_identity != spec::identity_check::prefix)
    return unproved(
        "Whose environment the credential opens cannot be seen: it may not ask, and no other key has proved " +
            named() + ".",
        "add a target with a secret key for the same environment, or set verify_identity = \"prefix\"");
  if (environment.empty()) environment = of_.project + "/" + std::string(spec::slug(of_.env));
  prove({std::move(environment), "", std::string(wanted_branch(of_)), of_.project});
}

std::string_view name(ladder::question q) {
  switch (q) {
    case ladder::question::none: return "none";
    case ladder::question::key: return "key";
    case ladder::question::user: return "user";
    case ladder::question::environments: return "environments";
    case ladder::question::branches: return "branches";
    case ladder::question::exchange: return "exchange";
    case ladder::question::exchanged: return "exchanged";
    case ladder::question::witness: return "witness";
    case ladder::question::token: return "token";
  }
  return "";
}

}  // namespace triggerd::target
