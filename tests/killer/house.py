"""The killer's house: a folder, a sandbox that lives through it all, and a daemon that does not."""

import json
import os
import pathlib
import re
import select
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "support"))
import door  # noqa: E402
from household import Household  # noqa: E402

READY_WITHIN = 60  # seconds; sanitised programs on a busy machine are slow, and nothing here measures speed
LEFT = re.compile(r"info (.*): in no source, and left: .*fire=(\w+) target=([\w-]+)\)")
SANITISER = re.compile(r"ERROR: \w+Sanitizer|runtime error:|terminate called|Assertion")


class Trouble(Exception):
    """A violation that ends the run; its text says what."""


class House(Household):
    def __init__(self, programs, seed):
        super().__init__(programs, "killer", HERE / "world.toml")
        self.starts = 0
        self.ready_after = []  # seconds of each start that came so far
        self.seed = seed

    # --- the sandbox ---

    def _environment(self, **more):
        kept = {k: v for k, v in os.environ.items() if k in ("PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS")}
        return {**kept, "TZ": "UTC", **more}

    def start_sandbox(self):
        """What the world holds comes back as the sandbox's address and its keys."""
        said = subprocess.run(self._sandbox_words("--print-env"), capture_output=True, text=True, check=True,
                              env=self._environment())
        self.keys = dict(line.split("=", 1) for line in said.stdout.split())
        log = self.folder / "sandbox.log"
        with open(log, "wb") as out:
            self._sandbox = subprocess.Popen(
                self._sandbox_words("--listen", "127.0.0.1:0", "--seed", str(self.seed), "--effects",
                                    self.folder / "effects.ndjson"),
                stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, env=self._environment())
        self._children.append(self._sandbox)
        deadline = time.monotonic() + READY_WITHIN
        while not (found := re.search(r"http://\S+", log.read_text())):
            if self._sandbox.poll() is not None or time.monotonic() > deadline:
                raise Trouble(f"the sandbox did not start: {log.read_text()}")
            time.sleep(0.02)
        self.url = found.group(0)

    def faults(self, plan):
        """Another fault plan; an empty one makes the server well."""
        urllib.request.urlopen(urllib.request.Request(self.url + "/sandbox/faults", data=plan, method="POST"), timeout=60)

    def past_runs(self, key, task):
        """Ids and creation times of the runs that failed before the start, as the server lists them."""
        found, after = [], ""
        while after is not None:
            asked = f"{self.url}/api/v1/runs?filter[taskIdentifier]={task}&filter[status]=FAILED&page[size]=100{after}"
            request = urllib.request.Request(asked, headers={"authorization": f"Bearer {self.keys[key]}"})
            page = json.load(urllib.request.urlopen(request, timeout=60))
            found += [(run["id"], run["createdAt"]) for run in page["data"]]
            following = page["pagination"].get("next")
            after = f"&page[after]={following}" if following else None
        return found

    def stop_sandbox(self):
        self._sandbox.send_signal(signal.SIGTERM)
        if self._sandbox.wait(READY_WITHIN) != 0:
            raise Trouble(f"the sandbox ended with {self._sandbox.returncode}")
        with open(self.folder / "effects.ndjson", encoding="utf-8") as lines:
            return [json.loads(line) for line in lines]

    # --- the daemon ---

    def write(self, name, text):
        """As an operator should: whole, or not at all."""
        new = self.folder / f"{name}.new"
        new.write_text(text, "utf-8")
        new.rename(self.folder / name)

    def configure(self):
        text = (HERE / "triggerd.toml").read_text("utf-8")
        self.write("triggerd.toml", text.replace("@HOME@", str(self.folder)).replace("@BASE_URL@", self.url))

    def start(self):
        """Execs a daemon and does not wait for it."""
        notify = self.folder / "notify"
        notify.unlink(missing_ok=True)
        self._notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._notify.bind(str(notify))
        self.starts += 1
        with open(self.folder / "triggerd.log", "ab") as out:
            out.write(f"--- start {self.starts}\n".encode())
            out.flush()
            self.begun = time.monotonic()
            self.daemon = subprocess.Popen(
                [self.programs / "triggerd", "--config", self.folder / "triggerd.toml"], stdout=out,
                stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                env=self._environment(NOTIFY_SOCKET=str(notify), **self.keys))
        self._children = [self._sandbox, self.daemon]
        return self.daemon

    def await_ready(self):
        while True:
            left = self.begun + READY_WITHIN - time.monotonic()
            if left <= 0:
                raise Trouble(f"not ready within {READY_WITHIN} s of start {self.starts}")
            if select.select([self._notify], [], [], min(left, 0.1))[0]:
                if b"READY=1" in self._notify.recv(4096):
                    self.ready_after.append(time.monotonic() - self.begun)
                    return
            elif self.daemon.poll() is not None:
                raise Trouble(f"start {self.starts} ended by itself with {self.daemon.returncode}:\n{self.log_tail()}")

    def kill(self):
        """SIGKILL; that it had ended by itself before is a violation."""
        if self.daemon.poll() is not None and self.daemon.returncode != -signal.SIGKILL:
            raise Trouble(f"start {self.starts} ended by itself with {self.daemon.returncode}:\n{self.log_tail()}")
        self.daemon.kill()
        self.daemon.wait()
        self._notify.close()

    def stop(self):
        """In good order."""
        self.daemon.send_signal(signal.SIGTERM)
        if self.daemon.wait(READY_WITHIN) != 0:
            raise Trouble(f"the daemon stopped with {self.daemon.returncode}:\n{self.log_tail()}")
        self._notify.close()

    def log_tail(self):
        return "\n".join(self._log()[-30:])

    def call(self, method, **parameters):
        return door.call(self.socket, method, **parameters)

    # --- what a start must not find ---

    def damage(self):
        """What is wrong with the ledger's file, looked at in a copy; a daemon must not run."""
        wrong = [f"{path.name} stands in the state directory" for path in (self.folder / "state").glob("*.damaged-*")]
        if not (self.folder / "state" / "ledger.db").exists():
            return wrong
        with tempfile.TemporaryDirectory(dir=self.folder) as aside:
            for path in (self.folder / "state").glob("ledger.db*"):
                shutil.copy(path, aside)
            book = sqlite3.connect(f"{aside}/ledger.db")
            said = book.execute("PRAGMA integrity_check").fetchall()
            book.close()
        return wrong + [f"integrity check: {row[0]}" for row in said if row[0] != "ok"]

    def _log(self):
        return (self.folder / "triggerd.log").read_text("utf-8", "replace").splitlines()

    def sanitiser_words(self):
        return [line for line in self._log() if SANITISER.search(line)]

    def left_variables(self):
        """(fire, target): names that a sync said it leaves, because their write was interrupted."""
        found = (LEFT.search(line) for line in self._log())
        return {(one.group(2), one.group(3)): set(one.group(1).split(", ")) for one in found if one}
