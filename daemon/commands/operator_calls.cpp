#include "commands/operator_calls.hpp"

#include "api/retry.hpp"
#include "instance.hpp"

namespace triggerd::commands {

namespace {

bool may_be_repeated(const api::call& what) { return !what.mutates() || (what.keyed && what.repeatable()); }

// Said by this side before any connection was tried: it would be said again.
bool held_back(const client::exchange& done) {
  return done.failed->kind == api::failure_kind::not_sent && !done.failed->what.code.name.starts_with("transport.");
}

}  // namespace

task<std::shared_ptr<target::target>> find_target(instance& here, control::call& asked) {
  std::string name = text_of(asked.parameters(), "target");
  auto found = here.targets->find(name);
  if (!found) {
    co_await refuse_target(here, asked, std::move(name));
    co_return nullptr;
  }
  if (!found->paused()) co_return found;
  json why = json::object();
  why["state"] = "paused";
  why["reason"] = "target " + name + " is paused";
  co_await asked.error("NotNow", std::move(why));
  co_return nullptr;
}

task<std::optional<target::access>> open_target(instance& here, control::call& asked,
                                                std::shared_ptr<target::target> which, purpose what_for) {
  std::string lane = "uid " + std::to_string(asked.who().uid);
  result<target::access> opened = fail(codes::cancelled, "");
  if (what_for == purpose::reading) {
    opened = co_await which->open_for_reading(std::move(lane), asked.gone());
  } else {
    spec::auth_spec own;
    opened = co_await which->open(std::move(lane), std::move(own), asked.gone());
  }
  if (opened) co_return std::move(*opened);
  error why = opened.error();
  subject none;
  co_await refuse(here, asked, std::move(why), std::move(none));
  co_return std::nullopt;
}

task<client::exchange> perform(instance& here, control::call& asked, target::access by, api::call what) {
  for (int attempt = 1;; ++attempt) {
    api::call once = what;
    client::exchange done = co_await by.perform(std::move(once), 0);
    if (!done.failed || !may_be_repeated(what) || held_back(done)) co_return done;
    const auto wait = api::next_attempt(by.spec().retry, attempt, *done.failed, here.random);
    if (!wait) co_return done;
    const bool waited = co_await sleep_for(here.timers, here.clock, *wait, asked.gone());
    if (!waited) co_return done;
    if (const auto of = here.targets->find(by.spec().name)) of->count_retry();
  }
}

task<> refuse(instance& here, control::call& asked, api::failure why) {
  subject none;
  refusal out = refusal_of(here, why.what, none);
  if (out.name == "Failed") {
    if (why.status > 0) out.parameters["status"] = why.status;
    if (why.kind == api::failure_kind::ambiguous) out.parameters["unknown"] = true;
  }
  return asked.error(std::move(out.name), std::move(out.parameters));
}

}  // namespace triggerd::commands
