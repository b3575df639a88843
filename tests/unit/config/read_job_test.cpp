// What jobs become: every key of the format, and the defaults of those that are left away.
#include "unit/config/every_kind.hpp"

#include "base/text.hpp"

using namespace triggerd;
using namespace triggerd::test;
using namespace std::chrono_literals;

namespace {

instant at(std::string_view iso) { return *text::parse_iso(iso); }

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
