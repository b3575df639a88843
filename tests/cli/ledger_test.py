#!/usr/bin/env python3
"""The ledger when it moves house, comes out of a backup, breaks, or is asked for while a daemon lives. Nothing is doubled."""

import collections
import json
import os
import shutil
import signal
import subprocess
import unittest

from batch import IMPORT, ORDERS, Batch
from house import BUILD, PATIENCE, environment

# The sandbox's past holds 200 failed runs of shop-prod; a single replay has no key that would find it again.
REPLAY = """
[job.again]
type = "replay"
targets = ["shop-prod"]
mode = "single"
rate = "25/s"
once = { per = "run", across = "job" }
overlap = "queue"
[job.again.select]
from = "-3h"
to = "-60s"
status = ["failed"]
task = ["charge-card"]
"""


class Ledger(Batch):
    def tend(self, *words, data=None, **env):
        """triggerd ledger ...: exit code, standard output, what it said."""
        argv = [BUILD / "triggerd", "ledger", *words, "--config", self.home / "triggerd.toml"]
        done = subprocess.run([str(a) for a in argv], input=data, capture_output=True, env=environment(**self.keys, **env),
                              timeout=PATIENCE)
        return done.returncode, done.stdout, done.stderr.decode()

    def must_tend(self, *words, data=None):
        code, out, said = self.tend(*words, data=data)
        self.assertEqual(code, 0, said)
        return out, said

    def state(self, name=""):
        return self.home / "state" / name

    def half_a_batch(self):
        """A daemon that was stopped in the middle of a batch; the fire that goes on."""
        fire = self.begin_import(drain="0s")
        self.some_chunks()
        self.stop()
        self.assertLess(len(self.runs_by_key()), ORDERS)
        return fire

    def move_to_another_house(self):
        new = self.home / "elsewhere"
        new.mkdir()
        shutil.copy(self.home / "orders.ndjson", new)
        self.home = new

    def seen(self):
        """The effects that the sandbox has written down so far."""
        lines = self.effects.read_text("utf-8").splitlines(keepends=True)
        return [json.loads(line) for line in lines if line.endswith("\n")]

    def replayed(self):
        """How often each run of the past was replayed."""
        return collections.Counter(one["original"] for one in self.seen() if one["kind"] == "replay-created")

    def done_in(self, fire):
        return self.say("Fire", id=fire)["fire"]["legs"][0]["done"]

    def assert_none_doubled(self):
        """Every order has a run, and another one only after a failure: the server frees the key of a run that fails."""
        self.until(lambda: len(self.runs_by_key()) >= ORDERS, f"had runs of {ORDERS} orders")
        self.assertEqual(len(self.runs_by_key()), ORDERS)
        standing = collections.defaultdict(set)  # runs that have not failed
        for one in self.seen():
            if one["kind"] == "run-created":
                self.assertFalse(standing[one["key"]], one)
                standing[one["key"]].add(one["run"])
            elif one["kind"] == "run-finished" and one["status"] not in ("COMPLETED", "CANCELED"):
                standing[one["key"]].discard(one["run"])

    def refused_start(self):
        self.begin()
        self.assertEqual(self.daemon.wait(), 78, self.daemon.said())
        return self.daemon.said()

    def begin_import(self, drain="5s"):
        return super().begin_import(drain, IMPORT + REPLAY)


