#!/usr/bin/env python3
"""More than there is room for: descriptors, memory, readers that do not read, programs that do not end. It is bounded, it
is said, others do not suffer, and it passes by itself."""

import fcntl
import json
import os
import pathlib
import socket
import time
import unittest

from house import House, REHEARSE

MiB = 1 << 20
ROOM = 96 * MiB  # more than any of this may take; what is not bounded takes gigabytes

ONE_BY_ONE = """
[job.flood]
type = "batch"
targets = ["shop-prod"]
task = "rehearse"
send = "each"
items_from = { ndjson = "items.ndjson" }
"""

PROGRAM = """
[job.program]
type = "env-sync"
targets = ["shop-prod"]
[[job.program.source]]
exec = ["sh", "-c", "echo $$ > {home}/group; {does}"]
timeout = "{timeout}"
"""


def living(group):
    """The processes of a group; those that nobody has reaped yet are dead."""
    found = []
    for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, of = path.read_text().rpartition(")")[2].split()[:3]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if of == group and state != "Z":
            found.append(path.parent.name)
    return found


class Pressure(House):
    def setUp(self):
        super().setUp()
        self.open_sandbox()
        self.give_memory_back()

    def busy(self):
        """Seconds of a processor that it has used so far."""
        with open(f"/proc/{self.daemon.child.pid}/stat", encoding="ascii") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    # --- queues ---

    def test_a_hundred_thousand_actions_of_a_held_target_take_no_more_memory_than_a_few(self):
        (self.home / "items.ndjson").write_text('{"behaviour": "ok", "note": "%s"}\n' % ("x" * 1_000) * 100_000)
        self.write(jobs=REHEARSE + ONE_BY_ONE)
        self.start()
        self.ask("run", "rehearse", "--wait")
        before = self.memory()
        self.ask("pause", "shop-prod")
        fire = self.ask("run", "flood")["fire"]
        self.planned(fire)
        self.other_target_works()
        self.assertLess(self.memory() - before, ROOM)
        self.assertLess(len(self.ask("fire", fire, "--limit", "1000")["actions"]), 1_000)
        self.assertEqual(self.ask("fire", fire)["fire"]["state"], "running")
        self.ask("cancel", fire)
        self.assertEqual(self.ended(fire)["state"], "cancelled")
        self.stop()

    # --- descriptors ---

    def test_without_descriptors_it_says_so_waits_and_goes_on_by_itself(self):
        self.under = ["prlimit", "--nofile=40:40"]
        self.write()
        self.start()
        fire = self.ask("run", "rehearse", "--on", "shop-prod", "--var", "ends=hold")["fire"]
        self.planned(fire)
        held = []
        self.addCleanup(lambda: [one.close() for one in held])
        for _ in range(40):
            one = socket.socket(socket.AF_UNIX)
            one.settimeout(0)
            one.connect(str(self.home / "run/control"))
            held.append(one)
        self.daemon.until_said("cannot accept on the control socket: Too many open files")
        before = self.busy()
        time.sleep(2)
        self.assertLess(self.busy() - before, 1, "the loop spins")
        self.assertEqual(self.daemon.said().count("cannot accept"), 1, "said once, not all the time")
        self.assertEqual(self.descriptors(), 40)
        while held:
            held.pop().close()
        self.until(lambda: self.ctl("status")[0] == 0, "was well again")
        self.ask("cancel", fire)
        self.ended(fire)
        self.other_target_works()
        self.assertEqual(self.ask("status")["trouble"], [])
        self.stop()

    # --- those who do not read ---

    def test_a_client_that_never_reads_costs_a_bounded_amount_and_holds_nobody_up(self):
        self.write()
        self.start()
        self.other_target_works()
        before = self.memory()
        for _ in range(8):
            deaf = socket.socket(socket.AF_UNIX)
            self.addCleanup(deaf.close)
            deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            deaf.connect(str(self.home / "run/control"))
            deaf.sendall(b'{"method":"io.triggerd.Control.Events","parameters":{},"more":true}\0')
        for _ in range(30):
            self.say("Pause", what="*")
            self.say("Resume", what="*")
        for _ in range(3):
            self.other_target_works()
        self.assertLess(self.memory() - before, ROOM)
        self.stop()

    def test_a_log_that_nobody_reads_holds_nothing_up_and_says_later_how_much_it_lost(self):
        reader, writer = os.pipe()
        fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4_096)
        self.addCleanup(os.close, reader)
        self.stderr = writer
        self.write()
        self.start()
        os.close(writer)
        for _ in range(20):
            self.say("LogLevel", level="debug")
            self.say("Pause", what="shop-prod")
            self.say("Resume", what="shop-prod")
        self.other_target_works()
        os.read(reader, 4_096)  # whoever reads again
        os.set_blocking(reader, False)
        said = b""

        def told():
            nonlocal said
            self.say("LogLevel", level="debug")
            try:
                said += os.read(reader, 65_536)
            except BlockingIOError:
                pass
            return b" messages were lost because nobody read them" in said
        self.until(told, "told what was lost")
        self.stop()

    # --- programs that give variables ---

    def run_program(self, does, timeout="10m", meanwhile=lambda: None):
        self.write(jobs=REHEARSE + PROGRAM.format(home=self.home, does=does, timeout=timeout))
        self.start()
        self.other_target_works()
        before = self.memory()
        fire = self.ask("run", "program")["fire"]
        meanwhile()
        self.other_target_works()
        leg = self.ended(fire)["legs"][0]
        self.assertEqual(leg["state"], "failed")
        self.assertLess(self.memory() - before, ROOM)
        self.assertEqual(living((self.home / "group").read_text().strip()), [])
        self.stop()
        return json.dumps(leg)

    def test_a_program_that_prints_a_gigabyte_is_stopped_with_all_that_it_began(self):
        said = self.run_program("sleep 1000 & yes 0123456789 | head -c 1G")
        self.assertIn("printed more than 16777216 bytes and was stopped", said)

    def test_a_program_that_hangs_is_stopped_with_all_that_it_began(self):
        def meanwhile():
            self.until(lambda: (self.home / "group").exists(), "began")
        said = self.run_program("trap : TERM; sleep 1000 & while :; do sleep 1; done", "1s", meanwhile)
        self.assertIn("did not end within 1s and was stopped", said)


if __name__ == "__main__":
    unittest.main(verbosity=2)
