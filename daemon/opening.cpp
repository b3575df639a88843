#include "opening.hpp"

#include "base/limits.hpp"
#include "connections.hpp"
#include "copied_ledger.hpp"
#include "digest_key.hpp"
#include "directories.hpp"
#include "drain.hpp"
#include "event_log.hpp"
#include "instance.hpp"
#include "memory.hpp"
#include "process.hpp"
#include "store/file_system.hpp"
#include "store/state_directory.hpp"
#include "target_pauses.hpp"
#include "zones.hpp"

namespace triggerd {

namespace {

void listen_to_signals(instance& here) {
  signal_actions what;
  what.reload = [&here] { here.reloads.ask(); };
  what.stop = [&here] { begin_stop(here); };
  what.status = [&here] {
    if (here.door && !here.ending.requested()) here.children.spawn(log_status(here));
  };
  here.bells = std::make_unique<signals>(here.loop, std::move(what));
}

result<> take_folders(instance& here) {
  const spec::daemon_spec& daemon = here.settings.daemon;
  if (const auto made = make_directory(daemon.state_dir, 0700); !made)
    return fail(made.error().code, made.error().message + "; make it, or name another one with daemon.state_dir");
  // The socket asks every peer who it is, so everybody may reach it.
  if (const auto made = make_directory(daemon.runtime_dir, 0755); !made)
    return fail(made.error().code, made.error().message + "; make it, or name another one with daemon.runtime_dir");
  if (const auto local = store::refuse_network(daemon.state_dir); !local) return local.error();
  auto lock = store::state_lock::take(daemon.state_dir);
  if (!lock) return lock.error();
  here.lock = std::move(*lock);
  return {};
}

// libcurl wants to be started before there is a second thread; the ledger and the spool bring one each.
result<> open_stores(instance& here) {
  const std::string& state_dir = here.settings.daemon.state_dir;
  transport::curl_loop::settings bounds;
  bounds.most_clients = process::most_clients(process::open_files());
  auto curl = transport::curl_loop::make(here.loop, here.clock, here.timers, *here.log, bounds);
  if (!curl) return curl.error();
  here.curl = std::move(*curl);
  store::sqlite_ledger::options watched;
  watched.on_commit = [&here](std::chrono::nanoseconds took) { here.counts.committed(took); };
  auto ledger = store::sqlite_ledger::open(store::ledger_path(state_dir), here.loop.get_executor(), here.clock,
                                           *here.log, std::move(watched));
  if (!ledger) return ledger.error();
  here.ledger = std::move(*ledger);
  auto spool = store::file_spool::open(store::spool_path(state_dir), limits::spool_bytes, here.loop.get_executor());
  if (!spool) return spool.error();
  here.spool = std::move(*spool);
  return {};
}

void target_changed(instance& here, std::string_view kind, const target::target& which, const std::string& text) {
  const target::health_view health = which.health();
  job::event what{.kind = std::string(kind),
                  .target = which.spec().name,
                  .state = std::string(target::name(health.state)),
                  .text = text};
  if (health.state == target::target_state::parked) what.level = job::event_level::error;
  else if (health.state == target::target_state::unproved && !health.trouble.empty())
    what.level = job::event_level::warning;
  if (kind == "target-resumed") target_pauses::forget(*here.ledger, which.spec().name);
  here.events.publish(std::move(what));
}

// For metrics: on behalf of which kind of job a request went out.
std::string_view kind_of(const instance& here, const std::string& lane) {
  if (lane == target::identity_lane) return "identity";
  const spec::job_spec* job = here.engine->find_job(lane);
  return job ? spec::name(job->kind()) : "other";  // asked by hand, or for a job that is gone
}

void make_targets(instance& here) {
  target::registry_world world{
      here.loop.get_executor(),
      here.clock,
      here.timers,
      here.random,
      *here.log,
      connections_on(*here.curl),
      [&here](std::string_view kind, const target::target& which, const std::string& text) {
        target_changed(here, kind, which, text);
      },
      [&here](const target::exchange_seen& done) { here.counts.exchanged(done, kind_of(here, done.lane)); },
      limits::requests_in_flight};
  here.targets = std::make_unique<target::registry>(std::move(world));
  here.keys->on_renewal([&here](const keyring::key_map& renewed) { here.targets->renew(renewed); });
  here.targets->apply(inputs_of(here.settings, here.keys->in_force()));
}

result<> make_engine(instance& here) {
  const std::string& state_dir = here.settings.daemon.state_dir;
  auto digests = digest_key(state_dir, here.random);
  if (!digests) return digests.error();
  here.inputs = std::make_unique<job::machine_inputs>(
      here.timers, here.clock,
      [&here](spec::value_source from, cancellation& cancel) { return here.keys->read(std::move(from), cancel); });
  here.rejects = std::make_unique<reject_folder>(state_dir);
  job::engine_world world{here.loop.get_executor(),
                          here.clock,
                          here.timers,
                          here.random,
                          *here.log,
                          *here.ledger,
                          *here.spool,
                          *here.targets,
                          *here.inputs,
                          *here.rejects,
                          here.events,
                          std::move(*digests),
                          [](const std::string& text) { return config::decode_job(text); },
                          here.settings.daemon.clock_jump_tolerance,
                          [&here](milliseconds late) { here.counts.began(late); }};
  here.engine = std::make_unique<job::engine>(std::move(world));
  return {};
}

task<> prune(instance& here) {
  const spec::daemon_spec& daemon = here.settings.daemon;
  const auto rows = co_await here.ledger->prune(daemon.keep, daemon.keep_per_job);
  if (!rows) here.log->warning("the ledger could not be pruned: " + rows.error().describe());
  else if (*rows > 0) here.log->info(std::to_string(*rows) + " old rows left the ledger");
}

void listen_to_events(instance& here) {
  here.pruning =
      std::make_unique<retention>(here.loop.get_executor(), here.timers, here.clock, [&here] { return prune(here); });
  here.memory = std::make_unique<spare_memory>(here.timers, here.clock, memory::give_back);
  here.listening = std::make_unique<job::event_hub::subscription>(here.events, [&here](const job::event& what) {
    here.counts.happened(what);
    write_event(*here.log, what);
    if (what.kind == "ledger") here.manager.status(status_sentence(here));
    if (what.kind != "fire-ended") return;
    here.pruning->fire_ended();
    here.memory->work_ended();
  });
}

}  // namespace

task<result<>> open(instance& here) {
  listen_to_signals(here);
  if (const auto taken = take_folders(here); !taken) co_return taken.error();
  if (const auto opened = open_stores(here); !opened) co_return opened.error();
  here.keys = std::make_unique<keyring>(here.loop.get_executor(), here.timers, here.clock, here.env, *here.log);
  std::vector<spec::credential_spec> credentials = here.settings.credentials;
  keyring::ring ring =
      co_await here.keys->prepare(std::move(credentials), std::move(here.read), here.life.time_is_up());
  here.keys->put_in_force(std::move(ring));
  make_targets(here);
  if (const auto made = make_engine(here); !made) co_return made.error();
  listen_to_events(here);
  warn_of_short_zones(here.settings, here.clock.now(), *here.log);
  co_return result<>();
}

task<result<>> recover(instance& here) {
  here.manager.status("taking up what was unfinished");
  const auto paused = co_await target_pauses::restore(*here.ledger, *here.targets, here.clock.now());
  if (!paused) co_return paused.error();
  const auto recovered = co_await here.engine->recover();
  if (!recovered) co_return recovered.error();
  spec::job_list jobs = here.settings.jobs;
  const auto set = co_await here.engine->set_jobs(std::move(jobs));
  if (!set) co_return set.error();
  co_return co_await heed_copy(here);
}

}  // namespace triggerd
