#!/usr/bin/env python3
"""Very many fires at one instant: each happens once, others are served meanwhile, and memory is what their number needs."""

import collections
import json
import os
import pathlib
import re
import unittest

from house import House, REHEARSE

KiB = 1 << 10
WORLD = pathlib.Path(__file__).resolve().parents[2] / "config/sandbox/world.toml"
MANY = int(os.environ["TRIGGERD_MANY_FIRES"])

DUE = """
[job.due-{n}]
type = "trigger"
targets = ["shop-prod"]
task = "due"
schedule = {{ on_start = true }}
"""

AMPLE = """[limit.ample]
requests = "60000/min"
burst = 20_000
in_flight = 32
[defaults.target]
limit = "ample"
"""


class Flood(House):
    def counts_all_and_names_some(self):
        text = self.ask("metrics")["text"]
        done = sum(int(n) for n in re.findall(r'^triggerd_fires_total\{.*state="done"\} (\d+)$', text, re.M))
        self.assertGreaterEqual(done, MANY)
        named = text.count("triggerd_job_info{")
        self.assertLessEqual(named, 1_000)
        self.assertIn(f"triggerd_jobs_untold {MANY + 1 - named}\n", text)

    def test_very_many_fires_due_at_one_instant_all_happen_once_and_hold_nobody_up(self):
        world = self.home / "world.toml"
        world.write_text(WORLD.read_text("utf-8").replace("api = { size = 750,", "api = { size = 0,") + "[task.due]\n", "utf-8")
        effects = self.home / "effects.ndjson"
        self.open_sandbox("--world", world, "--effects", effects)
        self.give_memory_back()
        path = self.write(jobs=REHEARSE + "".join(DUE.format(n=n) for n in range(MANY)))
        path.write_text(path.read_text().replace("[defaults.target]", AMPLE))
        self.start()
        before = self.memory()
        self.until(lambda: self.say("Status")["fires"]["running"] > MANY / 2, "began")
        self.other_target_works()
        self.assertLess(self.memory() - before, MANY * 64 * KiB)
        self.until(lambda: self.say("Status")["fires"]["running"] == 0, "had done them all")
        self.counts_all_and_names_some()
        with effects.open(encoding="utf-8") as file:
            made = collections.Counter(one["key"] for one in map(json.loads, file) if one.get("task") == "due"
                                       and one["kind"] == "run-created")
        self.assertEqual((len(made), set(made.values())), (MANY, {1}))
        self.stop()


if __name__ == "__main__":
    unittest.main(verbosity=2)
