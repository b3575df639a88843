#include "keyring.hpp"
#include "base/limits.hpp"
#include "unit/daemon/world.hpp"

#include <sys/stat.h>

#include <fstream>

using namespace triggerd;

namespace {

spec::credential_spec from_variable(const std::string& name, const std::string& variable) {
  spec::credential_spec out;
  out.name = name;
  out.source.from = spec::value_source::kind::env;
  out.source.name = variable;
  return out;
}

struct bench {
  test::virtual_time time;
  test::invented_machine machine;
  test::log_reader reader;
  std::unique_ptr<operator_log> log = test::log_to(reader, time);
  keyring keys{time.loop().get_executor(), time, time, machine, *log};
  cancellation never;

  keyring::ring prepare(std::vector<spec::credential_spec> credentials, config::secrets read = {}) {
    std::optional<keyring::ring> out;
    time.spawn(prepare_into(keys, std::move(credentials), std::move(read), never, out));
    time.run();
    REQUIRE(out);
    return std::move(*out);
  }
  static task<> prepare_into(keyring& keys, std::vector<spec::credential_spec> credentials, config::secrets read,
                             cancellation& cancel, std::optional<keyring::ring>& out) {
    out = co_await keys.prepare(std::move(credentials), std::move(read), cancel);
  }
  ~bench() {
    time.spawn(keys.close());
    time.run();
  }
};

std::string value_of(const keyring::ring& ring, const std::string& name) {
  const auto& held = ring.at(name);
  return held.value ? std::string(held.value->value.expose()) : "";
}

}  // namespace

TEST_CASE("keys are read from where the credentials say, and the log's net knows them") {
  bench b;
  b.machine.variables["SHOP"] = "tr_prod_aaaaaaaaaaaa";
  const auto ring = b.prepare({from_variable("shop", "SHOP")});
  CHECK(value_of(ring, "shop") == "tr_prod_aaaaaaaaaaaa");
  CHECK(ring.at("shop").value->env == spec::environment::prod);
  CHECK_FALSE(ring.at("shop").trouble);
  CHECK(b.log->clean("it was tr_prod_aaaaaaaaaaaa").find("aaaa") == std::string::npos);
  CHECK(b.keys.in_force().empty());  // prepared is not in force
}

TEST_CASE("a credential without a value is its own trouble, not the others'") {
  bench b;
  b.machine.variables = {{"SHOP", "tr_prod_aaaaaaaaaaaa"}, {"BAD", "not a key at all"}};
  auto ring = b.prepare({from_variable("bad", "BAD"), from_variable("none", "NONE"), from_variable("shop", "SHOP")});
  b.keys.put_in_force(std::move(ring));
  const auto values = keyring::values(b.keys.in_force());
  CHECK(values.size() == 1);
  CHECK(values.contains("shop"));
  CHECK(b.keys.in_force().at("none").trouble->message.find("not set") != std::string::npos);
  CHECK(b.keys.in_force().at("bad").trouble);
  CHECK(b.reader.all().find("credential none has no value") != std::string::npos);
  CHECK(b.reader.all().find("not a key at all") == std::string::npos);
}

TEST_CASE("a pinned kind is held against what the source gives") {
  bench b;
  b.machine.variables = {{"SHOP", "tr_pat_aaaaaaaaaaaa"}, {"MORE", "tr_prod_sk_aaaaaaaaaaaa"}};
  auto shop = from_variable("shop", "SHOP");
  shop.kind = spec::credential_kind::secret_key;
  auto more = from_variable("more", "MORE");
  more.kind = spec::credential_kind::secret_key;  // an additional key is one too
  const auto ring = b.prepare({shop, more});
  CHECK(ring.at("shop").trouble);
  CHECK_FALSE(ring.at("shop").value);
  CHECK(ring.at("more").value);
}

TEST_CASE("a value that was read with the files is not read again, and is held against the same rules") {
  bench b;
  b.machine.variables = {{"SHOP", "tr_prod_bbbbbbbbbbbb"}, {"MORE", "tr_prod_cccccccccccc"}};
  config::secrets read;
  read.emplace("shop", secret("tr_prod_aaaaaaaaaaaa"));
  read.emplace("more", secret("tr_pat_aaaaaaaaaaaa"));
  auto more = from_variable("more", "MORE");
  more.kind = spec::credential_kind::secret_key;
  const auto ring = b.prepare({from_variable("shop", "SHOP"), more}, std::move(read));
  CHECK(value_of(ring, "shop") == "tr_prod_aaaaaaaaaaaa");
  CHECK(ring.at("more").trouble);
  CHECK_FALSE(ring.at("more").value);
  CHECK(b.log->clean("it was tr_prod_aaaaaaaaaaaa").find("aaaa") == std::string::npos);
}

