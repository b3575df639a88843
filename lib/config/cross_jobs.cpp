// Jobs against the targets they select.
#include "config/checks.hpp"
#include "config/codes.hpp"
#include "config/cross.hpp"
#include "config/placeholders.hpp"
#include "spec/endpoint.hpp"
#include "spec/selector.hpp"

#include <algorithm>

namespace triggerd::config {

namespace {

using drafted_job = drafted<spec::job_spec>;
using drafted_target = drafted<spec::target_spec>;
using spec::credential_kind;

std::vector<const drafted_target*> select(const draft& all, const std::vector<std::string>& entries) {
  std::vector<const drafted_target*> out;
  const auto selector = spec::selector::parse(entries);
  if (!selector) return out;
  for (const auto& target : all.targets)
    if (selector->matches(target.value)) out.push_back(&target);
  return out;
}

std::vector<const drafted_target*> targets_of(const draft& all, const drafted_job& job, complaints& out) {
  const node* written = job.table->find("targets");
  const bool readable = written && written->is(node::kind::array) && job.value.targets.size() == written->items.size();
  if (!readable) return {};  // told already
  const auto selector = spec::selector::parse(job.value.targets);
  if (!selector) {
    // A broken entry was told at its own place; here the entries are wrong together.
    const bool each_is_fine = std::none_of(job.value.targets.begin(), job.value.targets.end(),
                                           [](const auto& e) { return checks::selector_entry(e).has_value(); });
    if (each_is_fine) out.error(written->where, codes::selector, selector.error().message);
    return {};
  }
  auto found = select(all, job.value.targets);
  if (found.empty() && !job.value.allow_empty)
    out.error(
        written->where, codes::no_target,
        "the selector of job " + in_quotes(job.value.name) + " matches no target; mend it, or set allow_empty = true");
  return found;
}

// --- who may call what ---

struct call {
  std::string_view endpoint;
  bool writes;
};

std::vector<call> calls_of(const spec::job_spec& job) {
  std::vector<call> out;
  switch (job.kind()) {
    case spec::job_kind::trigger: out = {{"tasks.trigger", true}}; break;
    case spec::job_kind::batch:
      if (std::get<spec::batch_spec>(job.what).each) out = {{"tasks.trigger", true}};
      else out = {{"batches.create", true}, {"batches.items", true}};
      break;
    case spec::job_kind::replay:
      if (std::get<spec::replay_spec>(job.what).single) out = {{"runs.list", false}, {"runs.replay", true}};
      else out = {{"runs.list", false}, {"bulk.create", true}, {"bulk.retrieve", true}};
      break;
    case spec::job_kind::env_sync:
      out = {{"envvars.list", false}, {"envvars.upload", true}};
      if (std::get<spec::env_sync_spec>(job.what).prune != spec::managed::never) out.push_back({"envvars.del", true});
      break;
  }
  const bool makes_runs = job.kind() == spec::job_kind::trigger || job.kind() == spec::job_kind::batch;
  if (makes_runs && job.wait.until != spec::wait_spec::goal::none) out.push_back({"runs.retrieve", false});
  return out;
}

void check_access(const drafted_job& job, const drafted_target& target, const known_credentials& known,
                  complaints& out) {
  for (const auto& [id, writes] : calls_of(job.value)) {
    const bool overridden = writes && job.value.auth.credential;
    const std::string& credential = overridden ? *job.value.auth.credential : target.value.credential;
    const auto found = known.find(credential);
    const auto* endpoint = spec::find_endpoint(id);
    if (found == known.end() || !found->second.kind || !endpoint || may_call(*found->second.kind, *endpoint)) continue;
    const place where = overridden ? place_of(*job.table, {"auth", "credential"}) : place_of(*job.table, {"targets"});
    const bool exchanges = found->second.exchange && found->second.kind == credential_kind::pat;
    const std::string branch = overridden && job.value.auth.branch ? *job.value.auth.branch : target.value.branch;
    if (exchanges &&
        (target.value.env != spec::environment::preview || !branch.empty() || target.table->find("branches")))
      continue;
    std::string message =
        "job " + in_quotes(job.value.name) + " calls " + std::string(id) + " on target " + in_quotes(target.value.name);
    if (exchanges) {
      out.error(where, codes::branch,
                message + " with an exchanged preview key, which needs a branch; give the target one");
    } else {
      message += ", and the API refuses that to credential " + in_quotes(credential) + " (kind " +
                 std::string(name(*found->second.kind)) + "); use " + who_may_call(*endpoint);
      if (found->second.kind == credential_kind::pat) message += ", or set exchange = true on the credential";
      out.error(where, codes::not_allowed, std::move(message));
    }
    return;  // the first refused call says enough
  }
}

// --- the rest of one job on one target ---

void check_auth(const drafted_job& job, const drafted_target& target, const known_credentials& known, complaints& out) {
  const auto& auth = job.value.auth;
  if (auth.branch && (target.value.env == spec::environment::staging || target.value.env == spec::environment::prod))
    out.error(place_of(*job.table, {"auth", "branch"}), codes::branch,
              "auth.branch has no effect on target " + in_quotes(target.value.name) + ", whose environment is " +
                  std::string(slug(target.value.env)) + "; remove it");
  if (auth.base_url) {
    const auto url = split_url(*auth.base_url);
    if (url && url->plaintext && !url->loopback() && !target.value.allow_plaintext)
      out.error(place_of(*job.table, {"auth", "base_url"}), codes::plaintext,
                "job " + in_quotes(job.value.name) + " would send its key readable over http:// to " +
                    in_quotes(url->host) + "; use https://, or set allow_plaintext = true on target " +
                    in_quotes(target.value.name));
  }
  const auto found = auth.credential ? known.find(*auth.credential) : known.end();
  if (found != known.end() && found->second.env && *found->second.env != target.value.env)
    out.error(place_of(*job.table, {"auth", "credential"}), codes::wrong_environment,
              "the key " + in_quotes(*auth.credential) + " is one of " + in_quotes(slug(*found->second.env)) +
                  ", and target " + in_quotes(target.value.name) + " is " + in_quotes(slug(target.value.env)));
}

void check_sync(const drafted_job& job, const drafted_target& target, const known_credentials& known, complaints& out) {
  const auto* sync = std::get_if<spec::env_sync_spec>(&job.value.what);
  if (!sync) return;
  const auto found = known.find(job.value.auth.credential.value_or(target.value.credential));
  const auto kind = found == known.end() ? std::nullopt : found->second.kind;
  const bool is_key = kind == credential_kind::secret_key || kind == credential_kind::additional_key;
  const auto scope = place_of(*job.table, {"scope"});
  if (sync->parent_scope && target.value.env != spec::environment::preview)
    out.error(scope, codes::branch,
              "scope = \"parent\" writes what all preview branches share, and target " + in_quotes(target.value.name) +
                  " is " + std::string(slug(target.value.env)) + "; use scope = \"branch\"");
  else if (sync->parent_scope && is_key)
    out.error(scope, codes::not_allowed,
              "scope = \"parent\" needs a personal access token: the preview key of target " +
                  in_quotes(target.value.name) + " reaches single branches only");
  const bool no_branch = target.value.branch.empty() && !job.value.auth.branch && !target.table->find("branches");
  if (!sync->parent_scope && target.value.env == spec::environment::preview && no_branch && kind && !is_key)
    out.error(place_of(*job.table, {"targets"}), codes::branch,
              "target " + in_quotes(target.value.name) +
                  " names no branch, so this job would write what all preview branches share; give the target a "
                  "branch, or set scope = \"parent\"");
}

// The set of variables at the server that a job writes: several targets may reach the same one.
std::string variables_of(const spec::job_spec& job, const spec::target_spec& target) {
  const bool parent = std::get<spec::env_sync_spec>(job.what).parent_scope;
  const std::string branch = parent ? std::string() : job.auth.branch.value_or(target.branch);
  return job.auth.base_url.value_or(target.base_url) + ' ' + target.project + ' ' + std::string(slug(target.env)) +
         ' ' + branch;
}

struct writer {
  const drafted_job* job;
  const drafted_target* target;
};
using writers_of_sets = std::map<std::string, std::vector<writer>>;

// A job that prunes all deletes what it does not know, also what another job wrote a moment ago.
void check_owners(const writers_of_sets& writers, complaints& out) {
  for (const auto& [set, all] : writers)
    for (const auto& one : all)
      for (const auto& other : all) {
        if (one.job == other.job || std::get<spec::env_sync_spec>(one.job->value.what).prune != spec::managed::all)
          continue;
        out.error(place_of(*one.job->table, {"prune"}), codes::owner,
                  "job " + in_quotes(one.job->value.name) + " has prune = \"all\" on target " +
                      in_quotes(one.target->value.name) + " and would delete the variables that job " +
                      in_quotes(other.job->value.name) + " writes there; use \"managed\"");
      }
}

bool has_value(const spec::target_spec& target, std::string_view name) {
  if (name.starts_with("target.labels.")) return target.labels.contains(std::string(name.substr(14)));
  if (name.starts_with("target.vars.")) return target.vars.contains(std::string(name.substr(12)));
  return true;
}

void check_target_names(const node& value, const spec::job_spec& job, const std::vector<const drafted_target*>& targets,
                        complaints& out) {
  std::vector<placeholder_use> uses;
  collect_placeholders(value, uses);
  for (const auto& use : uses)
    for (const auto* target : targets)
      if (!has_value(target->value, use.name))
        out.error(use.where->where, codes::placeholder,
                  "the placeholder " + in_quotes("{{ " + use.name + " }}") + " of job " + in_quotes(job.name) +
                      " has no value on target " + in_quotes(target->value.name));
}

void check_placeholders_on(const draft& all, const drafted_job& job, const std::vector<const drafted_target*>& targets,
                           complaints& out) {
  for (const auto& e : job.table->entries) {
    if (e.key != "source" || !e.value.is(node::kind::array)) {
      check_target_names(e.value, job.value, targets, out);
      continue;
    }
    // A source that holds for some targets only needs their values only.
    for (const auto& source : e.value.items) {
      auto wanted = targets;
      if (const node* when = source.find("when")) {
        std::vector<std::string> entries;
        for (const auto& item : when->items) entries.push_back(item.text);
        const auto chosen = select(all, entries);
        std::erase_if(wanted,
                      [&](const auto* t) { return std::find(chosen.begin(), chosen.end(), t) == chosen.end(); });
      }
      check_target_names(source, job.value, wanted, out);
    }
  }
}

}  // namespace

void check_jobs_on_targets(const draft& all, const known_credentials& known, complaints& out) {
  writers_of_sets writers;
  for (const auto& job : all.jobs) {
    const auto targets = targets_of(all, job, out);
    for (const auto* target : targets) {
      check_access(job, *target, known, out);
      check_auth(job, *target, known, out);
      check_sync(job, *target, known, out);
      if (job.value.kind() == spec::job_kind::env_sync)
        writers[variables_of(job.value, target->value)].push_back({&job, target});
    }
    check_placeholders_on(all, job, targets, out);
  }
  check_owners(writers, out);
}

}  // namespace triggerd::config
