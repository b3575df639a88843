#include "config/cross.hpp"

#include "config/codes.hpp"
#include "config/secrets.hpp"
#include "spec/zone.hpp"

namespace triggerd::config {

namespace {

void check_zone(const draft& all, complaints& out) {
  const auto zone = spec::zone::find(all.daemon.timezone);
  if (!zone) out.error(place_of(*all.root, {"daemon", "timezone"}), codes::schedule, zone.error().message);
}

void check_source_secrets(const draft& all, const environment& env, complaints& out) {
  for (const auto& job : all.jobs) {
    const auto* sync = std::get_if<spec::env_sync_spec>(&job.value.what);
    const node* sources = job.table->find("source");
    if (!sync || !sources) continue;
    for (std::size_t i = 0; i < sync->sources.size() && i < sources->items.size(); ++i)
      for (const auto& [name, source] : sync->sources[i].secrets)
        check_secret(source, place_of(sources->items[i], {"values", name}), env, out);
  }
}

}  // namespace

place place_of(const node& table, std::initializer_list<std::string_view> path) {
  const node* at = &table;
  for (const auto key : path) {
    const node* next = at->find(key);
    if (!next) break;
    at = next;
  }
  return at->where;
}

std::optional<secret> check_secret(const spec::value_source& source, const place& where, const environment& env,
                                   complaints& out) {
  const bool is_named = !source.name.empty() || !source.argv.empty();
  if (!is_named || spec::looks_like_key(source.name)) return std::nullopt;  // told already
  auto value = env.read_secret(source);
  if (value) return std::move(*value);
  const auto& why = value.error();
  if (why.code == codes::not_checkable) out.note(where, why.code, why.message);
  else if (why.code == codes::secret_missing) out.warning(where, why.code, why.message);
  else out.error(where, why.code, why.message);
  return std::nullopt;
}

known_credentials cross_check(const draft& all, const environment& env, complaints& out) {
  check_zone(all, out);
  auto known = check_credentials(all, env, out);
  check_targets(all, known, out);
  for (const auto& job : all.jobs) check_job(job, all.daemon.timezone, out);
  check_jobs_on_targets(all, known, out);
  check_source_secrets(all, env, out);
  return known;
}

}  // namespace triggerd::config