class Moving(Ledger):
    def test_a_batch_that_moves_house_in_the_middle_ends_there_and_every_order_has_one_run(self):
        fire = self.half_a_batch()
        export = self.home / "ledger.export"
        _, said = self.must_tend("export", export)
        self.assertIn("exported 1 fires, 1 of them unfinished", said)
        self.assertEqual(os.stat(export).st_mode & 0o777, 0o600)
        self.move_to_another_house()
        self.write(jobs=IMPORT + REPLAY)
        _, said = self.must_tend("import", export)
        self.assertIn("imported 1 fires, 1 of them unfinished", said)
        self.start()
        self.assertEqual(self.ended(fire)["state"], "done")
        self.assert_none_doubled()
        self.assertIn("the ledger is a copy", self.ask("status")["trouble"][0]["what"])
        self.stop()

    def test_pipes_carry_a_ledger_as_files_do(self):
        fire = self.half_a_batch()
        export, said = self.must_tend("export", "-")
        self.assertIn("exported 1 fires", said)
        self.move_to_another_house()
        self.write(jobs=IMPORT)
        self.must_tend("import", "-", data=export)
        self.start()
        self.assertEqual(self.ended(fire)["state"], "done")
        self.assert_none_doubled()
        self.stop()

    def test_a_living_daemon_keeps_its_ledger_to_itself(self):
        self.begin_import()
        before = sorted(os.listdir(self.state()))
        for words in (["export", self.home / "x"], ["export", "-"], ["import", self.home / "orders.ndjson"], ["new"]):
            code, out, said = self.tend(*words)
            self.assertEqual((code, out), (1, b""), said)
            self.assertIn(f"is in use by process {self.daemon.child.pid}; stop it first", said)
        self.assertFalse((self.home / "x").exists())
        self.assertFalse((self.home / "x.new").exists())
        self.assertEqual(sorted(os.listdir(self.state())), before)
        self.signal(signal.SIGTERM)
        self.signal(signal.SIGTERM)
        self.daemon.wait()

    def test_what_is_no_export_leaves_the_ledger_alone(self):
        fire = self.half_a_batch()
        code, _, said = self.tend("import", self.home / "orders.ndjson")
        self.assertEqual(code, 78, said)
        self.assertIn("the export cannot be used", said)
        code, _, said = self.tend("import", self.home / "nowhere")
        self.assertEqual(code, 1, said)
        self.start()
        self.assertEqual(self.ended(fire)["state"], "done")
        self.assertEqual(self.ask("status")["trouble"], [])
        self.stop()

    def test_wrong_usage_and_wrong_files_have_their_exit_codes(self):
        self.write()
        self.assertEqual(self.tend("export")[0], 64)
        self.assertEqual(self.tend("burn")[0], 64)
        code, _, said = self.tend("export", self.home / "x")
        self.assertEqual(code, 78, said)
        self.assertIn("nothing to export", said)
        self.write(text="version = 9\n")
        self.assertEqual(self.tend("export", self.home / "x")[0], 78)

    @unittest.skipUnless(os.geteuid() == 0, "only root can act for others")
    def test_root_leaves_the_ledger_to_the_service_s_user(self):
        self.half_a_batch()
        export = self.home / "ledger.export"
        nobody = 65534
        self.home.chmod(0o711)
        for path in [self.state(), *self.state().rglob("*")]:
            os.chown(path, nobody, nobody)
        self.must_tend("export", export)
        self.must_tend("import", export)
        self.assertEqual(os.stat(export).st_uid, 0)
        for path in [self.state(), *self.state().rglob("*")]:
            self.assertEqual(os.stat(path).st_uid, nobody, path)


