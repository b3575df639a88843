// What good files become: every key of the format, and the defaults of those that are left away.
#include "unit/config/paper_machine.hpp"

#include "base/text.hpp"

#include <set>

using namespace triggerd;
using namespace triggerd::test;
using namespace std::chrono_literals;

namespace {

const spec::job_spec& job(const config::settings& all, const std::string& name) { return named(all.jobs, name); }

instant at(std::string_view iso) { return *text::parse_iso(iso); }

// A file that lives apart from the main one, so that relative paths show whose folder counts.
config::settings in_jobs_folder(const std::string& fragment) {
  auto machine = shop("include_is_read = 1");
  machine.files.erase("/etc/triggerd/x.toml");
  auto& main = machine.files["/etc/triggerd/triggerd.toml"];
  main.replace(main.find("x.toml"), 6, "jobs.d/x.toml");
  machine.files["/etc/triggerd/jobs.d/x.toml"] = fragment;
  return good(load(machine));
}

const std::string every_kind = R"(
[job.report]
type = "trigger"
description = "the books"
enabled = false
labels = { team = "commerce" }
targets = ["tier=prod", "!shop-demo"]
allow_empty = true
parallel = 7
on_target_failure = "stop"
timeout = "50m"
retry = { attempts = 3, backoff = "2s..1m", jitter = "none" }
overlap = "replace"
wait = { for = "success", timeout = "40m", on_timeout = "cancel" }
idempotency = { key = "{{ fire.date }}", scope = "job", ttl = "1d" }
auth = { credential = "scoped", base_url = "https://other.example/" }
schedule = { cron = "15 2 * * Mon-Fri", timezone = "Europe/Vienna", jitter = "5m", catch_up = { policy = "all", window = "2h", max = 3 }, dst = { gap = "skip", fold = "both" } }
task = "{{ job.name }}"
payload_from = { exec = ["./next", "{{ target.name }}"], timeout = "20s", max_size = "1KiB" }
options = { delay = "90m", ttl = "1d12h", max_duration = "45m", tags = ["a"], concurrency_key = 5, debounce = { key = "k", delay = "1500ms", max_delay = "1m", mode = "trailing" } }
[job.report.vars]
from = { type = "datetime", default = 2026-11-24T02:15:00+01:00 }
size = { type = "integer", default = 500, min = 1, max = 5000 }
name = { required = false, match = "[a-z]+", default = "abc" }

[job.orders]
type = "batch"
targets = ["shop-prod"]
task = "import"
items_from = { csv = "../data/orders.csv", header = false, delimiter = ";", types = { "1" = "integer" } }
map = { payload = { id = "{{ item.1 }}" }, delay = 2026-11-24T02:15:00+01:00 }
item_key = "{{ item.1 }}"
options = { priority = 1.5, metadata = { a = [1, true, 2026-11-24] } }
chunking = { items = 10, bytes = "1MiB", concurrent = 3, resume = false, seal_within = "1m" }
rejects = { file = "rejects/{{ fire.id }}.ndjson", max = "2%" }
rate = "20/s"
send = "each"
wait = { for = "settled", require = "98%" }
schedule = { at = [2026-11-24T02:15:00Z, "2026-11-25T02:15:00Z"] }

[job.outage]
type = "replay"
targets = ["shop-prod"]
select = { from = "{{ vars.from }}", to = 2026-11-24T02:15:00Z, status = ["failed", "TIMED_OUT"], task = ["a"], version = ["1"], tag = ["t"], queue = ["task/a"], machine = ["micro"], region = ["eu"], schedule = "s", batch = "b", bulk_action = "c", test = false }
mode = "single"
group = 30
rate = "25/s"
in_flight = 40
order = "newest-first"
expect = { min = 1, max = 20_000 }
once = { per = "run", across = "job" }
vars = { from = { type = "datetime", default = "-2h" } }
schedule = { on_start = true }

[job.sync]
type = "env-sync"
targets = ["shop-prod"]
source = [
  { dotenv = "../env/common.env" },
  { json = "/srv/env.json", when = ["tier=prod"] },
  { exec = ["vault", "read"], format = "json", timeout = "5s", max_size = "2KiB" },
  { values = { A = "{{ target.vars.region }}", S = { file = "secret" }, P = { exec = ["./pw", "x"], timeout = "3s" } } },
]
include = ["A*"]
exclude = ["B"]
rename = { A = "Z" }
required = ["Z"]
plain = ["Z"]
empty = "delete"
override = "all"
prune = "managed"
max_delete = 5
max_change = "50%"
allow_recreate = true
rewrite_every = "24h"
verify = false
schedule = { every = "15m" }
)";

}  // namespace

