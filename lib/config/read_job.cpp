#include "config/read_job.hpp"

#include "config/forms.hpp"
#include "config/read_target.hpp"

#include <nlohmann/json.hpp>

namespace triggerd::config {

namespace {

spec::wait_spec read_wait(const view& table) {
  spec::wait_spec out;
  using goal = spec::wait_spec::goal;
  table.read_word("for", out.until, {{"settled", goal::settled}, {"success", goal::success}});
  table.read("timeout", out.timeout);
  table.read_word("on_timeout", out.cancel_on_timeout, {{"leave", false}, {"cancel", true}});
  std::string percent;
  table.read("require", percent);
  out.require_percent = parse_percent(percent).value_or(out.require_percent);
  return out;
}

spec::idempotency_spec read_idempotency(const view& table) {
  spec::idempotency_spec out;
  table.read("key", out.key);
  table.read_word("scope", out.across_fires, {{"fire", false}, {"job", true}});
  table.read("ttl", out.ttl);
  return out;
}

spec::auth_spec read_auth(const view& table) {
  spec::auth_spec out;
  table.read("credential", out.credential);
  table.read("base_url", out.base_url);
  while (out.base_url && out.base_url->ends_with('/')) out.base_url->pop_back();
  table.read("branch", out.branch);
  return out;
}

std::map<std::string, spec::var_spec> read_vars(const view& table) {
  std::map<std::string, spec::var_spec> out;
  for (const auto& e : table.entries()) {
    const view one(e.value);
    spec::var_spec var;
    using type = spec::var_spec::type;
    one.read_word("type", var.kind,
                  {{"string", type::string},
                   {"integer", type::integer},
                   {"number", type::number},
                   {"boolean", type::boolean},
                   {"datetime", type::datetime}});
    one.read("required", var.required);
    one.read("match", var.match);
    one.read("min", var.min);
    one.read("max", var.max);
    one.read_json("default", var.default_json);
    out.emplace(e.key, std::move(var));
  }
  return out;
}

std::optional<spec::job_kind> kind_of(const view& table) {
  using kind = spec::job_kind;
  std::string word;
  table.read("type", word);
  for (const auto known : {kind::trigger, kind::batch, kind::replay, kind::env_sync})
    if (word == spec::name(known)) return known;
  return std::nullopt;
}

decltype(spec::job_spec::what) read_what(const view& table, spec::job_kind kind) {
  switch (kind) {
    case spec::job_kind::trigger: return read_trigger(table);
    case spec::job_kind::batch: return read_batch(table);
    case spec::job_kind::replay: return read_replay(table);
    case spec::job_kind::env_sync: return read_env_sync(table);
  }
  return {};
}

}  // namespace

std::optional<spec::job_spec> read_job(const std::string& name, const node& merged) {
  const view table(merged);
  const auto kind = kind_of(table);
  if (!kind) return std::nullopt;
  spec::job_spec out;
  out.name = name;
  table.read("description", out.description);
  table.read("enabled", out.enabled);
  table.read("labels", out.labels);
  table.read("targets", out.targets);
  table.read("allow_empty", out.allow_empty);
  table.read("parallel", out.parallel);
  table.read_word("on_target_failure", out.stop_on_failure, {{"continue", false}, {"stop", true}});
  table.read("timeout", out.timeout);
  read_retry(table.at("retry"), out.retry);
  using overlap = spec::overlap_policy;
  table.read_word(
      "overlap", out.overlap,
      {{"skip", overlap::skip}, {"queue", overlap::queue}, {"replace", overlap::replace}, {"allow", overlap::allow}});
  out.wait = read_wait(table.table("wait"));
  out.idempotency = read_idempotency(table.table("idempotency"));
  out.auth = read_auth(table.table("auth"));
  out.vars = read_vars(table.table("vars"));
  out.schedule = read_schedule(table.table("schedule"), *kind);
  out.what = read_what(table, *kind);
  out.text = job_text(name, merged);
  if (merged.where.line > 0) out.origin = merged.where.text();
  return out;
}

std::string job_text(const std::string& name, const node& merged) {
  nlohmann::json out;
  out["job"][name] = to_json(merged);
  return out.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace triggerd::config
