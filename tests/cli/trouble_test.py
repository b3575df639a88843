#!/usr/bin/env python3
"""What goes wrong while a batch is under way: bad lines, sudden ends, a disk that is full. Nothing is lost or doubled."""

import resource
import signal
import subprocess
import unittest

from batch import CHUNK, ORDERS, Batch
from house import BUILD, PATIENCE, environment


class Trouble(Batch):
    def test_a_broken_line_is_put_aside_with_its_place_and_the_rest_is_sent(self):
        self.lines[1_050] = '{"order": "O-01050", "note": '
        fire = self.ended(self.begin_import())
        leg = fire["legs"][0]
        self.assertEqual((leg["state"], leg["items"], leg["rejected"]), ("done", ORDERS - 1, 1), fire)
        self.assert_all_once(ORDERS - 1)
        # As it stood, so that the file can be mended and fed back; the place and the reason are in the log.
        self.assertEqual((self.home / "state/rejects/bad.ndjson").read_text(), self.lines[1_050] + "\n")
        self.assertIn("line 1051: not valid JSON at byte 30", self.daemon.said())
        self.stop()

    def test_a_stop_in_the_middle_goes_on_at_the_next_start(self):
        fire = self.begin_import(drain="0s")
        self.some_chunks()
        self.stop()
        self.assertLess(len(self.runs_by_key()), ORDERS)
        self.start()
        self.assertEqual(self.ended(fire)["state"], "done")
        self.assert_all_once(ORDERS)
        self.stop()

    def test_a_kill_in_the_middle_goes_on_at_the_next_start(self):
        fire = self.begin_import()
        for more in (4, 20):
            self.until(lambda: len(self.runs_by_key()) >= more * CHUNK, f"sent {more} chunks")
            self.signal(signal.SIGKILL)
            self.daemon.child.wait()
            self.start()
        self.assertEqual(self.ended(fire)["state"], "done")
        self.assert_all_once(ORDERS)
        self.stop()

    def limit_files(self, size):
        """A limit on the size of files refuses every write to them, as a full disk does."""
        resource.prlimit(self.daemon.child.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    def test_a_full_disk_holds_everything_back_until_there_is_room(self):
        fire = self.begin_import()
        self.some_chunks()
        self.limit_files(1)
        said = self.until(lambda: self.say("Status")["trouble"], "told of the disk")
        self.assertIn("ledger", said[0]["what"] + said[0].get("next", ""), said)
        known = len(self.runs_by_key())
        self.assertLess(known, ORDERS)
        argv = [BUILD / "triggerctl", "--socket", self.home / "run/control", "run", "import"]
        asked = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment())
        self.addCleanup(asked.stdout.close)
        self.addCleanup(asked.kill)
        self.limit_files(resource.RLIM_INFINITY)
        self.assertEqual(self.ended(fire)["state"], "done")
        asked.wait(PATIENCE)
        self.assert_all_once(ORDERS)
        self.until(lambda: not self.say("Status")["trouble"], "well again")
        self.stop()


if __name__ == "__main__":
    unittest.main(verbosity=2)
