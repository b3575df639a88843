#!/usr/bin/env python3
"""What the service manager is told, and in which order: every phase in a sentence, ready late, the reload with its verdict, and
more time where time is needed."""

import contextlib
import datetime
import json
import os
import queue
import re
import resource
import signal
import socket
import sqlite3
import time
import unittest

from house import BUILD, PATIENCE, House, Program, REHEARSE, environment

SECOND = 1_000_000  # in microseconds, as the protocol counts

BROKEN = """
[job.broken]
type = "trigger"
taskk = "x"
timeout = 90
"""


class Notify(House):
    def setUp(self):
        super().setUp()
        self.open_sandbox()
        self.write(drain="60s")

    def fields(self, message):
        return dict(line.split("=", 1) for line in message.split("\n"))

    def all_told(self):
        """Every message so far, in order."""
        while not self.messages.empty():
            self.told.append(self.messages.get())
        return [self.fields(one) for one in self.told]

    def statuses(self):
        return [one["STATUS"] for one in self.all_told() if "STATUS" in one]

    def until_silent(self, seconds):
        """As the service manager judges: nothing was heard for so long."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                self.told.append(self.messages.get(timeout=seconds))
            except queue.Empty:
                return
        raise AssertionError(f"never silent: {self.told[-3:]}")

    def hold_a_fire(self):
        fire = self.ask("run", "rehearse", "--on", "shop-prod", "--var", "ends=hold")["fire"]
        self.planned(fire)
        return fire

    def drain(self):
        """Asked without waiting for its end."""
        with socket.socket(socket.AF_UNIX) as door:
            door.connect(str(self.home / "run/control"))
            door.sendall(b'{"method":"io.triggerd.Control.Drain"}\0')
            self.assertIn(b'"state":"draining"', door.recv(65_536))

    # --- the beginning ---

    def test_ready_comes_last_of_the_start_when_the_socket_answers(self):
        self.begin()
        ready = self.fields(self.until_told("READY=1"))
        self.assertEqual(ready["STATUS"], "serving 1 job on 2 targets")
        with socket.socket(socket.AF_UNIX) as door:
            door.connect(str(self.home / "run/control"))
        self.assertEqual(self.statuses(), ["starting", "taking up what was unfinished", "serving 1 job on 2 targets"])
        self.assertEqual(sum("READY" in one for one in self.all_told()), 1)
        self.stop()

    def test_a_start_that_fails_is_never_ready(self):
        (self.home / "run").mkdir()
        (self.home / "run/control").mkdir()  # in the socket's place
        self.begin()
        self.assertEqual(self.daemon.wait(), 1)
        self.assertFalse(any("READY" in one for one in self.all_told()))

    def test_what_was_unfinished_is_taken_up_before_it_is_ready_and_time_is_asked_for(self):
        self.start()
        fire = self.hold_a_fire()
        self.signal(signal.SIGKILL)
        self.daemon.wait()
        self.start()
        said = self.all_told()
        ready = next(i for i, one in enumerate(said) if "READY" in one)
        self.assertIn("1 fire at work", said[ready]["STATUS"])
        self.assertTrue(any(int(one.get("EXTEND_TIMEOUT_USEC", 0)) >= SECOND for one in said[:ready]), said)
        self.ask("cancel", fire)
        self.ended(fire)
        self.stop()

    # --- reload ---

    def reload_by_signal(self):
        now = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1_000
        self.signal(signal.SIGHUP)
        begun = self.fields(self.until_told("RELOADING=1"))
        self.assertGreaterEqual(int(begun["MONOTONIC_USEC"]), now)
        self.assertLessEqual(int(begun["MONOTONIC_USEC"]), time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1_000)
        self.assertEqual(begun["STATUS"], "reading the files again")
        return self.fields(self.until_told("READY=1"))["STATUS"]

    def test_every_reload_ends_in_ready_and_a_bad_one_says_so_until_a_good_one(self):
        self.start()
        self.assertEqual(self.reload_by_signal(), "serving 1 job on 2 targets")
        self.write(jobs=REHEARSE + REHEARSE.replace("rehearse", "another"), drain="60s")
        self.assertEqual(self.reload_by_signal(), "serving 2 jobs on 2 targets")
        self.write(jobs=REHEARSE + BROKEN, drain="60s")
        self.assertEqual(self.reload_by_signal(), "serving 2 jobs on 2 targets; the last reload was refused")
        moved = self.write(drain="60s")
        moved.write_text(moved.read_text().replace('/run"', '/elsewhere"'))
        self.assertEqual(self.reload_by_signal(), "serving 2 jobs on 2 targets; the last reload was restart-required")
        self.write(drain="60s")
        self.assertEqual(self.reload_by_signal(), "serving 1 job on 2 targets")
        self.stop()

    def test_a_refused_reload_tells_every_complaint_and_fails_in_words_and_in_json(self):
        self.start()
        before = self.ask("status")["reload"]
        self.write(jobs=REHEARSE + BROKEN, drain="60s")
        code, out, err = self.ctl("reload")
        self.assertEqual(code, 78)
        for part in ("taskk", "90", "targets"):
            self.assertIn(part, out + err)
        code, out, _ = self.ctl("--json", "reload")
        reply = json.loads(out)
        self.assertEqual((code, reply["verdict"]), (78, "refused"))
        self.assertGreaterEqual(sum(not one["warning"] for one in reply["complaints"]), 4, reply)
        now = self.ask("status")["reload"]
        self.assertEqual((now["verdict"], now["hash"]), ("refused", before["hash"]))
        self.assertGreater(now["at"], before["at"])
        self.stop()

    def test_the_last_verdict_stands_in_the_metrics_with_its_time_and_hash(self):
        self.start()

        def metrics():
            text = self.ask("metrics")["text"]
            result = re.findall(r'^triggerd_reload_result\{result="([a-z-]+)"\} 1$', text, re.MULTILINE)
            at = float(re.search(r"^triggerd_reload_timestamp_seconds (\S+)$", text, re.MULTILINE).group(1))
            return result, at, re.search(r'^triggerd_config_info\{hash="(\w+)"\} 1$', text, re.MULTILINE).group(1)
        _, first_at, first_hash = metrics()
        self.assertEqual(first_hash, self.ask("status")["reload"]["hash"])
        self.ask("reload")
        result, at, hash_ = metrics()
        self.assertEqual((result, hash_), (["unchanged"], first_hash))
        self.assertGreater(at, first_at)
        self.write(jobs=REHEARSE + BROKEN, drain="60s")
        self.ctl("reload")
        self.assertEqual(metrics()[::2], (["refused"], first_hash))
        self.write(jobs=REHEARSE + REHEARSE.replace("rehearse", "another"), drain="60s")
        changed = self.ask("reload")["hash"]
        self.assertNotEqual(changed, first_hash)
        self.assertEqual(metrics()[::2], (["applied"], changed))
        self.stop()

    # --- drain and end ---

    def test_a_drain_tells_how_it_goes_and_a_stop_asks_for_the_time_it_may_take(self):
        self.start()
        fire = self.hold_a_fire()
        self.drain()
        self.assertRegex(self.until_told("draining"), r"STATUS=draining: 1 fire left, (60|59|58) s")
        self.signal(signal.SIGTERM)
        stopping = self.fields(self.until_told("STOPPING=1"))
        self.assertRegex(stopping["STATUS"], r"^draining: 1 fire left, \d+ s$")
        asked = self.fields(self.until_told("EXTEND_TIMEOUT_USEC="))
        self.assertGreater(int(asked["EXTEND_TIMEOUT_USEC"]), 30 * SECOND)
        self.ask("cancel", fire)
        self.assertEqual(self.daemon.wait(), 0, self.daemon.said())
        said = self.all_told()
        self.assertEqual(sum("STOPPING" in one for one in said), 1)
        self.assertEqual(said[-1].get("STATUS"), "stopping")
        after = said[next(i for i, one in enumerate(said) if "STOPPING" in one):]
        self.assertFalse(any("READY" in one or "RELOADING" in one for one in after), after)

    def test_a_drain_that_is_over_says_so(self):
        self.start()
        fire = self.hold_a_fire()
        self.drain()
        self.ask("cancel", fire)
        self.ended(fire)
        self.until_told("STATUS=drained")
        self.assertEqual(self.ask("status")["state"], "draining")
        self.stop()

    # --- held back ---

    def test_a_disk_that_refuses_the_ledger_is_told_until_it_takes_it_again(self):
        self.start()
        limit = lambda size: resource.prlimit(self.daemon.child.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
        limit(1)
        # Answered when it is written down.
        asked = Program(self, [BUILD / "triggerctl", "--socket", self.home / "run/control", "pause", "rehearse"], environment())
        self.assertRegex(self.until_told("STATUS=disk"), r"^STATUS=disk 1 job on 2 targets: \S+")
        limit(resource.RLIM_INFINITY)
        self.until_told("STATUS=serving 1 job on 2 targets")
        self.assertEqual(asked.wait(), 0, asked.said())
        self.stop()

    def test_a_clock_behind_the_ledger_is_told_until_it_has_passed_that_instant(self):
        self.start()
        self.ask("run", "rehearse", "--wait")
        self.stop()
        ahead = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=8)
        ledger = sqlite3.connect(self.home / "state/ledger.db")
        with contextlib.closing(ledger), ledger:
            seen = ledger.execute("update setting set value = ? where name = 'clock'", (ahead.isoformat(timespec="milliseconds")[:-6] + "Z",))
            self.assertEqual(seen.rowcount, 1)
        self.start()
        self.assertRegex(self.until_told("STATUS=clock-held"), "clock-held 1 job on 2 targets: the clock stands before the ledger's "
                                                              "last instant; schedules go on at ")
        self.until_told("STATUS=serving 1 job on 2 targets")
        self.stop()

    # --- json for scripts ---

    def test_what_went_wrong_is_json_for_who_asked_for_it(self):
        self.start()
        code, out, err = self.ctl("--json", "run", "rehears")
        reply = json.loads(out)
        self.assertEqual((code, err, reply["schema_version"]), (64, "", 1))
        self.assertIn("did you mean rehearse", reply["message"])
        self.stop()
        code, out, err = self.ctl("--json", "status")
        reply = json.loads(out)
        self.assertEqual((code, err, reply["schema_version"], reply["error"]), (69, "", 1, "control.no-daemon"))

    def test_a_command_line_that_is_wrong_is_told_in_json_as_well(self):
        for words in ([], ["rnu"], ["run"], ["run", "x", "--wiat"], ["pause", "x", "--for", "2 hours"], ["pause", "x", "--for"],
                      ["resolve", "x", "--as", "dnoe"], ["run", "x", "--var", "novalue"], ["explain", "target.praked"], ["top"]):
            with self.subTest(words):
                code, out, err = self.ctl("--json", *words)
                reply = json.loads(out)
                self.assertEqual((code, err, reply["schema_version"]), (64, "", 1))
                self.assertEqual(reply["error"], "base.invalid-argument")
                self.assertTrue(reply["message"])
                code, out, err = self.ctl(*words)
                self.assertEqual((code, out), (64, ""))
                self.assertIn(reply["message"], err)
        code, out, _ = self.ctl("--json", "--version")
        self.assertEqual((code, out.split()[0]), (0, "triggerctl"))

    def test_every_reply_tells_the_version_of_its_form(self):
        self.start()
        fire = self.ask("run", "rehearse", "--wait")["fire"]
        for words in (["status"], ["targets"], ["jobs"], ["fires"], ["fire", fire], ["next"], ["plan", "rehearse"], ["events"],
                      ["metrics"], ["run", "rehearse"], ["pause", "rehearse"], ["resume", "rehearse"], ["reload"],
                      ["log-level", "info"], ["call", "shop-prod", "runs.list"], ["explain", fire], ["endpoints"]):
            with self.subTest(words):
                code, out, err = self.ctl("--json", *words)
                self.assertIn(code, (0, 2), err)
                self.assertEqual({json.loads(line).get("schema_version") for line in out.splitlines()}, {1}, out[:300])
        self.assertEqual(json.loads(self.check("--json")[1])["schema_version"], 1)
        self.stop()

    # --- alive ---

    def test_the_watchdog_hears_of_it_twice_in_its_time_and_not_while_the_daemon_is_frozen(self):
        self.start(WATCHDOG_USEC=str(SECOND))
        for _ in range(3):
            self.until_told("WATCHDOG=1")
        self.signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self.daemon.child.pid, os.WSTOPPED | os.WNOWAIT)
        self.until_silent(1)
        self.signal(signal.SIGCONT)
        self.until_told("WATCHDOG=1")
        self.stop()


if __name__ == "__main__":
    unittest.main(verbosity=2)
