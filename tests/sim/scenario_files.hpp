// The files of every seed: five targets in four environments, and jobs of all kinds. Few of them are like another, so
// that what goes wrong between kinds shows.
#pragma once

namespace triggerd::sim {

constexpr const char* daemon_file = R"(
version = 1
include = ["jobs.toml"]
[daemon]
state_dir = "/state"
runtime_dir = "/run"
timezone = "Europe/Vienna"

[credential.shop-prod]
env = "SHOP_PROD"
[credential.shop-staging]
env = "SHOP_STAGING"
[credential.shop-preview]
env = "SHOP_PREVIEW"
[credential.crm-prod]
env = "CRM_PROD"
[credential.crm-night]
env = "CRM_NIGHT"

[limit.small]
requests = "600/min"
burst = 20
in_flight = 4
batch_items = "100/s"
batch_burst = 500

[limit.tiny]
requests = "120/min"
burst = 6
in_flight = 4
batch_items = "10/s"
batch_burst = 40

[defaults.target]
base_url = "http://127.0.0.1:4040"
limit = "small"
request_timeout = "5s"
retry = { attempts = 5, backoff = "200ms..5s" }

[target.shop-prod]
project = "proj_shopaaaaaaaaaaaaaaaa"
environment = "prod"
credential = "shop-prod"
labels = { app = "shop", tier = "prod" }
[target.shop-staging]
project = "proj_shopaaaaaaaaaaaaaaaa"
environment = "staging"
credential = "shop-staging"
labels = { app = "shop", tier = "staging" }
[target.shop-demo]
project = "proj_shopaaaaaaaaaaaaaaaa"
environment = "preview"
branch = "demo"
credential = "shop-preview"
labels = { app = "shop", tier = "preview" }
[target.crm-prod]
project = "proj_crmbbbbbbbbbbbbbbbbb"
environment = "prod"
credential = "crm-prod"
limit = "tiny"
labels = { app = "crm", tier = "prod" }
[target.crm-night]
project = "proj_crmbbbbbbbbbbbbbbbbb"
environment = "prod"
credential = "crm-night"
limit = "tiny"
labels = { app = "crm", tier = "night" }
)";

constexpr const char* jobs_file = R"(
version = 1
[job.report]
type = "trigger"
targets = ["*"]
task = "report"
payload = { day = "{{ fire.date }}" }
schedule = { every = "7m", catch_up = { policy = "all", max = 3, window = "1h" } }
overlap = "queue"

[job.close-books]
type = "trigger"
targets = ["tier=prod"]
task = "close-books"
payload = { app = "{{ target.labels.app }}" }
wait = { for = "success", timeout = "10m", on_timeout = "cancel" }
retry = { attempts = 2, backoff = "2s..10s" }
timeout = "30m"

[job.import]
type = "batch"
targets = ["app=shop"]
task = "import"
items_from = { ndjson = "/data/items.ndjson" }
map = { payload = "{{ item }}", tags = ["once:{{ item.id }}"] }
item_key = "{{ item.id }}"
idempotency = { scope = "job" }
[job.import.chunking]
items = 7
concurrent = 2

[job.import-waited]
type = "batch"
targets = ["shop-prod", "crm-prod"]
task = "import"
items_from = { ndjson = "/data/items.ndjson" }
map = { payload = "{{ item }}", tags = ["once:{{ item.id }}:{{ fire.id }}"] }
item_key = "{{ item.id }}"
wait = { for = "settled", timeout = "40m" }
[job.import-waited.chunking]
items = 11

[job.one-by-one]
type = "batch"
targets = ["shop-staging"]
task = "import"
send = "each"
items_from = { ndjson = "/data/few.ndjson" }
map = { payload = "{{ item }}", tags = ["once:{{ item.id }}:{{ fire.id }}"] }

[job.each-of-crm]
type = "batch"
targets = ["app=crm"]
task = "import"
send = "each"
items_from = { ndjson = "/data/some.ndjson" }
map = { payload = "{{ item }}", tags = ["once:{{ item.id }}:{{ fire.id }}:{{ target.name }}"] }

[job.replay-paced]
type = "replay"
targets = ["shop-prod"]
mode = "paced"
group = 5
in_flight = 20
once = { per = "run", across = "job" }
[job.replay-paced.select]
from = "-3h"
to = "-60s"
status = ["failed"]
task = ["old"]

[job.replay-single]
type = "replay"
targets = ["crm-prod"]
mode = "single"
once = { per = "run", across = "job" }
[job.replay-single.select]
from = "-3h"
to = "-60s"
status = ["failed"]
task = ["old"]

[job.variables]
type = "env-sync"
targets = ["tier=prod", "tier=staging", "tier=preview"]
plain = ["PLAIN_*"]
override = "managed"
prune = "managed"
schedule = { cron = "*/20 * * * *", catch_up = { policy = "last" } }
[[job.variables.source]]
dotenv = "/data/common.env"
[[job.variables.source]]
values = { PLAIN_TARGET = "{{ target.name }}" }
)";

}  // namespace triggerd::sim
