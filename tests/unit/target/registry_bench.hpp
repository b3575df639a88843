// A registry before servers that know some keys, in virtual time.
#pragma once

#include "api/runs.hpp"
#include "support/scripted_transport.hpp"
#include "support/shown_result.hpp"
#include "support/virtual_time.hpp"
#include "target/codes.hpp"
#include "target/registry.hpp"

#include <doctest/doctest.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace triggerd::test {

class kept_log final : public log {
 public:
  std::string text;
  void write(log_level, std::string_view message, std::initializer_list<log_field>) override {
    text += std::string(message) + '\n';
  }
};

// An open() or a request under way.
template <class T>
struct pending {
  cancellation cancel;
  std::optional<T> done;
};
using opening = pending<result<target::access>>;
using sending = pending<client::exchange>;

class registry_bench {
 public:
  virtual_time time;
  seeded_random random{3};
  kept_log log;
  std::map<std::string, std::string> opens;                          // key -> what whoami answers; else 401
  std::map<std::string, scripted_transport::header_list> words;      // key -> rate headers of its replies
  std::map<std::string, std::shared_ptr<scripted_transport>> wires;  // the newest of each target
  std::vector<std::string> connected, events, exchanges;
  target::inputs inputs;
  std::vector<spec::target_spec> specs;  // of the targets, until they are applied
  std::optional<target::registry> targets;

  explicit registry_bench(std::size_t most_in_flight = 512) {
    target::registry_world world{time.loop().get_executor(), time, time, random, log, {}, {}, {}, most_in_flight};
    world.connect = [this](const spec::target_spec& of) {
      connected.push_back(of.name);
      auto made = std::make_shared<scripted_transport>();
      made->otherwise([this](const net::request& what) { return serve(what); });
      wires[of.name] = made;
      return made;
    };
    world.on_change = [this](std::string_view kind, const target::target& which, const std::string& text) {
      events.push_back(std::string(kind) + ' ' + which.spec().name + ' ' + text);
    };
    world.on_exchange = [this](const target::exchange_seen& done) {
      exchanges.push_back(done.target + ' ' + std::string(done.endpoint) + ' ' + std::string(done.outcome));
    };
    targets.emplace(std::move(world));
  }
  ~registry_bench() {
    time.spawn(targets->close());
    time.run();
    targets.reset();
    CHECK_MESSAGE(time.armed() == 0, "a timer was left behind");
  }

