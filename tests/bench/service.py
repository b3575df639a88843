"""triggerd as it is installed, in a folder of its own: ledger on, full sync, budgets, plans and events as always."""

import json
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import threading
import time

MAIN = """version = 1
{include}[daemon]
state_dir = "{home}/state"
runtime_dir = "{home}/run"
timezone = "UTC"
drain_timeout = "0s"
[log]
level = "warning"
[limit.ample]
requests = "6000000/min"
burst = 1_000_000
in_flight = {in_flight}
batch_items = "100000000/min"
batch_burst = 1_000_000
[defaults.target]
base_url = "{url}"
limit = "ample"
request_timeout = "10m"
{more}
"""

TARGET = """[credential.c{n}]
file = "{home}/keys/{n}"
[target.t{n}]
project = "proj_bench{n:08d}"
environment = "prod"
credential = "c{n}"
labels = {{ part = "{part}" }}
{more}
"""


def key_of(n, behaviour=""):
    return f"tr_prod_{behaviour}bench{n:08d}"


def listen(socket_):
    """A service manager reads what it is told."""
    while socket_.recv(4096):
        pass


class Service:
    """`behaviour(n)` names how the origin treats target n, "" for as it treats all; `part(n)` is a label of it."""

    def __init__(self, programs, url, targets, jobs, in_flight=1, behaviour=lambda n: "", part=lambda n: "all", more="",
                 of_target="", include=(), under=()):
        self._programs = programs
        self._under = list(under)
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="triggerd-bench-", dir=os.environ.get("TRIGGERD_BENCH_DIR")))
        (self.home / "keys").mkdir(mode=0o700)
        for n in range(targets):
            key = self.home / "keys" / str(n)
            key.touch(mode=0o600)
            key.write_text(key_of(n, behaviour(n)))
        self._targets = "".join(TARGET.format(n=n, home=self.home, part=part(n), more=of_target) for n in range(targets))
        self._main = MAIN.format(home=self.home, url=url, in_flight=in_flight, more=more,
                                 include=f"include = {json.dumps(list(include))}\n" if include else "")
        self.write(jobs)

    def write(self, jobs):
        (self.home / "triggerd.toml").write_text(self._main + self._targets + jobs.replace("HOME", str(self.home)))

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()
        self._log.close()
        shutil.rmtree(self.home, ignore_errors=True)

    def stop(self):
        """In good order, so that tools around it can write what they saw."""
        self.child.terminate()
        try:
            self.child.wait(60)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()

    def start(self):
        """Until READY; seconds."""
        ready = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        ready.bind(str(self.home / "notify"))
        ready.settimeout(300)
        self._log = open(self.home / "log", "w", encoding="utf-8")
        begun = time.monotonic()
        self.child = subprocess.Popen([*self._under, self._programs / "triggerd", "--config", self.home / "triggerd.toml"],
                                      stdout=self._log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                                      env={"PATH": os.environ["PATH"], "NOTIFY_SOCKET": str(self.home / "notify")})
        while b"READY=1" not in ready.recv(4096):
            pass
        self.ready_after = time.monotonic() - begun
        ready.settimeout(None)
        threading.Thread(target=listen, args=(ready,), daemon=True).start()
        return self.ready_after

    def said(self):
        return (self.home / "log").read_text("utf-8", "replace")

    def cpu(self):
        """User and system seconds so far, of all threads there ever were: what clock_getcpuclockid(3) names."""
        return time.clock_gettime((~self.child.pid << 3) | 2)

    def memory(self, field="VmRSS"):
        """MiB."""
        for line in pathlib.Path(f"/proc/{self.child.pid}/status").read_text().splitlines():
            if line.startswith(field + ":"):
                return int(line.split()[1]) / 1024
        raise RuntimeError(f"no {field}")

    def ask(self, *words):
        done = subprocess.run([self._programs / "triggerctl", "--socket", self.home / "run/control", "--json", *map(str, words)],
                              capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"{words}: {done.stdout}{done.stderr}\n{self.said()}")
        return json.loads(done.stdout.splitlines()[-1])

    def settled(self, fires, actions, within=300):
        """The legs of fires, once the ledger says that so many actions are done. The end of a fire is not waited for: the
        newest run of each leg is looked at 10 s later."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            legs = [leg for fire in fires for leg in self.ask("fire", fire)["fire"]["legs"]]
            if sum(leg["failed"] + leg["unknown"] for leg in legs):
                break
            if sum(leg["done"] for leg in legs) + len(legs) >= actions == sum(leg["actions"] for leg in legs):
                return legs
            time.sleep(0.1)
        raise RuntimeError(f"the ledger counts other actions than {actions}: {legs}\n{self.said()}")

    def ended(self, fire, within=300):
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            seen = self.ask("fire", fire)["fire"]
            if "ended" in seen:
                return seen
            time.sleep(0.1)
        raise RuntimeError(f"fire {fire} did not end: {self.ask('status')}\n{self.said()}")
