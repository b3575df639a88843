#!/usr/bin/env python3
"""A daemon's life as operators and service managers see it: start, reload, end."""

import json
import os
import signal
import stat
import time
import unittest

from house import House, REHEARSE


HELD_KEY = """
[credential.held]
exec = ["sh", "-c", "while [ -e {home}/hold ]; do sleep 0.1; done; cat {home}/held.key"]
"""


class Reload(House):
    def setUp(self):
        super().setUp()
        self.write()

    def test_verdicts(self):
        self.start()
        first = self.ask("reload")
        self.assertEqual((first["verdict"], first["changes"]), ("unchanged", []))
        self.write(jobs=REHEARSE + REHEARSE.replace("rehearse", "another"))
        applied = self.ask("reload")
        self.assertEqual((applied["verdict"], applied["changes"]), ("applied", ["+ job another"]))
        self.assertNotEqual(applied["hash"], first["hash"])
        self.assertEqual([j["name"] for j in self.ask("jobs")["jobs"]], ["another", "rehearse"])

        self.write(jobs=REHEARSE + "[job.broken]\ntype = \"trigger\"\n")
        code, out, _ = self.ctl("--json", "reload")
        refused = json.loads(out)
        self.assertEqual(code, 78)
        self.assertEqual((refused["verdict"], refused["hash"]), ("refused", applied["hash"]))
        self.assertTrue(any(c["where"].startswith(str(self.home)) and not c["warning"] for c in refused["complaints"]))
        self.assertEqual([j["name"] for j in self.ask("jobs")["jobs"]], ["another", "rehearse"])
        status = self.ask("status")
        self.assertEqual(status["reload"]["verdict"], "refused")
        self.assertIn("the last reload was refused", status["trouble"][0]["what"])

        moved = (self.home / "triggerd.toml").read_text().replace("[job.broken]\ntype = \"trigger\"\n", "")
        (self.home / "triggerd.toml").write_text(moved.replace("/run\"", "/elsewhere\""))
        code, out, _ = self.ctl("--json", "reload")
        self.assertEqual(code, 1)  # nothing in the files needs mending
        self.assertEqual(json.loads(out)["fields"], ["daemon.runtime_dir"])
        self.stop()

    def test_hangups_reload_and_the_service_manager_is_told(self):
        self.start()
        self.write(jobs=REHEARSE + REHEARSE.replace("rehearse", "another"))
        self.signal(signal.SIGHUP)
        self.assertIn("MONOTONIC_USEC=", self.until_told("RELOADING=1"))
        self.until_told("READY=1")
        self.assertEqual(self.ask("status")["reload"]["verdict"], "applied")
        self.stop()

    def test_a_storm_of_hangups_is_one_reload_more(self):
        (self.home / "held.key").write_text("tr_prod_heldInventedA1b2C3d4E5f6G7h8")
        self.write(more=HELD_KEY.format(home=self.home))
        self.start()
        (self.home / "hold").touch()
        self.signal(signal.SIGHUP)
        self.until_told("RELOADING=1")
        for _ in range(200):
            self.signal(signal.SIGHUP)
        self.ask("status")  # the storm has been heard while the first reload waits for its key
        (self.home / "hold").unlink()
        for word in ("READY=1", "RELOADING=1", "READY=1"):
            self.until_told(word)
        self.assertEqual(self.ask("reload")["verdict"], "unchanged")
        self.assertIn(self.daemon.said().count("reload by signal"), (2, 3))  # the last signal may have been heard late
        self.stop()

    def test_a_new_log_level_is_obeyed(self):
        self.start()
        self.write(more='[http]\n')
        self.assertEqual(self.ask("log-level", "debug")["previous"], "info")
        self.assertEqual(self.ask("log-level", "error")["previous"], "debug")
        self.ask("reload")  # as the files say again
        self.assertEqual(self.ask("log-level", "info")["previous"], "info")
        self.stop()


