// A job of every kind, each with every key of the format, in a folder of its own.
#pragma once

#include "unit/config/paper_machine.hpp"

#include <string>

namespace triggerd::test {

inline const spec::job_spec& job(const config::settings& all, const std::string& name) { return named(all.jobs, name); }

// A file that lives apart from the main one, so that relative paths show whose folder counts.
inline config::settings in_jobs_folder(const std::string& fragment) {
  auto machine = shop("include_is_read = 1");
  machine.files.erase("/etc/triggerd/x.toml");
  auto& main = machine.files["/etc/triggerd/triggerd.toml"];
  main.replace(main.find("x.toml"), 6, "jobs.d/x.toml");
  machine.files["/etc/triggerd/jobs.d/x.toml"] = fragment;
  return good(load(machine));
}

inline const std::string every_kind = R"(
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

}  // namespace triggerd::test
