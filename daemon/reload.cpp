#include "reload.hpp"

#include "instance.hpp"
#include "past_ends.hpp"
#include "roles.hpp"
#include "store/codes.hpp"
#include "zones.hpp"

namespace triggerd {

namespace {

void refuse(reload_report& report, const error& why) {
  report.is = verdict::refused;
  report.changes.clear();
  report.note = why.message;
  report.complaints.push_back({config::severity::error, {}, why.code, why.message});
}

job::event_level level_of(verdict v) {
  return v == verdict::refused || v == verdict::restart_required ? job::event_level::error : job::event_level::info;
}

}  // namespace

task<reload_report> reloader::run(std::string by) {
  if (here_.life.stopping()) co_return too_late();
  const std::uint64_t mine = begun_ + 1;  // one that begins after this question
  while (running_) {
    co_await done_.wait();
    if (ended_ >= mine) co_return *last_;
  }
  running_ = true;
  ++begun_;
  here_.manager.reloading(here_.clock.steady());
  reload_report report = co_await once();
  here_.memory->work_ended();
  last_ = report;
  ended_ = begun_;
  running_ = false;
  tell(report, by);
  done_.notify_all();
  co_return report;
}

reload_report reloader::too_late() const {
  reload_report report;
  report.at = here_.clock.now();
  report.hash = here_.settings.hash;
  refuse(report, fail(codes::stopped, "the daemon is about to end"));
  return report;
}

task<reload_report> reloader::once() {
  config::loaded files = config::load(here_.config_path, here_.env);
  if (files.value) config::share_equal(here_.settings, *files.value);
  reload_report report = judge(here_.settings, files, here_.clock.now());
  if (report.is == verdict::refused || report.is == verdict::restart_required) co_return report;
  std::vector<spec::credential_spec> credentials = files.value->credentials;
  keyring::ring ring = co_await here_.keys->prepare(std::move(credentials), std::move(files.read), here_.ending);
  const std::string in_force = here_.settings.hash;
  if (here_.ending.requested()) {
    refuse(report, fail(codes::stopped, "the daemon ends"));
  } else if (!here_.engine->writes().well()) {
    refuse(report, fail(store::codes::disk,
                        "the ledger cannot be written, so nothing new is begun: " + here_.engine->writes().trouble()));
  } else {
    add_renewed_keys(report, here_.keys->renewed(ring));
    co_await put_in_force(std::move(*files.value), std::move(ring), report);
    co_return report;
  }
  report.hash = in_force;
  co_return report;
}

// From here on everything is known to be good.
task<> reloader::put_in_force(config::settings files, keyring::ring ring, reload_report& report) {
  const config::difference changes = config::compare(here_.settings, files);
  const bool same_jobs = here_.settings.jobs == files.jobs;  // those that are equal are shared
  here_.settings = std::move(files);
  const spec::daemon_spec& daemon = here_.settings.daemon;
  here_.keys->put_in_force(std::move(ring));
  // Also when nothing changed: a parked target is proved again, since somebody may have mended the server's side.
  here_.targets->apply(inputs_of(here_.settings, here_.keys->in_force()));
  here_.log->set_level(log_level_from(daemon.log_level).value_or(log_level::info));
  here_.log->hide_names(daemon.redact);
  here_.engine->set_clock_jump_tolerance(daemon.clock_jump_tolerance);
  here_.door->set_rules(rules_of(daemon.allow, *here_.log));
  if (!changes.jobs.added.empty()) here_.children.spawn(recall_ends(here_));
  here_.pruning->fire_ended();
  warn_of_short_zones(here_.settings, here_.clock.now(), *here_.log);
  if (same_jobs) co_return;
  spec::job_list jobs = here_.settings.jobs;
  const auto set = co_await here_.engine->set_jobs(std::move(jobs));
  if (set) co_return;
  here_.log->error("the jobs of the new files are not all in force: " + set.error().describe());
  report.complaints.push_back({config::severity::error, {}, set.error().code, set.error().message});
}

void reloader::tell(const reload_report& report, const std::string& by) {
  const std::string word(name(report.is));
  const bool bad = level_of(report.is) == job::event_level::error;
  std::string text = "reload by " + by + ": " + word + (report.note.empty() ? "" : ": " + report.note);
  here_.log->write(bad ? log_level::error : log_level::notice, text, {{"verdict", word}});
  for (const auto& one : report.complaints)
    if (one.how == config::severity::warning) here_.log->warning(one.text());
  here_.events.publish({.kind = "reload", .state = word, .level = level_of(report.is), .text = std::move(text)});
  const std::string status = status_sentence(here_);
  if (here_.life.stopping()) here_.manager.status(status);  // the end was announced meanwhile, and that is final
  else here_.manager.ready(status);
}

void reloader::ask() {
  if (signalled_ || !here_.door || here_.ending.requested()) return;
  signalled_ = true;
  here_.children.spawn(run_for_signal());
}

task<> reloader::run_for_signal() {
  while (running_) co_await done_.wait();
  signalled_ = false;  // a signal from here on asks for one more
  co_await run("signal");
}

}  // namespace triggerd
