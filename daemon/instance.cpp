#include "instance.hpp"

#include "base/limits.hpp"
#include "base/text.hpp"
#include "memory.hpp"
#include "version.hpp"

#include <algorithm>

namespace triggerd {

instance::instance(std::string path, config::loaded files, const config::environment& around)
    : config_path(std::move(path)),
      env(around),
      settings(std::move(*files.value)),
      read(std::move(files.read)),
      log(make_log(settings.daemon.log_format, log_level_from(settings.daemon.log_level).value_or(log_level::info),
                   clock)),
      counts(version),
      reloads(*this) {
  log->hide_names(settings.daemon.redact);
  for (const auto& one : files.complaints)
    if (one.how != config::severity::note) log->warning(one.text());
  reload_report first;
  first.at = started;
  first.hash = settings.hash;
  first.complaints = std::move(files.complaints);
  reloads.loaded(std::move(first));
}

instance::~instance() = default;

target::inputs inputs_of(const config::settings& from, const keyring::ring& keys) {
  target::inputs out;
  out.targets = from.targets;
  out.limits = from.limits;
  for (const auto& one : from.credentials) out.credentials.emplace_hint(out.credentials.end(), one.name, one);
  out.keys = keyring::values(keys);
  return out;
}

std::string control_path(const spec::daemon_spec& of) {
  return of.socket_path.starts_with('/') ? of.socket_path : of.runtime_dir + '/' + of.socket_path;
}

namespace {

std::string counted(std::size_t count, const char* what) {
  return std::to_string(count) + ' ' + what + (count == 1 ? "" : "s");
}

}  // namespace

std::string status_sentence(const instance& of) {
  const job::engine_state state = of.engine->state();
  std::string out = state == job::engine_state::running ? "serving" : std::string(job::name(state));
  out += ' ' + counted(of.settings.jobs.size(), "job") + " on " + counted(of.settings.targets.size(), "target");
  if (of.engine->running() > 0) out += ", " + counted(of.engine->running(), "fire") + " at work";
  if (const std::string reason = of.engine->state_reason(); !reason.empty()) out += ": " + reason;
  const auto& last = of.reloads.last();
  const bool bad = last && (last->is == verdict::refused || last->is == verdict::restart_required);
  return bad ? out + "; the last reload was " + std::string(name(last->is)) : out;
}

namespace {

// Fires that nobody has resolved, the newest of them.
task<result<std::vector<store::fire_row>>> unknown_fires(instance& of) {
  store::fire_filter which;
  which.state = store::name(store::fire_state::unknown);
  which.most = limits::listed;
  return of.ledger->fires(std::move(which));
}

standing::target standing_of(const target::target& one) {
  standing::target now;
  const target::health_view health = one.health();
  now.state = target::name(health.state);
  now.since = health.since;
  now.in_flight = one.in_flight();
  now.waiting = one.queued();
  now.retries = one.totals().retries;
  if (const auto budget = one.budget()) now.budget = {budget->limit, budget->remaining};
  return now;
}

// Of few jobs all are told, also that nothing has happened yet; of very many those that have something to say.
void tell_jobs(standing& now, const instance& of) {
  const auto tell = [&](const std::string& name) {
    if (const spec::job_spec* job = of.engine->find_job(name))
      now.jobs[name] = {std::string(spec::name(job->kind())), of.engine->paused(name)};
  };
  const spec::job_list& all = of.settings.jobs;
  if (all.size() <= limits::job_series) {
    for (const auto& job : all) tell(job->name);
  } else {
    for (const std::string& name : of.counts.jobs_heard_of()) tell(name);
    for (const std::string& name : of.engine->paused_jobs()) tell(name);
  }
  now.jobs_untold = all.size() - std::min(now.jobs.size(), all.size());
}

}  // namespace

task<> count_unknown(instance& of) {
  of.counting_unknown = true;
  const auto found = co_await unknown_fires(of);
  of.counting_unknown = false;
  if (found) of.unknown = found->size();
}

standing standing_of(instance& of) {
  standing now;
  // Counted anew for the next one: a disk that takes long must not hold back a scrape.
  now.unknown = of.unknown;
  if (!of.counting_unknown && !of.ending.requested()) of.children.spawn(count_unknown(of));
  now.state = job::name(of.engine->state());
  for (const auto& target : of.targets->all()) now.targets[target->spec().name] = standing_of(*target);
  tell_jobs(now, of);
  now.running = of.engine->running();
  now.queued = of.engine->queued();
  now.ledger = of.ledger->health();
  now.spool_bytes = of.spool->bytes();
  now.memory_bytes = memory::resident_bytes();
  now.clients = of.curl->clients();
  now.sessions = of.door ? of.door->sessions() : 0;
  const auto& last = of.reloads.last();
  now.reload = last ? name(last->is) : name(verdict::applied);
  now.reloaded = last ? last->at : of.started;
  now.started = of.started;
  now.config_hash = of.settings.hash;
  return now;
}

task<result<std::vector<trouble>>> troubles_of(instance& of) {
  facts now;
  now.ledger = of.ledger->health();
  now.copied = of.copied;
  if (of.engine->state() == job::engine_state::clock_held) now.clock_held = of.engine->state_reason();
  now.reload = of.reloads.last();
  for (const auto& target : of.targets->all())
    now.targets.push_back({target->spec().name, target->health(), target->spec().enabled});
  now.keys = of.keys->in_force();
  auto unknown = co_await unknown_fires(of);
  if (!unknown) co_return unknown.error();
  now.unknown = std::move(*unknown);
  co_return worst_first(now);
}

task<> log_status(instance& of) {
  of.log->notice(status_sentence(of));
  const auto wrong = co_await troubles_of(of);
  if (!wrong) co_return;
  std::size_t told = 0;
  for (const trouble& one : *wrong) {
    if (++told > limits::unknown_told) break;
    of.log->notice("wrong now: " + one.what + (one.next.empty() ? "" : "; next: " + one.next));
  }
}

}  // namespace triggerd
