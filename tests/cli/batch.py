"""A batch at work against a sandbox that writes down what it really made. A room for tests, without any of its own."""

import collections
import json

from house import House

ORDERS = 1_500  # far more than are sent, in the air and planned at one moment; the server's bucket holds them all
CHUNK = 50
# However fast the daemon is: a test that comes after the first chunks comes before the last.
SLOW_SERVER = """
[[fault]]
path = "/api/v3/batches/*/items"
what = "delay"
late = "50ms"
"""

IMPORT = """
[job.import]
type = "batch"
targets = ["shop-staging"]
task = "import-order"
items_from = { ndjson = "orders.ndjson" }
item_key = "{{ item.order }}"
idempotency = { scope = "job" }
chunking = { items = %d, concurrent = 1 }
rejects = { file = "rejects/bad.ndjson", max = "1%%" }
""" % CHUNK


def order(n):
    return json.dumps({"order": f"O-{n:05}", "note": "x" * 200})


class Batch(House):
    def setUp(self):
        super().setUp()
        self.effects = self.home / "effects.ndjson"
        faults = self.home / "faults.toml"
        faults.write_text(SLOW_SERVER)
        self.open_sandbox("--effects", self.effects, "--faults", faults)
        self.lines = [order(n) for n in range(ORDERS)]

    def begin_import(self, drain="5s", jobs=IMPORT):
        (self.home / "orders.ndjson").write_text("\n".join(self.lines) + "\n")
        self.write(jobs=jobs, drain=drain)
        self.start()
        return self.ask("run", "import")["fire"]

    def runs_by_key(self):
        """What the server really made: how many runs for each key."""
        runs = collections.Counter()
        for line in self.effects.read_text("utf-8").splitlines(keepends=True):
            if not line.endswith("\n"):
                break  # it is being written
            one = json.loads(line)
            if one["kind"] == "run-created":
                runs[one["key"]] += 1
        return runs

    def some_chunks(self):
        return self.until(lambda: len(self.runs_by_key()) >= 4 * CHUNK, "sent its first chunks")

    def assert_all_once(self, orders):
        def whole():
            return len(self.runs_by_key()) >= orders  # the server makes a batch's runs a little later
        self.until(whole, f"had {orders} runs")
        runs = self.runs_by_key()
        self.assertEqual((len(runs), set(runs.values())), (orders, {1}))