class Restored(Ledger):
    def finish(self, fire):
        self.start()
        self.assertEqual(self.ended(fire)["state"], "done")
        self.assert_none_doubled()
        self.stop()

    def assert_heeded(self):
        said = self.ask("status")["trouble"]
        self.assertIn("the ledger is a copy", said[0]["what"], said)
        jobs = {job["name"]: job for job in self.ask("jobs")["jobs"]}
        self.assertIn("a copied ledger", str(jobs["again"]))
        self.assertNotIn("a copied ledger", str(jobs["import"]))
        self.assertNotEqual(self.ctl("run", "again")[0], 0)
        self.ask("resume", "again")

    def test_a_backup_brought_back_does_nothing_a_second_time(self):
        fire = self.half_a_batch()
        backup = self.home / "backup"
        self.must_tend("export", backup)
        self.finish(fire)
        _, said = self.must_tend("import", backup)
        self.assertIn("what stood here is now", said)
        self.start()
        self.assertEqual(self.ended(fire)["state"], "done")
        self.assert_none_doubled()
        self.assert_heeded()
        self.stop()
        self.start()  # once is enough
        self.assertEqual(self.ask("status")["trouble"], [])
        self.assertNotIn("a copied ledger", str(self.ask("jobs")))
        self.stop()

    def test_a_replay_that_may_have_been_sent_since_the_backup_is_unknown_and_not_sent(self):
        self.write(jobs=REPLAY, drain="0s")
        self.start()
        first, second = (self.ask("run", "again")["fire"] for _ in range(2))
        self.until(lambda: len(self.replayed()) >= 20, "replayed the first runs")
        self.ask("pause", "shop-prod")  # what a stop cuts off in the air would be unknown before there is any backup
        self.until(lambda: self.done_in(first) == len(self.replayed()), "heard what became of all it had sent")
        self.stop()
        backup = self.home / "backup"
        self.must_tend("export", backup)
        self.start()
        self.ask("resume", "shop-prod")
        for fire in (first, second):
            self.assertEqual(self.ended(fire)["state"], "done")
        self.assertEqual((len(self.replayed()), set(self.replayed().values())), (200, {1}))
        self.stop()

        self.must_tend("import", backup)
        self.start()
        self.ask("resume", "shop-prod")
        leg = self.ended(first)["legs"][0]
        self.assertEqual((leg["state"], leg["done"] + leg["unknown"]), ("unknown", 200), leg)
        self.assertGreater(leg["unknown"], 0)
        leg = self.ended(second)["legs"][0]  # it had not begun when the backup was made
        self.assertEqual((leg["state"], leg["actions"]), ("failed", 0), leg)
        self.assertIn("the ledger is a copy", leg["note"])
        self.assertEqual((len(self.replayed()), set(self.replayed().values())), (200, {1}))
        self.assertNotEqual(self.ctl("run", "again")[0], 0)  # held
        self.stop()

    def test_a_file_that_was_copied_back_is_found_out(self):
        fire = self.half_a_batch()
        shutil.copytree(self.state(), self.home / "backup")
        self.finish(fire)
        with open(self.state("ledger.db"), "wb") as over:  # the same file, older bytes
            over.write((self.home / "backup/ledger.db").read_bytes())
        self.start()
        self.assertEqual(self.ended(fire)["state"], "done")
        self.assert_none_doubled()
        self.assert_heeded()
        self.stop()

    def test_a_whole_state_directory_that_was_copied_back_is_found_out(self):
        fire = self.half_a_batch()
        shutil.copytree(self.state(), self.home / "backup")
        self.finish(fire)
        shutil.rmtree(self.state())
        shutil.copytree(self.home / "backup", self.state())
        self.start()
        self.assertEqual(self.ended(fire)["state"], "done")
        self.assert_none_doubled()
        self.assert_heeded()
        self.stop()

    def test_a_kill_makes_no_copy_of_a_ledger(self):
        self.begin_import()
        self.some_chunks()
        self.signal(signal.SIGKILL)
        self.daemon.child.wait()
        self.start()
        self.assertEqual(self.ask("status")["trouble"], [])
        self.signal(signal.SIGTERM)
        self.signal(signal.SIGTERM)
        self.daemon.wait()


class Damaged(Ledger):
    def scribble(self):
        path = self.state("ledger.db")
        with open(path, "r+b") as file:
            file.seek(4096)
            file.write(b"scribble" * 2048)
        return path.read_bytes()

    def test_a_damaged_ledger_is_set_aside_and_a_backup_goes_on(self):
        fire = self.half_a_batch()
        backup = self.home / "backup"
        self.must_tend("export", backup)
        damaged = self.scribble()
        said = self.refused_start()
        aside = [name for name in os.listdir(self.state()) if name.startswith("ledger.db.damaged-")]
        self.assertEqual(len(aside), 1, said)
        self.assertIn(aside[0], said)
        self.assertIn("triggerd ledger import FILE", said)
        self.assertEqual(self.state(aside[0]).read_bytes(), damaged)
        # Trying again does not begin in the empty place.
        self.assertIn("is missing, and it was in use until", self.refused_start())
        self.must_tend("import", backup)
        self.start()
        self.assertEqual(self.ended(fire)["state"], "done")
        self.assert_none_doubled()
        self.stop()

    def test_without_a_backup_a_new_ledger_begins_when_it_is_asked_for(self):
        self.half_a_batch()
        self.scribble()
        self.refused_start()
        _, said = self.must_tend("new")
        self.assertIn("a new ledger begins", said)
        self.start()
        self.assertEqual(self.ask("fires")["fires"], [])
        self.assertIn("the ledger is a copy", self.ask("status")["trouble"][0]["what"])
        # What was sent is found again by its keys.
        self.assertEqual(self.ended(self.ask("run", "import")["fire"])["state"], "done")
        self.assert_none_doubled()
        self.stop()

    def test_a_ledger_that_is_gone_is_missed(self):
        self.half_a_batch()
        self.state("ledger.db").unlink()
        self.assertIn("is missing, and it was in use until", self.refused_start())
        self.assertFalse(self.state("ledger.db").exists())


if __name__ == "__main__":
    unittest.main(verbosity=2)