TEST_CASE("at a reload a value that cannot be read keeps the one in force, but not over another source") {
  bench b;
  b.machine.variables["SHOP"] = "tr_prod_aaaaaaaaaaaa";
  b.keys.put_in_force(b.prepare({from_variable("shop", "SHOP")}));
  b.machine.variables.clear();
  const auto kept = b.prepare({from_variable("shop", "SHOP")});
  CHECK(value_of(kept, "shop") == "tr_prod_aaaaaaaaaaaa");
  CHECK(kept.at("shop").trouble);
  CHECK(b.keys.renewed(kept).empty());
  const auto moved = b.prepare({from_variable("shop", "OTHER")});
  CHECK(value_of(moved, "shop").empty());
  CHECK(b.keys.renewed(moved) == std::vector<std::string>{"shop"});
}

TEST_CASE("a new value is seen although no file changed") {
  bench b;
  b.machine.variables = {{"SHOP", "tr_prod_aaaaaaaaaaaa"}, {"CRM", "tr_prod_cccccccccccc"}};
  b.keys.put_in_force(b.prepare({from_variable("crm", "CRM"), from_variable("shop", "SHOP")}));
  b.machine.variables["SHOP"] = "tr_prod_bbbbbbbbbbbb";
  CHECK(b.keys.renewed(b.prepare({from_variable("crm", "CRM"), from_variable("shop", "SHOP")})) ==
        std::vector<std::string>{"shop"});
}

TEST_CASE("a refresh takes a new value over, tells it, and keeps the old one when it fails") {
  bench b;
  std::vector<std::string> renewed;
  b.keys.on_renewal([&renewed](const keyring::key_map& keys) {
    for (const auto& [name, key] : keys) renewed.push_back(name + '=' + std::string(key->value.expose()));
  });
  b.machine.variables["SHOP"] = "tr_prod_aaaaaaaaaaaa";
  auto shop = from_variable("shop", "SHOP");
  shop.refresh = std::chrono::hours(1);
  b.keys.put_in_force(b.prepare({shop}));
  b.time.advance(std::chrono::minutes(61));
  CHECK(renewed.empty());  // the same value is no news
  b.machine.variables["SHOP"] = "tr_prod_bbbbbbbbbbbb";
  b.time.advance(std::chrono::minutes(60));
  CHECK(renewed == std::vector<std::string>{"shop=tr_prod_bbbbbbbbbbbb"});
  b.machine.variables.clear();
  b.time.advance(std::chrono::minutes(60));
  CHECK(value_of(b.keys.in_force(), "shop") == "tr_prod_bbbbbbbbbbbb");
  CHECK(b.keys.in_force().at("shop").trouble);
  CHECK(b.keys.in_force().at("shop").again);
  b.machine.variables["SHOP"] = "tr_prod_cccccccccccc";
  b.time.advance(limits::credential_retry);
  CHECK(value_of(b.keys.in_force(), "shop") == "tr_prod_cccccccccccc");
  CHECK_FALSE(b.keys.in_force().at("shop").trouble);
}

TEST_CASE("no timer is armed for credentials that nobody wants refreshed") {
  bench b;
  b.machine.variables["SHOP"] = "tr_prod_aaaaaaaaaaaa";
  b.keys.put_in_force(b.prepare({from_variable("shop", "SHOP"), from_variable("none", "NONE")}));
  CHECK(b.time.armed() == 0);
}

TEST_CASE("programs give keys, and a failing one says why without its output") {
  const test::temporary_folder home;
  asio::io_context loop{1};
  machine_clock clock;
  loop_timers timers(loop, clock);
  test::invented_machine machine;
  test::log_reader reader;
  const auto log = test::log_to(reader, clock);
  keyring keys(loop.get_executor(), timers, clock, machine, *log);
  cancellation never;
  std::vector<spec::credential_spec> credentials(2);
  credentials[0].name = "good";
  credentials[0].source.from = spec::value_source::kind::exec;
  credentials[0].source.argv = {"/bin/echo", "tr_prod_aaaaaaaaaaaa"};
  credentials[1].name = "bad";
  credentials[1].source = credentials[0].source;
  credentials[1].source.argv = {"/bin/sh", "-c", "echo tr_prod_bbbbbbbbbbbb; exit 3"};
  std::optional<keyring::ring> ring;
  asio::co_spawn(loop, bench::prepare_into(keys, std::move(credentials), config::secrets(), never, ring),
                 asio::detached);
  loop.run();
  REQUIRE(ring);
  CHECK(value_of(*ring, "good") == "tr_prod_aaaaaaaaaaaa");
  REQUIRE(ring->at("bad").trouble);
  CHECK(ring->at("bad").trouble->describe().find("bbbb") == std::string::npos);
  CHECK(ring->at("bad").trouble->message.find("3") != std::string::npos);
}
