#include "copied_ledger.hpp"

#include "instance.hpp"

namespace triggerd {

namespace {

constexpr const char* heeded_setting = "restored.heeded";

task<result<std::string>> setting_of(store::ledger& ledger, std::string name) {
  const auto found = co_await ledger.get(std::move(name));
  if (!found) co_return found.error();
  co_return found->value_or(std::string());
}

std::vector<std::string> replaying_jobs(const job::engine& engine) {
  std::vector<std::string> names;
  for (const job::job_view& one : engine.jobs())
    if (one.spec->kind() == spec::job_kind::replay && !one.paused) names.push_back(one.spec->name);
  return names;
}

}  // namespace

task<result<>> heed_copy(instance& here) {
  const auto until = co_await setting_of(*here.ledger, store::restored_setting);
  if (!until) co_return until.error();
  const auto heeded = co_await setting_of(*here.ledger, heeded_setting);
  if (!heeded) co_return heeded.error();
  if (until->empty() || *heeded == *until) co_return result<>();
  const auto known = co_await setting_of(*here.ledger, store::restored_known_setting);
  if (!known) co_return known.error();
  here.copied = "the ledger is a copy: what was done between " + *known + " and " + *until + " is not in it";
  here.log->warning(here.copied + "; what it left unfinished is looked up before anything is sent again");
  for (std::string& job : replaying_jobs(*here.engine)) {
    here.log->warning("job " + job + " is paused: what it replayed meanwhile is not known; triggerctl resume " + job,
                      {{"job", job}});
    const auto paused = co_await here.engine->pause(std::move(job), "a copied ledger", std::nullopt);
    if (!paused) co_return paused.error();
  }
  here.ledger->set(heeded_setting, *until);
  co_return co_await here.ledger->commit();
}

}  // namespace triggerd
