#!/usr/bin/env python3
"""Ends, reloads and new keys while all four kinds are at work: each action has a clear state, and nothing is lost or doubled."""

import collections
import json
import pathlib
import signal
import time
import unittest
import urllib.request

from front import Front
from house import House

WORLD = pathlib.Path(__file__).resolve().parents[1] / "killer/world.toml"
ORDERS = 600
FAILED = 150
CLEAR = {"intended", "waiting", "done", "failed", "unknown", "cancelled"}

# Each kind in a phase of its own: a plan that takes long, requests without an answer, runs that are waited for.
JOBS = """
[defaults.job]
parallel = 8
[job.report]
type = "trigger"
targets = ["*"]
task = "report"
payload = { fire = "{{ fire.id }}" }
wait = { for = "settled", timeout = "10m" }
[job.import]
type = "batch"
targets = ["shop-staging"]
task = "import-order"
items_from = { ndjson = "orders.ndjson" }
item_key = "{{ item.order }}"
chunking = { items = 50, concurrent = 1 }
[job.slow]
type = "batch"
targets = ["shop-staging"]
task = "book-order"
items_from = { exec = ["sh", "-c", "while [ -e HOME/hold ]; do sleep 0.1; done; cat HOME/orders.ndjson"], timeout = "1h" }
item_key = "{{ item.order }}"
[job.replay]
type = "replay"
targets = ["shop-prod"]
group = 25
expect = { max = 5_000 }
[job.replay.select]
from = "-3h"
to = "-60s"
status = ["failed"]
task = ["charge-group"]
[job.sync]
type = "env-sync"
targets = ["*"]
[[job.sync.source]]
exec = ["sh", "-c", "while [ -e HOME/hold ]; do sleep 0.1; done; echo NAME=value-of-it"]
timeout = "1h"
"""

# Runs and batches get no answer until the trouble is over; what they did before is done.
SILENT = """
[[fault]]
name = "no answer to a trigger"
method = "POST"
path = "/api/v1/tasks/*/trigger"
what = "stall"
effect = true
"""


class Load(House):
    def setUp(self):
        super().setUp()
        self.effects = self.home / "effects.ndjson"
        self.keys = {"SHOP_PROD_KEY": "tr_prod_shopKillerInvented000001", "SHOP_STAGING_KEY": "tr_stg_shopKillerInvented0000002"}
        world = self.home / "world.toml"
        world.write_text(WORLD.read_text("utf-8").replace("count = 1200", f"count = {FAILED}"), "utf-8")
        self.open_sandbox("--world", world, "--effects", self.effects)
        (self.home / "orders.ndjson").write_text("".join(json.dumps({"order": f"O-{n}"}) + "\n" for n in range(ORDERS)))
        self.hold = self.home / "hold"
        self.hold.touch()

    def write_jobs(self, drain="1s", **more):
        path = self.write(jobs=JOBS.replace("HOME", str(self.home)), drain=drain, **more)
        path.write_text(path.read_text().replace("[defaults.target]", '[defaults.target]\nrequest_timeout = "3s"'))
        return path

    def trouble(self, plan=""):
        asked = urllib.request.Request(self.url + "/sandbox/faults", plan.encode(), method="POST")
        urllib.request.urlopen(asked).close()

    def begin_all(self):
        fires = {job: self.ask("run", job)["fire"] for job in ("report", "import", "slow", "replay", "sync")}
        for job in ("report", "import", "replay"):
            self.planned(fires[job])
        return fires

    def seen(self):
        lines = self.effects.read_text("utf-8").splitlines(keepends=True)
        return [json.loads(line) for line in lines if line.endswith("\n")]

    def assert_clear(self, fires):
        """Nothing is forgotten: the next start knows each fire and each action, and calls none of them anything unheard of."""
        for fire in fires.values():
            now = self.ask("fire", fire)
            self.assertIn(now["fire"]["state"], ("queued", "running", "done", "failed", "unknown"))
            self.assertLessEqual({one["state"] for one in now["actions"]}, CLEAR, now)

    def assert_exact(self, fires):
        """Every fire has ended, and the server made what the jobs say: a second run only after one that failed."""
        for job, fire in fires.items():
            now = self.ended(fire)
            self.assertIn(now["state"], ("done", "failed") if job == "report" else ("done",), now)

        def orders():
            return {one["key"] for one in self.seen() if one["kind"] == "run-created" and one.get("task") != "report"}
        self.until(lambda: len(orders()) >= 2 * ORDERS, "had a run for each order")
        standing = collections.defaultdict(set)
        replays = collections.Counter()
        for one in self.seen():
            if one["kind"] == "run-created":
                self.assertFalse(standing[one["key"]], f"a second run of {one}")
                standing[one["key"]].add(one["run"])
            elif one["kind"] == "run-finished" and one["status"] not in ("COMPLETED", "CANCELED"):
                for runs in standing.values():
                    runs.discard(one["run"])
            elif one["kind"] == "replay-created":
                replays[one["original"]] += 1
        self.assertEqual((len(replays), set(replays.values())), (FAILED, {1}))


