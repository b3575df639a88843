"""One house for a test: a sandbox, a folder with files, and the daemon that reads them. The test is its service manager."""

import functools
import json
import os
import pathlib
import queue
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import door  # noqa: E402

PATIENCE = 90  # seconds; sanitised programs on a busy machine are slow, and nothing here measures speed
BUILD = pathlib.Path(os.environ["TRIGGERD_BUILD_DIR"])

MAIN_FILE = """version = 1
[daemon]
state_dir = "{home}/state"
runtime_dir = "{home}/run"
drain_timeout = "{drain}"
[log]
level = "info"
{more}
[credential.shop-prod]
env = "SHOP_PROD_KEY"
kind = "secret-key"
[credential.shop-staging]
env = "SHOP_STAGING_KEY"
kind = "secret-key"
[defaults.target]
base_url = "{url}"
[target.shop-prod]
project = "proj_shopaaaaaaaaaaaaaaaa"
environment = "prod"
credential = "shop-prod"
labels = {{ tier = "prod" }}
[target.shop-staging]
project = "proj_shopaaaaaaaaaaaaaaaa"
environment = "staging"
credential = "shop-staging"
labels = {{ tier = "staging" }}
"""

# Runs end as the variable says; "hold" never ends by itself.
REHEARSE = """
[job.rehearse]
type = "trigger"
targets = ["*"]
task = "rehearse"
payload = { behaviour = "{{ vars.ends }}" }
wait = { for = "success", timeout = "10m" }
[job.rehearse.vars]
ends = { type = "string", default = "ok" }
"""


def environment(**more):
    """What programs see: nothing of the machine's own folders and keys."""
    kept = {k: v for k, v in os.environ.items() if k in ("PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TMPDIR")}
    return {**kept, "LANG": "C.UTF-8", "TZ": "UTC", **more}


@functools.cache  # a world has the same keys each time
def invented_keys(*world):
    out = subprocess.run([BUILD / "triggerd-sandbox", *world, "--print-env"], capture_output=True, text=True,
                         check=True, env=environment()).stdout
    return dict(line.split("=", 1) for line in out.splitlines())


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def hear(notify, messages):
    """Takes every message at once, as the service manager does: few fit into the socket. Returns what ends it."""
    def listen():
        while said := notify.recv(4096):
            messages.put(said.decode())
    listener = threading.Thread(target=listen)
    listener.start()

    def end():
        notify.shutdown(socket.SHUT_RD)
        listener.join()
        notify.close()
    return end


class Program:
    """A child whose output is kept, and that is gone when the test is."""

    def __init__(self, test, argv, env, stderr=subprocess.STDOUT, user=None):
        self.log = tempfile.TemporaryFile("w+")
        self.child = subprocess.Popen([str(a) for a in argv], stdout=self.log, stderr=stderr, env=env,
                                      stdin=subprocess.DEVNULL, user=user, group=user,
                                      extra_groups=[] if user is not None else None)
        test.addCleanup(self.kill)

    def said(self):
        # Not by seeking: the child writes at the same position.
        file = self.log.fileno()
        return os.pread(file, os.fstat(file).st_size, 0).decode(errors="replace")

    def kill(self):
        if self.child.poll() is None:
            self.child.kill()
            self.child.wait()
        self.log.close()

    def wait(self):
        return self.child.wait(PATIENCE)

    def until_said(self, pattern):
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if found := re.search(pattern, self.said()):
                return found
            if self.child.poll() is not None:
                break
            time.sleep(0.02)
        raise AssertionError(f"{self.child.args[0]} never said {pattern!r}; it said:\n{self.said()}")