TEST_CASE("every key of a trigger job is read") {
  const auto all = in_jobs_folder(every_kind);
  const auto& j = job(all, "report");
  CHECK(j.description == "the books");
  CHECK_FALSE(j.enabled);
  CHECK(j.labels.at("team") == "commerce");
  CHECK(j.targets == std::vector<std::string>{"tier=prod", "!shop-demo"});
  CHECK(j.allow_empty);
  CHECK(j.parallel == 7);
  CHECK(j.stop_on_failure);
  CHECK(j.timeout == 50min);
  CHECK(j.retry == spec::retry_spec{3, 2s, 1min, false});
  CHECK(j.overlap == spec::overlap_policy::replace);
  CHECK(j.wait == spec::wait_spec{spec::wait_spec::goal::success, 40min, true, 100});
  CHECK(j.idempotency == spec::idempotency_spec{"{{ fire.date }}", true, 24h});
  CHECK(j.auth == spec::auth_spec{"scoped", "https://other.example", std::nullopt});
  using policy = spec::catch_up_spec::policy;
  CHECK(j.schedule.cron == "15 2 * * Mon-Fri");
  CHECK(j.schedule.timezone == "Europe/Vienna");
  CHECK(j.schedule.jitter == 5min);
  CHECK(j.schedule.catch_up == spec::catch_up_spec{policy::all, 2h, 3});
  CHECK(j.schedule.dst == spec::dst_spec{spec::dst_spec::gap_rule::skip, spec::dst_spec::fold_rule::both});
  using type = spec::var_spec::type;
  CHECK(j.vars.at("from") == spec::var_spec{type::datetime, false, "", {}, {}, "\"2026-11-24T02:15:00+01:00\""});
  CHECK(j.vars.at("size") == spec::var_spec{type::integer, false, "", 1, 5000, "500"});
  CHECK(j.vars.at("name") == spec::var_spec{type::string, false, "[a-z]+", {}, {}, "\"abc\""});
  const auto& what = std::get<spec::trigger_spec>(j.what);
  CHECK(what.task == "{{ job.name }}");
  CHECK_FALSE(what.payload.has_value());
  CHECK(what.payload_exec == spec::exec_spec{{"/etc/triggerd/jobs.d/next", "{{ target.name }}"}, 20s, 1024});
  CHECK(j.origin == "/etc/triggerd/jobs.d/x.toml:2:1");
}

TEST_CASE("durations of run options become the one form the server reads without doubt") {
  const auto all = in_jobs_folder(every_kind);
  CHECK(
      std::get<spec::trigger_spec>(job(all, "report").what).options ==
      R"({"concurrency_key":5,"debounce":{"delay":"2s","key":"k","max_delay":"60s","mode":"trailing"},"delay":"5400s","max_duration":"2700s","tags":["a"],"ttl":"129600s"})");
  CHECK(std::get<spec::batch_spec>(job(all, "orders").what).map ==
        R"({"delay":"2026-11-24T01:15:00.000Z","payload":{"id":"{{ item.1 }}"}})");
}

