#!/usr/bin/env python3
"""What others on the machine see of the programs: no memory, no core file, and no file but those that are meant for them."""

import json
import os
import pathlib
import resource
import signal
import stat
import subprocess
import unittest

from house import BUILD, House, PATIENCE, Program, REHEARSE, environment

NOBODY = 65534

# Items of half a chunk each: they go to the spool. The second is broken.
PUSH = """
[job.push]
type = "batch"
targets = ["shop-prod"]
task = "import-order"
items_from = { ndjson = "items.ndjson" }
chunking = { items = 2 }
rejects = { file = "rejects/of/push.ndjson", max = "50%" }
"""


def as_nobody(*argv):
    """Standard error of a program that another process of the same user runs; empty when it could."""
    return subprocess.run(argv, user=NOBODY, group=NOBODY, extra_groups=[], stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, text=True, timeout=PATIENCE).stderr


def memory_of(pid):
    """Its first mapping that can be read, by way of /proc/PID/mem."""
    reads = "import sys\nfor l in open(f'/proc/{sys.argv[1]}/maps'):\n a, b = l.split()[0].split('-')\n" \
            " f = open(f'/proc/{sys.argv[1]}/mem', 'rb')\n f.seek(int(a, 16))\n f.read(16)\n break\n"
    return as_nobody("python3", "-c", reads, str(pid))


class Memory(House):
    def setUp(self):
        super().setUp()
        self.write()
        # The sanitiser looks for leaks by tracing, which is what must not be possible; and it must leave signals alone.
        said = environment().get("ASAN_OPTIONS", "")
        self.asan = {"ASAN_OPTIONS": said + ":detect_leaks=0:disable_coredump=0:handle_segv=0:handle_abort=0"}

    def start_as_nobody(self):
        os.chown(self.home, NOBODY, NOBODY)
        self.under = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
        self.begin(**self.asan)
        self.daemon.until_said(r"socket \S+/control")

    def hidden(self, pid):
        """The kernel gives to root what is hidden."""
        return pathlib.Path(f"/proc/{pid}/environ").stat().st_uid == 0

    def assert_hidden(self, pid):
        self.until(lambda: self.hidden(pid), "hid its memory")
        self.assertIn("denied", as_nobody("cat", f"/proc/{pid}/environ"))
        self.assertIn("PermissionError", memory_of(pid))
        self.assertRegex(pathlib.Path(f"/proc/{pid}/limits").read_text(), r"Max core file size\s+0\s+0 ")

    @unittest.skipIf(os.getuid() != 0, "needs root to be somebody else")
    def test_another_process_of_the_same_user_sees_nothing_of_our_memory(self):
        other = Program(self, ["sleep", "1000"], environment(), user=NOBODY)
        self.assertEqual(as_nobody("cat", f"/proc/{other.child.pid}/environ"), "")  # as it is without our doing
        self.assertEqual(memory_of(other.child.pid), "")
        self.start_as_nobody()
        self.assert_hidden(self.daemon.child.pid)
        words = ["--socket", self.home / "run/control", "events", "--follow"]
        client = Program(self, [BUILD / "triggerctl", *words], environment(**self.asan), user=NOBODY)
        self.assert_hidden(client.child.pid)
        self.stop()

    def test_no_core_file_is_left_by_whatever_ends_it(self):
        before = resource.getrlimit(resource.RLIMIT_CORE)
        self.addCleanup(resource.setrlimit, resource.RLIMIT_CORE, before)
        resource.setrlimit(resource.RLIMIT_CORE, (before[1], before[1]))
        for which in (signal.SIGABRT, signal.SIGQUIT, signal.SIGSEGV):
            with self.subTest(signal=which.name):
                self.under = ["env", f"--chdir={self.home}"]
                self.start(**self.asan)
                self.signal(which)
                _, status = os.waitpid(self.daemon.child.pid, 0)
                self.daemon.child.returncode = -which
                self.assertEqual(os.WTERMSIG(status), which)
                self.assertFalse(os.WCOREDUMP(status))
                self.assertEqual([p.name for p in self.home.glob("*core*")], [])


class Files(House):
    """Every file, folder and socket that the daemon makes, whatever the umask. Anything that is not listed here is an error."""

    MADE = {
        "run": "drwxr-xr-x", "run/control": "srw-rw-rw-",
        "state": "drwx------", "state/lock": "-rw-------", "state/digest.key": "-rw-------",
        "state/ledger.db": "-rw-------", "state/ledger.db-wal": "-rw-------", "state/ledger.db.mark": "-rw-------",
        "state/spool": "drwx------", "state/spool/*": "-rw-------",
        "state/rejects": "drwx------", "state/rejects/of": "drwx------", "state/rejects/of/push.ndjson": "-rw-------",
        "ledger.export": "-rw-------",
    }

    def setUp(self):
        super().setUp()
        self.open_sandbox()

    def seen(self):
        found = {}
        for top in ("run", "state", "ledger.export"):
            for path in [self.home / top, *(self.home / top).rglob("*")]:
                if os.path.lexists(path):
                    name = str(path.relative_to(self.home))
                    found["state/spool/*" if name.startswith("state/spool/") else name] = stat.filemode(path.lstat().st_mode)
        return found

    def all_is_there(self):
        now = self.seen()
        return now if {"state/spool/*", "state/rejects/of/push.ndjson"} <= now.keys() else None

    def export(self, umask):
        argv = ["sh", "-c", f'umask {umask}; exec "$@"', "sh", BUILD / "triggerd", "ledger", "export", "--config",
                self.home / "triggerd.toml", self.home / "ledger.export"]
        done = subprocess.run([str(a) for a in argv], capture_output=True, text=True, env=environment(**self.keys),
                              timeout=PATIENCE)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_every_file_has_the_mode_that_is_meant_under_any_umask(self):
        item = json.dumps({"note": "x" * 50_000})
        (self.home / "items.ndjson").write_text("\n".join([item, '{"broken', *[item] * 20]) + "\n")
        self.write(jobs=REHEARSE + PUSH)
        for umask in ("000", "022", "077"):
            with self.subTest(umask=umask):
                for made in ("state", "run", "ledger.export"):
                    subprocess.run(["rm", "-rf", self.home / made], check=True)
                self.under = ["sh", "-c", f'umask {umask}; exec "$@"', "sh"]
                self.start()
                self.ask("run", "rehearse", "--on", "shop-prod", "--wait")  # then it is known whose key that is
                self.ask("pause", "shop-prod")
                fire = self.ask("run", "push")["fire"]
                seen = self.until(self.all_is_there, "put bodies and rejects aside")
                self.ask("resume", "shop-prod")
                self.ended(fire)
                self.stop()
                self.export(umask)
                self.assertEqual({**seen, **self.seen()}, self.MADE)
                self.assertNotIn("run/control", self.seen())


if __name__ == "__main__":
    unittest.main(verbosity=2)