class End(House):
    def setUp(self):
        super().setUp()
        self.open_sandbox()

    def test_a_stop_waits_for_what_runs(self):
        self.write(drain="60s")
        self.start()
        fire = self.ask("run", "rehearse", "--on", "shop-prod", "--var", "ends=hold")["fire"]
        self.planned(fire)
        self.signal(signal.SIGTERM)
        self.assertIn("draining: 1 fire left", self.until_told("STOPPING=1"))
        self.until_told("EXTEND_TIMEOUT_USEC=")
        self.assertEqual(self.ask("status")["state"], "draining")
        refused = json.loads(self.ctl("--json", "run", "rehearse")[1])
        self.assertEqual((refused["error"], refused["parameters"]["state"]), ("io.triggerd.Control.NotNow", "draining"))
        self.ask("cancel", fire)
        self.assertEqual(self.daemon.wait(), 0, self.daemon.said())

    def test_a_deadline_leaves_the_rest_to_the_next_start(self):
        self.write(drain="1s")
        self.start()
        fire = self.ask("run", "rehearse", "--on", "shop-prod", "--var", "ends=hold")["fire"]
        self.planned(fire)
        self.stop()
        self.assertIn("1 fires did not end in time", self.daemon.said())
        self.start()
        self.assertEqual(self.ask("fire", fire)["fire"]["state"], "running")
        self.ask("cancel", fire)
        self.ended(fire)
        self.stop()

    def test_a_second_signal_stops_now(self):
        self.write(drain="1h")
        self.start()
        self.ask("run", "rehearse", "--on", "shop-prod", "--var", "ends=hold")
        self.signal(signal.SIGTERM)
        self.until_told("STOPPING=1")
        self.signal(signal.SIGTERM)
        self.assertEqual(self.daemon.wait(), 0, self.daemon.said())

    def test_stop_by_the_socket_and_interrupt(self):
        self.write()
        self.start()
        self.assertEqual(self.ask("stop")["running"], 0)
        self.assertEqual(self.daemon.wait(), 0)
        self.start()
        self.signal(signal.SIGINT)
        self.assertEqual(self.daemon.wait(), 0)

    def test_a_drain_keeps_the_daemon(self):
        self.write()
        self.start()
        self.assertEqual(self.ask("drain")["running"], 0)
        self.assertEqual(self.ask("status")["state"], "draining")
        self.stop()


class Start(House):
    def test_files_that_cannot_be_used_end_it_with_78(self):
        self.write(jobs="[job.broken]\n")
        self.begin()
        self.assertEqual(self.daemon.wait(), 78)
        self.assertIn("refused", self.daemon.said())
        self.assertFalse((self.home / "state").exists())

    def test_one_daemon_per_state_directory(self):
        self.write()
        first = self.start()
        other = (self.home / "triggerd.toml").read_text().replace("/run\"", "/run2\"")
        (self.home / "triggerd.toml").write_text(other)
        self.begin()
        self.assertEqual(self.daemon.wait(), 1)
        self.assertIn(f"is in use by process {first.child.pid}", self.daemon.said())
        self.assertEqual(self.ask("status")["pid"], first.child.pid)
        first.child.send_signal(signal.SIGTERM)
        self.assertEqual(first.wait(), 0)

    def test_nobody_else_reads_what_it_keeps(self):
        self.write()
        self.start()
        mode = lambda name: stat.S_IMODE((self.home / name).stat().st_mode)
        self.assertEqual(mode("state"), 0o700)
        self.assertEqual(mode("run"), 0o755)
        self.assertEqual(mode("run/control"), 0o666)
        for name in ("ledger.db", "digest.key", "lock"):
            self.assertEqual(mode("state/" + name), 0o600, name)
        limits = pathlib_read(f"/proc/{self.daemon.child.pid}/limits")
        self.assertRegex(limits, r"Max core file size\s+0 ")
        self.stop()
        self.assertFalse((self.home / "run/control").exists())

    def test_no_daemon(self):
        self.write()
        code, _, err = self.ctl("status")
        self.assertEqual(code, 69)
        self.assertIn("triggerctl: ", err)

    def test_status_to_the_log(self):
        self.write()
        self.start()
        self.signal(signal.SIGUSR1)
        self.daemon.until_said(r"serving 1 job on 2 targets\n")
        self.stop()

    def test_the_watchdog_is_fed(self):
        self.write()
        self.start(WATCHDOG_USEC="400000")
        self.until_told("WATCHDOG=1")
        self.until_told("WATCHDOG=1")
        self.stop()

    def test_idle_means_idle(self):
        self.write()
        self.start()
        self.ask("status")
        before = ticks(self.daemon.child.pid)
        time.sleep(3)
        self.assertEqual(ticks(self.daemon.child.pid), before, "the loop woke up although nothing happened")
        self.stop()


def pathlib_read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def ticks(pid):
    """How often the process gave up the processor by itself, over all its threads: a wait that ended counts once."""
    total = 0
    for thread in os.listdir(f"/proc/{pid}/task"):
        status = pathlib_read(f"/proc/{pid}/task/{thread}/status")
        total += int(status.split("voluntary_ctxt_switches:")[1].split()[0])
    return total


if __name__ == "__main__":
    unittest.main(verbosity=2)