class House(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="triggerd-")
        self.addCleanup(folder.cleanup)
        self.home = pathlib.Path(folder.name)
        self.keys = {**invented_keys()}
        self.url = "http://127.0.0.1:9"  # nobody is there
        self.daemon = None
        self.under = []  # what the daemon is started by: prlimit, setpriv and their kin
        self.stderr = subprocess.STDOUT

    # --- the sandbox ---

    def open_sandbox(self, *options):
        self.sandbox = Program(self, [BUILD / "triggerd-sandbox", "--listen", "127.0.0.1:0", *options], environment())
        self.url = self.sandbox.until_said(r"listens on (http://\S+)").group(1)

    # --- files ---

    def write(self, text=None, jobs=REHEARSE, more="", drain="5s"):
        main = MAIN_FILE.format(home=self.home, url=self.url, more=more, drain=drain) if text is None else text
        path = self.home / "triggerd.toml"
        path.write_text(main + jobs)
        return path

    def check(self, *options, env=None):
        done = subprocess.run([BUILD / "triggerd", "check", "--config", self.home / "triggerd.toml", *options], text=True,
                              capture_output=True, env=environment(**(self.keys if env is None else env)), timeout=PATIENCE)
        return done.returncode, done.stdout.replace(str(self.home), "HOME"), done.stderr

    # --- the daemon ---

    def begin(self, **env):
        """Starts the daemon without waiting for it."""
        path = self.home / f"notify-{time.monotonic_ns()}"
        notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        notify.bind(str(path))
        path.chmod(0o666)  # the daemon may be another user's
        self.messages = queue.SimpleQueue()
        self.addCleanup(hear(notify, self.messages))
        self.told = []
        self.daemon = Program(self, [*self.under, BUILD / "triggerd", "--config", self.home / "triggerd.toml"],
                              environment(**{**self.keys, "NOTIFY_SOCKET": str(path), **env}), self.stderr)
        return self.daemon

    def give_memory_back(self):
        """Memory that was freed is to count as such, also under the sanitiser."""
        self.keys["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=1"

    def memory(self):
        with open(f"/proc/{self.daemon.child.pid}/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE")

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.daemon.child.pid}/fd"))

    def planned(self, fire):
        """Waits for its first actions; gives them."""
        return self.until(lambda: self.say("Fire", id=fire)["actions"], "planned")

    def ended(self, fire):
        def look():
            now = self.say("Fire", id=fire)["fire"]
            return now if "ended" in now else None
        return self.until(look, "ended")

    def other_target_works(self):
        self.assertEqual(self.ask("run", "rehearse", "--on", "shop-staging", "--wait")["progress"]["state"], "done")

    def start(self, **env):
        self.begin(**env)
        self.until_told("READY=1")
        return self.daemon

    def until_told(self, word):
        """Waits for a message to the service manager that holds this; gives it."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                self.told.append(self.messages.get(timeout=0.1))
            except queue.Empty:
                if self.daemon.child.poll() is not None:
                    break
                continue
            if word in self.told[-1]:
                return self.told[-1]
        raise AssertionError(f"never told {word!r}, but {self.told}; it said:\n{self.daemon.said()}")

    def signal(self, which):
        self.daemon.child.send_signal(which)

    def stop(self):
        """An orderly end: TERM, exit code 0."""
        self.signal(signal.SIGTERM)
        self.assertEqual(self.daemon.wait(), 0, self.daemon.said())

    # --- its client ---

    def ctl(self, *words, user=None):
        argv = [BUILD / "triggerctl", "--socket", self.home / "run/control", *words]
        done = subprocess.run([str(a) for a in argv], text=True, capture_output=True, env=environment(), timeout=PATIENCE,
                              user=user, extra_groups=[] if user is not None else None)
        return done.returncode, done.stdout, done.stderr

    def ask(self, *words):
        """A call that must succeed; its last reply."""
        code, out, err = self.ctl("--json", *words)
        self.assertEqual(code, 0, f"{words}: {out}{err}\n{self.daemon.said()}")
        return json.loads(out.splitlines()[-1])

    def say(self, method, **parameters):
        """A call that must succeed, without triggerctl: for what is said again and again, because a start of it takes longer
        than any reply, and the processor from the daemon."""
        try:
            return door.call(self.home / "run/control", method, **parameters)
        except (door.Gone, door.Refused) as why:
            raise AssertionError(f"{method} {parameters}: {why}\n{self.daemon.said()}") from why

    def until(self, look, what):
        """Looks until something is true: what happens by itself has no notice of its own."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if seen := look():
                return seen
            time.sleep(0.05)
        raise AssertionError(f"never {what}; the daemon said:\n{self.daemon.said()}")