TEST_CASE("every key of a batch job is read") {
  const auto all = in_jobs_folder(every_kind);
  const auto& j = job(all, "orders");
  const auto& b = std::get<spec::batch_spec>(j.what);
  CHECK(b.task == "import");
  CHECK(b.format == spec::item_format::csv);
  CHECK(b.file == "/etc/triggerd/jobs.d/../data/orders.csv");
  CHECK_FALSE(b.csv_header);
  CHECK(b.csv_delimiter == ';');
  CHECK(b.csv_types.at("1") == "integer");
  CHECK(b.item_key == "{{ item.1 }}");
  CHECK(b.options == R"({"metadata":{"a":[1,true,"2026-11-24"]},"priority":1.5})");
  CHECK(b.chunk_items == 10);
  CHECK(b.chunk_bytes == 1u << 20);
  CHECK(b.concurrent == 3);
  CHECK_FALSE(b.resume);
  CHECK(b.seal_within == 1min);
  CHECK(b.rejects_file == "rejects/{{ fire.id }}.ndjson");
  CHECK(b.rejects_most == spec::share{0, 2});
  CHECK(b.pace == spec::rate{20, 1s});
  CHECK(b.each);
  CHECK(j.wait.require_percent == 98);
  CHECK(j.schedule.at == std::vector<instant>{at("2026-11-24T02:15:00Z"), at("2026-11-25T02:15:00Z")});
}

TEST_CASE("items of every source are read") {
  const auto all = in_jobs_folder(R"(
[job.a]
type = "batch"
targets = ["shop-prod"]
task = "t"
items = [1, "two", { three = 3.0 }, [true], "{{ fire.date }}"]
[job.b]
type = "batch"
targets = ["shop-prod"]
task = "t"
items_from = { ndjson = "./i.ndjson" }
map = { tags = ["{{ item.t }}"] }
[job.c]
type = "batch"
targets = ["shop-prod"]
task = "t"
items_from = { json = "{{ vars.file }}" }
vars = { file = { default = "/srv/a.json" } }
[job.d]
type = "batch"
targets = ["shop-prod"]
task = "t"
items_from = { exec = ["list", "--all"] }
)");
  const auto batch = [&](const char* name) { return std::get<spec::batch_spec>(job(all, name).what); };
  CHECK(batch("a").items ==
        std::vector<std::string>{"1", "\"two\"", R"({"three":3.0})", "[true]", "\"{{ fire.date }}\""});
  CHECK(batch("a").format == spec::item_format::inline_items);
  CHECK(batch("b").file == "/etc/triggerd/jobs.d/i.ndjson");
  CHECK(batch("b").format == spec::item_format::ndjson);
  CHECK(batch("c").file == "{{ vars.file }}");
  CHECK(batch("c").format == spec::item_format::json);
  CHECK(batch("d").format == spec::item_format::exec);
  CHECK(batch("d").exec == spec::exec_spec{{"list", "--all"}, 30s, 16u << 20});
}

TEST_CASE("a map of options alone still sends the item") {
  const auto all = in_jobs_folder(every_kind + R"(
[job.b]
type = "batch"
targets = ["shop-prod"]
task = "t"
items = []
map = { tags = ["{{ item.t }}"] }
)");
  CHECK(std::get<spec::batch_spec>(job(all, "b").what).map == R"({"payload":"{{ item }}","tags":["{{ item.t }}"]})");
}

