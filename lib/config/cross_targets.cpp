// Credentials and targets against each other.
#include "config/checks.hpp"
#include "config/codes.hpp"
#include "config/cross.hpp"

#include <algorithm>

namespace triggerd::config {

namespace {

using spec::credential_kind;

bool is_key(std::optional<credential_kind> kind) {
  return kind == credential_kind::secret_key || kind == credential_kind::additional_key;
}

// "secret-key" may be pinned on an additional key: both are keys of one environment.
bool fits(credential_kind pinned, credential_kind found) {
  return pinned == found || (pinned == credential_kind::secret_key && found == credential_kind::additional_key);
}

known_credential learn(const drafted<spec::credential_spec>& one, const config::environment& env, complaints& out) {
  known_credential known{one.value.kind, std::nullopt, one.value.exchange, {}};
  auto value = check_secret(one.value.source, one.table->where, env, out);
  if (!value) return known;
  const auto form = spec::classify_credential(value->expose());
  if (!form) {
    out.error(one.table->where, codes::secret_form,
              "what the source of " + in_quotes(one.value.name) + " holds is no Trigger.dev key or token");
    return known;
  }
  if (known.kind && !fits(*known.kind, form->kind))
    out.error(place_of(*one.table, {"kind"}), codes::value,
              "kind is " + in_quotes(name(*known.kind)) + ", but the source of " + in_quotes(one.value.name) +
                  " holds a " + in_quotes(name(form->kind)));
  known.kind = form->kind;
  known.env = form->env;
  known.value = std::move(*value);
  return known;
}

template <class T>
void check_reference(bool exists, const std::vector<drafted<T>>& all, std::string_view table, const std::string& name,
                     const place& where, complaints& out) {
  if (exists || name.empty() || name.starts_with("target:") || spec::looks_like_key(name)) return;
  std::vector<std::string_view> names;
  for (const auto& one : all) names.push_back(one.value.name);
  out.error(where, codes::unknown_name,
            "no file has a [" + std::string(table) + '.' + name + ']' + did_you_mean(name, names));
}

void check_plaintext(const spec::target_spec& target, const node& table, complaints& out) {
  const auto parts = split_url(target.base_url);
  if (!parts || !parts->plaintext || parts->loopback() || target.allow_plaintext) return;
  out.error(place_of(table, {"base_url"}), codes::plaintext,
            "target " + in_quotes(target.name) + " would send its key readable over http:// to " +
                in_quotes(parts->host) + "; use https://, or set allow_plaintext = true on the target");
}

void check_branch(const spec::target_spec& target, const node& table, const known_credential& known, complaints& out) {
  const auto env = std::string(slug(target.env));
  const bool branches_exist = target.env == spec::environment::preview || target.env == spec::environment::dev;
  if (!target.branch.empty() && !branches_exist)
    out.error(place_of(table, {"branch"}), codes::branch,
              "target " + in_quotes(target.name) + " has a branch, but its environment is " + env +
                  ", where the branch header has no effect; remove it, or use preview");
  // With `branches` the members of the family name them.
  if (target.branch.empty() && target.env == spec::environment::preview && is_key(known.kind) &&
      !table.find("branches"))
    out.error(table.where, codes::branch,
              "target " + in_quotes(target.name) +
                  " uses a preview key without a branch; the server refuses every such call, so add branch = \"...\"");
}

void check_target(const draft& all, const drafted<spec::target_spec>& one, const known_credentials& known,
                  complaints& out) {
  const auto& target = one.value;
  const node& table = *one.table;
  const bool has_limit = std::any_of(all.limits.begin(), all.limits.end(),
                                     [&](const auto& limit) { return limit.value.name == target.limit; });
  check_reference(known.contains(target.credential), all.credentials, "credential", target.credential,
                  place_of(table, {"credential"}), out);
  check_reference(has_limit, all.limits, "limit", target.limit, place_of(table, {"limit"}), out);
  check_plaintext(target, table, out);
  const auto found = known.find(target.credential);
  static const known_credential unknown;
  const known_credential& credential = found == known.end() ? unknown : found->second;
  check_branch(target, table, credential, out);
  if (credential.env && table.find("environment") && *credential.env != target.env)
    out.error(place_of(table, {"credential"}), codes::wrong_environment,
              "target " + in_quotes(target.name) + " says environment = " + in_quotes(slug(target.env)) +
                  ", but its key is one of " + in_quotes(slug(*credential.env)) +
                  "; a key always acts on its own environment");
  const node* inline_source = table.find("credential");
  if (inline_source && inline_source->is(node::kind::table))
    out.note(inline_source->where, codes::inline_source,
             "target " + in_quotes(target.name) +
                 " holds its credential source itself; a [credential.NAME] table can pin its kind and be shared");
  if (target.tls.cert.empty() != target.tls.key.empty())
    out.error(place_of(table, {"tls"}), codes::conflict,
              "tls.cert and tls.key of target " + in_quotes(target.name) + " need each other");
}

}  // namespace

known_credentials check_credentials(const draft& all, const config::environment& env, complaints& out) {
  known_credentials known;
  for (const auto& one : all.credentials) {
    const auto& learnt = known[one.value.name] = learn(one, env, out);
    if (learnt.exchange && learnt.kind && learnt.kind != credential_kind::pat)
      out.error(place_of(*one.table, {"exchange"}), codes::conflict,
                "exchange is for personal access tokens, and " + in_quotes(one.value.name) + " is a " +
                    in_quotes(name(*learnt.kind)));
  }
  return known;
}

void check_targets(const draft& all, const known_credentials& known, complaints& out) {
  for (const auto& one : all.targets) check_target(all, one, known, out);
  for (const auto& job : all.jobs)
    if (job.value.auth.credential)
      check_reference(known.contains(*job.value.auth.credential), all.credentials, "credential",
                      *job.value.auth.credential, place_of(*job.table, {"auth", "credential"}), out);
}

}  // namespace triggerd::config
