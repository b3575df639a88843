#include "prove.hpp"

#include "base/limits.hpp"
#include "config/codes.hpp"
#include "config/secrets.hpp"
#include "connections.hpp"
#include "process.hpp"
#include "target/codes.hpp"
#include "target/registry.hpp"

#include <boost/asio/co_spawn.hpp>

#include <algorithm>

namespace triggerd {

namespace {

using config::complaint;
using config::severity;

// What is proved: a target, with its own key or with that of a job.
struct claim {
  std::string target;
  spec::auth_spec auth;
  std::string who;  // "target shop-prod", "job x on target shop-prod"
};

complaint about(severity how, error_code code, std::string message) {
  complaint out;
  out.how = how;
  out.code = code;
  out.message = std::move(message);
  return out;
}

class prover {
 public:
  prover(const config::settings& of, const config::environment& env) : settings_(of), env_(env) {}

  std::vector<complaint> run() {
    auto curl =
        transport::curl_loop::make(loop_, clock_, timers_, quiet_, {process::most_clients(process::open_files())});
    if (!curl) return {about(severity::error, curl.error().code, curl.error().message)};
    curl_ = std::move(*curl);
    read_keys();
    asio::co_spawn(loop_, prove_all(), [](std::exception_ptr failure) {
      if (failure) std::rethrow_exception(failure);
    });
    loop_.run();
    return std::move(complaints_);
  }

 private:
  // Programs are not run by a check, here neither.
  void read_keys() {
    inputs_.targets = settings_.targets;
    inputs_.limits = settings_.limits;
    for (const auto& one : settings_.credentials) {
      inputs_.credentials[one.name] = one;
      auto value = config::resolve(one.source, env_, {});
      if (!value) continue;  // said by the offline part already
      if (auto made = client::make_credential(std::move(*value))) inputs_.keys[one.name] = std::move(*made);
    }
  }

  std::vector<claim> claims() const {
    std::vector<claim> out;
    for (const auto& target : settings_.targets)
      if (target->enabled) out.push_back({target->name, {}, "target " + target->name});
    for (const auto& job : settings_.jobs) {
      const auto which = spec::selector::parse(job->targets);
      if (!job->auth.any() || !job->enabled || !which) continue;
      for (const auto& target : settings_.targets)
        if (target->enabled && which->matches(*target))
          out.push_back({target->name, job->auth, "job " + job->name + " on target " + target->name});
    }
    return out;
  }

  task<> prove_all() {
    target::registry_world world{loop_.get_executor(),
                                 clock_,
                                 timers_,
                                 random_,
                                 quiet_,
                                 connections_on(*curl_),
                                 [](std::string_view, const target::target&, const std::string&) {},
                                 [](const target::exchange_seen&) {},
                                 limits::requests_in_flight};
    target::registry targets(std::move(world));
    targets.apply(inputs_);
    cancellation never;
    task_group all(loop_.get_executor());
    for (claim& one : claims()) all.spawn(prove(targets, std::move(one), never));
    co_await all.join();
    co_await targets.close();
    curl_->close();
    timers_.close();
    std::sort(complaints_.begin(), complaints_.end(),
              [](const complaint& a, const complaint& b) { return a.message < b.message; });
  }

  task<> prove(target::registry& targets, claim what, cancellation& never) {
    const auto found = targets.find(what.target);
    std::string lane = "check";
    spec::auth_spec auth = what.auth;
    const auto opened = co_await found->open(std::move(lane), std::move(auth), never);
    if (opened) co_return;
    const error& why = opened.error();
    // Without a value here there is nothing to ask a server about.
    const bool unseen = why.code == target::codes::no_credential;
    complaints_.push_back(about(unseen ? severity::note : severity::error,
                                unseen ? config::codes::not_checkable : why.code, what.who + ": " + why.message));
  }

  const config::settings& settings_;
  const config::environment& env_;
  asio::io_context loop_{1};
  machine_clock clock_;
  loop_timers timers_{loop_, clock_};
  machine_random random_;
  no_log quiet_;
  std::unique_ptr<transport::curl_loop> curl_;
  target::inputs inputs_;
  std::vector<complaint> complaints_;
};

}  // namespace

std::vector<complaint> prove_credentials(const config::settings& of, const config::environment& env) {
  prover one(of, env);
  return one.run();
}

}  // namespace triggerd