TEST_CASE("every key of a replay job is read") {
  const auto all = in_jobs_folder(every_kind);
  const auto& j = job(all, "outage");
  const auto& r = std::get<spec::replay_spec>(j.what);
  spec::run_select select;
  select.from = "{{ vars.from }}";
  select.to = "2026-11-24T02:15:00Z";
  select.status = {"FAILED", "TIMED_OUT"};
  select.task = {"a"};
  select.version = {"1"};
  select.tag = {"t"};
  select.queue = {"task/a"};
  select.machine = {"micro"};
  select.region = {"eu"};
  select.schedule = "s";
  select.batch = "b";
  select.bulk_action = "c";
  select.test = false;
  CHECK(r.select == select);
  CHECK(r.single);
  CHECK(r.group == 30);
  CHECK(r.pace == spec::rate{25, 1s});
  CHECK(r.in_flight == 40);
  CHECK(r.newest_first);
  CHECK(r.expect_min == 1);
  CHECK(r.expect_max == 20'000);
  CHECK(r.once);
  CHECK(j.schedule.on_start);
}

TEST_CASE("every key of an env-sync job is read") {
  const auto all = in_jobs_folder(every_kind);
  const auto& j = job(all, "sync");
  const auto& s = std::get<spec::env_sync_spec>(j.what);
  using kind = spec::variable_source::kind;
  REQUIRE(s.sources.size() == 4);
  CHECK(s.sources[0].from == kind::dotenv);
  CHECK(s.sources[0].file == "/etc/triggerd/jobs.d/../env/common.env");
  CHECK(s.sources[1].from == kind::json);
  CHECK(s.sources[1].file == "/srv/env.json");
  CHECK(s.sources[1].when == std::vector<std::string>{"tier=prod"});
  CHECK(s.sources[2].from == kind::exec);
  CHECK(s.sources[2].exec == spec::exec_spec{{"vault", "read"}, 5s, 2048});
  CHECK(s.sources[2].exec_format == "json");
  CHECK(s.sources[3].from == kind::values);
  CHECK(s.sources[3].values == std::map<std::string, std::string>{{"A", "{{ target.vars.region }}"}});
  using from = spec::value_source::kind;
  CHECK(s.sources[3].secrets.at("S") == spec::value_source{from::file, "/etc/triggerd/jobs.d/secret", {}, 10s});
  CHECK(s.sources[3].secrets.at("P") == spec::value_source{from::exec, "", {"/etc/triggerd/jobs.d/pw", "x"}, 3s});
  CHECK(s.include == std::vector<std::string>{"A*"});
  CHECK(s.exclude == std::vector<std::string>{"B"});
  CHECK(s.rename.at("A") == "Z");
  CHECK(s.required == std::vector<std::string>{"Z"});
  CHECK(s.plain == std::vector<std::string>{"Z"});
  CHECK(s.empty == spec::env_sync_spec::empty_rule::remove);
  CHECK(s.override_existing == spec::managed::all);
  CHECK(s.prune == spec::managed::managed);
  CHECK(s.max_delete == 5);
  CHECK(s.max_change == spec::share{0, 50});
  CHECK(s.allow_recreate);
  CHECK(s.rewrite_every == 24h);
  CHECK_FALSE(s.verify);
  CHECK(j.schedule.every == 15min);
}

TEST_CASE("what a job leaves away has the defaults of the format") {
  const auto all = in_jobs_folder(R"(
[job.t]
type = "trigger"
targets = ["shop-prod"]
task = "t"
[job.s]
type = "env-sync"
targets = ["shop-prod"]
source = [{ values = { A = "a" } }]
rewrite_every = "never"
schedule = { every = "1h" }
)");
  const auto& t = job(all, "t");
  spec::job_spec fresh;
  CHECK(t.enabled);
  CHECK(t.parallel == fresh.parallel);
  CHECK_FALSE(t.timeout.has_value());
  CHECK(t.retry == fresh.retry);
  CHECK(t.overlap == fresh.overlap);
  CHECK(t.wait == fresh.wait);
  CHECK(t.idempotency == fresh.idempotency);
  CHECK_FALSE(t.auth.any());
  CHECK_FALSE(t.schedule.any());
  CHECK(std::get<spec::trigger_spec>(t.what).options == "{}");
  const auto& s = job(all, "s");
  spec::env_sync_spec sync;
  sync.sources = std::get<spec::env_sync_spec>(s.what).sources;
  CHECK(std::get<spec::env_sync_spec>(s.what) == sync);
  CHECK(s.schedule.catch_up.what == spec::catch_up_spec::policy::last);
  CHECK(s.schedule.timezone == "UTC");
}

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

TEST_CASE("a stored job of every kind reads back as it was") {
  const auto all = in_jobs_folder(every_kind);
  for (const auto name : {"report", "orders", "outage", "sync"}) {
    const auto& before = job(all, name);
    const auto after = config::decode_job(before.text);
    REQUIRE_MESSAGE(after.has_value(), name);
    CHECK_MESSAGE(*after == before, name);
    CHECK_MESSAGE(after->text == before.text, name);
    CHECK_MESSAGE(after->what == before.what, name);
    CHECK_MESSAGE(after->schedule == before.schedule, name);
    CHECK_MESSAGE(after->vars == before.vars, name);
    CHECK_MESSAGE(after->wait == before.wait, name);
    CHECK_MESSAGE(after->idempotency == before.idempotency, name);
    CHECK_MESSAGE(after->auth == before.auth, name);
    CHECK_MESSAGE(after->retry == before.retry, name);
    CHECK_MESSAGE(after->timeout == before.timeout, name);
    CHECK_MESSAGE(after->targets == before.targets, name);
    CHECK_MESSAGE(after->labels == before.labels, name);
    CHECK_MESSAGE(after->overlap == before.overlap, name);
    CHECK_MESSAGE(after->parallel == before.parallel, name);
    CHECK_MESSAGE(after->stop_on_failure == before.stop_on_failure, name);
    CHECK_MESSAGE(after->enabled == before.enabled, name);
    CHECK_MESSAGE(after->description == before.description, name);
  }
}

TEST_CASE("a stored job that is none is an error, whatever it is") {
  const auto code = [](std::string_view text) { return std::string(config::decode_job(text).error().code.name); };
  CHECK(code("") == "config.syntax");
  CHECK(code("[1]") == "config.syntax");
  CHECK(code("{\"job\":{}}") == "config.syntax");
  CHECK(code("{\"job\":{\"a\":{},\"b\":{}}}") == "config.syntax");
  CHECK(code("{\"job\":{\"a\":5}}") == "config.syntax");
  CHECK(code("{\"job\":{\"a\":null}}") == "config.syntax");
  CHECK(code("{\"job\":{\"a\":{\"type\":\"\xff\"}}}") == "config.syntax");
  CHECK(code("{\"job\":{\"a\":{\"type\":\"trigger\",\"task\":18446744073709551615}}}") == "config.syntax");
  CHECK(code("{\"job\":" + std::string(300, '[') + std::string(300, ']') + "}") == "config.syntax");
  CHECK(code(R"({"job":{"a":{"task":"t","targets":["x"]}}})") == "config.missing");
  CHECK(code(R"({"job":{"a":{"type":"trigger","task":"t","targets":["x"],"new_key":1}}})") == "config.unknown-key");
  CHECK(code(R"({"job":{"a":{"type":"trigger","targets":["x"]}}})") == "config.missing");
  CHECK(code(R"({"job":{"a":{"type":"trigger","task":"t","targets":["x"],"timeout":5}}})") == "config.unit");
}

TEST_CASE("equal files have equal hashes, whatever their order and blanks, and others do not") {
  const std::string one = "[job.a]\ntype = \"trigger\"\ntargets = [\"shop-prod\"]\ntask = \"t\"\n";
  const std::string same = "# words\n[job.a]\ntask   = \"t\"\ntargets = [ \"shop-prod\" ]\ntype = \"trigger\"\n\n";
  const std::string other = "[job.a]\ntype = \"trigger\"\ntargets = [\"shop-prod\"]\ntask = \"u\"\n";
  CHECK(good(one).hash == good(same).hash);
  CHECK(good(one).hash != good(other).hash);
  CHECK(good(one).hash.size() == 64);
}

TEST_CASE("files that differ in anything have other hashes") {
  const auto hash = [](const std::string& files) { return good(files).hash; };
  const auto labels = [](const std::string& text) {
    return "[target.t]\nproject = \"proj_x\"\nenvironment = \"prod\"\ncredential = \"prod\"\nlabels = { " + text +
           " }\n";
  };
  std::set<std::string> seen;
  for (const std::string& files :
       {std::string(), labels(""), labels("a = \"b\""), labels("ab = \"\""), labels("a = \"b\", c = \"d\""),
        labels("a = \"b\", c = \"e\""), labels("") + "[limit.l]\nburst = 5\n", labels("") + "[limit.l]\nburst = 6\n",
        labels("") + "[limit.k]\nburst = 5\n", labels("") + "[defaults.target]\nvars = { a = \"b\" }\n",
        std::string("[daemon]\nstate_dir = \"/s\"\n"), std::string("[daemon]\nwatchdog = false\n"),
        std::string("[daemon]\nwatchdog = true\n"), std::string("[log]\nredact = [\"A\", \"B\"]\n"),
        std::string("[log]\nredact = [\"AB\"]\n"), std::string("[log]\nredact = [\"B\", \"A\"]\n")})
    CHECK_MESSAGE(seen.insert(hash(files)).second, files);
}
