// What the operators' tables become: targets, credentials, limits and the process.
#include "unit/config/paper_machine.hpp"

using namespace triggerd;
using namespace triggerd::test;
using namespace std::chrono_literals;

TEST_CASE("every key of a target, a credential and a limit is read") {
  const auto all = good(R"(
[credential.file]
file = "keys/shop"
kind = "secret-key"
refresh = "1h"
[credential.unit]
systemd = "shop"
kind = "pat"
exchange = true
[credential.exec]
exec = ["./get-key", "shop"]
timeout = "3s"
[limit.cloud]
requests = "1200/min"
burst = 61
in_flight = 17
batch_items = "500/5s"
batch_burst = 5000
[target.full]
project = "proj_full"
environment = "preview"
branch = "feat/x"
base_url = "https://api.example//"
credential = "file"
limit = "cloud"
labels = { a = "b" }
vars = { c = "d" }
enabled = false
connect_timeout = "1s"
request_timeout = "2s"
retry = { attempts = 2, backoff = "1s..2s", jitter = "none" }
verify_identity = "startup"
tls = { ca = "ca.pem", cert = "/c.pem", key = "k.pem", min_version = "1.3" }
proxy = "http://proxy.example:3128"
http = "1.1"
ip = "6"
headers = { x-team = "shop" }
allow_plaintext = true
[target.inline]
project = "proj_full"
environment = "dev"
credential = { env = "DEV" }
)");
  using from = spec::value_source::kind;
  const auto& file = named(all.credentials, "file");
  CHECK(file.source == spec::value_source{from::file, "/etc/triggerd/keys/shop", {}, 10s});
  CHECK(file.kind == spec::credential_kind::secret_key);
  CHECK(file.refresh == 1h);
  const auto& unit = named(all.credentials, "unit");
  CHECK(unit.source == spec::value_source{from::systemd, "shop", {}, 10s});
  CHECK(unit.exchange);
  CHECK(named(all.credentials, "exec").source ==
        spec::value_source{from::exec, "", {"/etc/triggerd/get-key", "shop"}, 3s});
  CHECK(named(all.limits, "cloud") ==
        spec::limit_spec{"cloud", spec::rate{1200, 1min}, 61, 17, spec::rate{500, 5s}, 5000});
  spec::target_spec full;
  full.name = "full";
  full.project = "proj_full";
  full.env = spec::environment::preview;
  full.branch = "feat/x";
  full.base_url = "https://api.example";
  full.credential = "file";
  full.limit = "cloud";
  full.labels = {{"a", "b"}};
  full.vars = {{"c", "d"}};
  full.enabled = false;
  full.connect_timeout = 1s;
  full.request_timeout = 2s;
  full.retry = {2, 1s, 2s, false};
  full.verify_identity = spec::identity_check::startup;
  full.tls = {"/etc/triggerd/ca.pem", "/c.pem", "/etc/triggerd/k.pem", "1.3"};
  full.proxy = "http://proxy.example:3128";
  full.http = spec::http_version::http_1_1;
  full.ip = spec::ip_version::v6;
  full.headers = {{"x-team", "shop"}};
  full.allow_plaintext = true;
  CHECK(named(all.targets, "full") == full);
  const auto& inline_one = named(all.targets, "inline");
  CHECK(inline_one.credential == "target:inline");
  CHECK(named(all.credentials, "target:inline").source == spec::value_source{from::env, "DEV", {}, 10s});
}

TEST_CASE("every key of the process is read") {
  const auto all = good(R"(
[daemon]
state_dir = "state"
runtime_dir = "/run/x"
timezone = "Europe/Vienna"
drain_timeout = "1m"
clock_jump_tolerance = "3s"
watchdog = false
[socket]
path = "sock"
[[socket.allow]]
group = "ops"
role = "operate"
[[socket.allow]]
user = "1000"
role = "admin"
[log]
level = "debug"
format = "json"
redact = ["*_KEY"]
[history]
keep = "1d"
keep_per_job = 5
results = "1KiB"
[http]
listen = "127.0.0.1:9464"
)");
  spec::daemon_spec d;
  d.state_dir = "/etc/triggerd/state";
  d.runtime_dir = "/run/x";
  d.timezone = "Europe/Vienna";
  d.drain_timeout = 1min;
  d.clock_jump_tolerance = 3s;
  d.watchdog = false;
  d.socket_path = "sock";
  d.allow = {{"", "ops", spec::role::operate}, {"1000", "", spec::role::admin}};
  d.log_level = "debug";
  d.log_format = "json";
  d.redact = {"*_KEY"};
  d.keep = 24h;
  d.keep_per_job = 5;
  d.keep_results = 1024;
  d.http_listen = "127.0.0.1:9464";
  CHECK(all.daemon == d);
}

TEST_CASE("values that were read on the way are handed on by credential") {
  const auto all = load(shop(R"(
[credential.absent]
env = "NOT_SET"
[credential.program]
exec = ["/usr/bin/get-key"]
[target.inline]
project = "proj_full"
environment = "dev"
credential = { env = "DEV" }
)"));
  REQUIRE_MESSAGE(all.value, told(all));
  CHECK(all.read.at("prod").expose() == key("prod"));
  CHECK(all.read.at("target:inline").expose() == key("dev"));
  CHECK_FALSE(all.read.contains("absent"));
  CHECK_FALSE(all.read.contains("program"));
}

TEST_CASE("the folders of the process come from systemd unless the file names them") {
  auto machine = shop("");
  CHECK(good(load(machine)).daemon.state_dir == "/var/lib/triggerd");
  CHECK(good(load(machine)).daemon.runtime_dir == "/run/triggerd");
  machine.variables["STATE_DIRECTORY"] = "/var/lib/ours:/var/lib/other";
  machine.variables["RUNTIME_DIRECTORY"] = "/run/ours";
  CHECK(good(load(machine)).daemon.state_dir == "/var/lib/ours");
  CHECK(good(load(machine)).daemon.runtime_dir == "/run/ours");
}