class End(Load):
    def test_a_stop_in_every_phase_ends_by_its_deadline_and_the_next_start_goes_on(self):
        self.write_jobs()
        self.start()
        self.trouble(SILENT)
        fires = self.begin_all()
        begun = time.monotonic()
        self.stop()
        self.assertLess(time.monotonic() - begun, 30, "one second to drain, and five for what is on the wire")
        self.assertIn("fires did not end in time; the next start goes on with them", self.daemon.said())
        # Asked to end before it serves: it takes nothing up by half.
        for words in ("", "taking up what was unfinished"):
            self.begin()
            if words:
                self.until_told(words)
            self.signal(signal.SIGTERM)
            self.assertIn(self.daemon.wait(), (0, -signal.SIGTERM))  # the latter only before it heeds signals
        self.start()
        self.assert_clear(fires)
        self.trouble()
        self.hold.unlink()
        self.assert_exact(fires)
        self.stop()

    def test_a_second_signal_ends_it_at_once_and_loses_nothing(self):
        self.write_jobs(drain="1h")
        self.start()
        fires = self.begin_all()
        self.signal(signal.SIGTERM)
        self.until_told("STOPPING=1")
        self.signal(signal.SIGTERM)
        self.assertEqual(self.daemon.wait(), 0)
        self.hold.unlink()
        self.start()
        self.assert_clear(fires)
        self.assert_exact(fires)
        self.stop()


class Reload(Load):
    def test_a_storm_of_hangups_under_load_leaves_work_alone_and_the_last_files_in_force(self):
        path = self.write_jobs()
        self.start()
        before = self.descriptors()
        fires = self.begin_all()
        text = path.read_text()
        for n in range(200):
            if n % 20 == 0:
                new = self.home / "new.toml"
                new.write_text(text.replace("[job.report]", f'[job.report]\ndescription = "number {n}"'))
                new.rename(path)
            self.signal(signal.SIGHUP)
        self.ask("status")
        (self.home / "new.toml").write_text(text.replace("[job.report]", '[job.report]\ndescription = "the last"'))
        (self.home / "new.toml").rename(path)
        self.signal(signal.SIGHUP)

        def last():
            return {job["name"]: job.get("description") for job in self.say("Jobs")["jobs"]}["report"] == "the last"
        self.until(last, "obeyed the last files")
        self.hold.unlink()
        self.assert_exact(fires)
        self.assertNotIn("refused", self.daemon.said())
        self.until(lambda: self.descriptors() <= before + 40, "closed what it had opened")
        self.stop()

    def test_a_target_that_is_removed_finishes_what_runs_and_tells_what_is_unknown_after_a_restart(self):
        path = self.write_jobs()
        self.start()
        self.trouble(SILENT)
        fires = self.begin_all()
        text = path.read_text()
        prod, staging = text.index("[target.shop-prod]"), text.index("[target.shop-staging]")
        path.write_text((text[:prod] + text[staging:]).replace('targets = ["shop-prod"]',
                                                               'targets = ["shop-prod"]\nallow_empty = true'))
        self.assertEqual(self.ask("reload")["verdict"], "applied")
        self.assertEqual([t["name"] for t in self.ask("targets")["targets"]], ["shop-staging"])
        self.assertEqual(self.ask("fire", fires["report"])["fire"]["state"], "running")
        self.stop()
        self.trouble()
        self.hold.unlink()
        self.start()
        legs = {leg["target"]: leg for leg in self.ended(fires["report"])["legs"]}
        self.assertEqual(legs["shop-prod"]["state"], "unknown", legs)
        self.assertIn("may or may not have had their effect", legs["shop-prod"]["note"])
        self.assertIn(legs["shop-staging"]["state"], ("done", "failed"), legs)
        sync = {leg["target"]: leg for leg in self.ended(fires["sync"])["legs"]}
        self.assertEqual((sync["shop-prod"]["state"], sync["shop-staging"]["state"]), ("failed", "done"), sync)
        self.assertIn("target shop-prod is no longer configured", sync["shop-prod"]["note"])
        for job in ("import", "slow"):
            self.assertEqual(self.ended(fires[job])["state"], "done")
        # Added back it works again, and what could not be known is still told.
        path.write_text(text)
        self.assertEqual(self.ask("reload")["verdict"], "applied")
        self.assertEqual(self.ended(self.ask("run", "sync")["fire"])["state"], "done")
        self.assertIn(fires["report"], json.dumps(self.ask("status")["trouble"]))
        self.stop()

    def test_a_new_key_is_used_by_what_runs_and_nothing_is_lost_when_the_old_one_ends(self):
        old, new = "tr_stg_shopKillerInventedOld00002", self.keys["SHOP_STAGING_KEY"]
        used = collections.Counter()

        def locksmith(asked):
            key = asked.headers["authorization"].removeprefix("Bearer ")
            if key == old and used[new] >= 3:
                return 401, "application/json", '{"error":"Invalid or Missing API key"}'
            used[key] += 1
            asked.headers.replace_header("authorization", f"Bearer {new}")
            return None
        front = Front(self, self.url, locksmith)
        key_file = self.home / "staging.key"
        key_file.write_text(old)
        key_file.chmod(0o600)
        path = self.write_jobs()
        text = path.read_text().replace('env = "SHOP_STAGING_KEY"', f'file = "{key_file}"')
        path.write_text(text.replace('environment = "staging"', f'environment = "staging"\nbase_url = "{front.url}"'))
        self.start()
        # One works on sources that come later, the other sends.
        fires = [self.ask("run", job)["fire"] for job in ("slow", "import")]
        self.planned(fires[1])
        key_file.write_text(new)
        self.assertEqual(self.ask("reload")["changes"], ["~ credential shop-staging: new value"])
        self.until(lambda: used[new] >= 3, "used the new key")
        self.hold.unlink()
        for fire in fires:
            self.assertEqual(self.ended(fire)["state"], "done")

        def runs():
            return collections.Counter(e["key"] for e in self.seen() if e["kind"] == "run-created")
        self.until(lambda: len(runs()) == 2 * ORDERS, "had all its runs")
        self.assertEqual(set(runs().values()), {1})
        self.assertGreater(used[old], 0)
        self.stop()


if __name__ == "__main__":
    unittest.main(verbosity=2)