  // A target of proj_shop's prod with a key of its own, unless the test changes it before apply().
  spec::target_spec& add(const std::string& name, const std::string& key, const std::string& environment = "env_prod") {
    spec::target_spec of;
    of.name = name;
    of.project = "proj_shop";
    of.env = spec::environment::prod;
    of.base_url = "https://api.test";
    of.credential = name;
    give(name, key);
    opens[key] = whoami(environment);
    specs.push_back(of);
    return specs.back();
  }
  void give(const std::string& credential, const std::string& key) {
    spec::credential_spec named;
    named.name = credential;
    inputs.credentials[credential] = named;
    inputs.keys[credential] = made(key);
  }
  static std::shared_ptr<const client::credential> made(const std::string& key) {
    auto out = client::make_credential(secret(key));
    REQUIRE(out.has_value());
    return *out;
  }
  static std::string whoami(const std::string& id, const std::string& type = "PRODUCTION") {
    return R"({"id":")" + id + R"(","slug":"prod","type":")" + type +
           R"(","apiKey":"tr_prod_echoed","project":{"externalRef":"proj_shop"}})";
  }

  void apply() {
    inputs.targets.clear();
    for (const spec::target_spec& one : specs) inputs.targets.push_back(std::make_shared<const spec::target_spec>(one));
    targets->apply(inputs);
  }
  std::shared_ptr<target::target> find(const std::string& name) {
    auto found = targets->find(name);
    REQUIRE(found != nullptr);
    return found;
  }

  void open(opening& of, const std::string& name, spec::auth_spec auth = {}) {
    time.spawn(run_open(find(name), std::move(auth), of));
    time.run();
  }
  result<target::access> opened(const std::string& name, spec::auth_spec auth = {}) {
    opening of;
    open(of, name, std::move(auth));
    REQUIRE(of.done.has_value());
    return std::move(*of.done);
  }
  // An access whose cancellation lives as long as the bench.
  target::access access(const std::string& name, spec::auth_spec auth = {}, std::string lane = "job") {
    cancels_.push_back(std::make_unique<cancellation>());
    std::optional<result<target::access>> out;
    time.spawn(open_into(find(name), std::move(lane), std::move(auth), *cancels_.back(), out));
    time.run();
    REQUIRE(out.has_value());
    REQUIRE_MESSAGE(out->has_value(), (*out ? std::string() : out->error().describe()));
    return **out;
  }
  target::access reader(const std::string& name) {
    cancels_.push_back(std::make_unique<cancellation>());
    std::optional<result<target::access>> out;
    time.spawn(read_into(find(name), *cancels_.back(), out));
    time.run();
    REQUIRE(out.has_value());
    REQUIRE(out->has_value());
    return **out;
  }
  void cancel_last_access() { cancels_.back()->request(); }

  void send(sending& of, target::access by, api::call what) {
    time.spawn(run_send(std::move(by), std::move(what), of));
    time.run();
  }
  client::exchange sent(const target::access& by, api::call what) {
    sending of;
    send(of, by, std::move(what));
    REQUIRE(of.done.has_value());
    return std::move(*of.done);
  }
  client::exchange write(const target::access& by) { return sent(by, api::cancel_run("run_1").what); }
  client::exchange read(const target::access& by) { return sent(by, api::retrieve_run("run_1").what); }

  // Requests of a target's newest wire that ask whose key it is, and the others.
  std::size_t proofs(const std::string& name) { return count(name, true); }
  std::size_t others(const std::string& name) { return count(name, false); }
  static std::string key_of(const net::request& what) {
    for (const auto& [name, value] : what.headers)
      if (name == "authorization") return value.substr(std::string("Bearer ").size());
    return {};
  }

 private:
  static bool is_proof(const net::request& what) {
    for (const char* part : {"whoami", "/environments", "/branches", "/public-tokens", "proj_shop/prod"})
      if (what.url.find(part) != std::string::npos) return true;
    return false;
  }
  std::size_t count(const std::string& name, bool proof) {
    std::size_t out = 0;
    for (const auto& one : wires.at(name)->requests) out += is_proof(one) == proof ? 1 : 0;
    return out;
  }

  net::outcome serve(const net::request& what) {
    const std::string key = key_of(what);
    const auto known = opens.find(key);
    const auto head = words.count(key) > 0 ? words.at(key) : scripted_transport::header_list{};
    if (known == opens.end()) return scripted_transport::reply(401, R"({"error":"Invalid API Key"})", head);
    if (what.url.find("/api/v1/whoami") != std::string::npos)
      return scripted_transport::reply(200, known->second, head);
    return scripted_transport::reply(200, R"({"id":"run_1"})", head);
  }

  static task<> run_open(std::shared_ptr<target::target> of, spec::auth_spec auth, opening& into) {
    std::string lane = "job";
    into.done = co_await of->open(std::move(lane), std::move(auth), into.cancel);
  }
  static task<> open_into(std::shared_ptr<target::target> of, std::string lane, spec::auth_spec auth,
                          cancellation& cancel, std::optional<result<target::access>>& out) {
    out = co_await of->open(std::move(lane), std::move(auth), cancel);
  }
  static task<> read_into(std::shared_ptr<target::target> of, cancellation& cancel,
                          std::optional<result<target::access>>& out) {
    std::string lane = "plan";
    out = co_await of->open_for_reading(std::move(lane), cancel);
  }
  static task<> run_send(target::access by, api::call what, sending& into) {
    client::exchange done = co_await by.perform(std::move(what), 0);
    into.done = std::move(done);
  }

  std::vector<std::unique_ptr<cancellation>> cancels_;
};

}  // namespace triggerd::test
