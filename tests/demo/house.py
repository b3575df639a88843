"""The demo's house: a folder of its own, the sandbox, the daemon, and triggerctl as the way to talk to it."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "support"))
from household import Household  # noqa: E402


class Trouble(Exception):
    """Something the demo cannot go on after; its text says what."""


class House(Household):
    def __init__(self, programs, seed, orders):
        super().__init__(programs, "demo", HERE / "world.toml")
        self.effects_file = self.folder / "effects.ndjson"
        self._seed = seed
        shutil.copytree(HERE / "config", self.folder / "config")
        with open(self.folder / "config" / "orders.ndjson", "w", encoding="utf-8") as out:
            for order in orders:
                out.write(json.dumps(order) + "\n")

    def _start(self, name, words, environment):
        with open(self.folder / f"{name}.log", "wb") as log:
            child = subprocess.Popen(words, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, env=environment)
        self._children.append(child)
        return child

    def log_tail(self, name):
        text = (self.folder / f"{name}.log").read_text("utf-8", "replace")
        return "\n".join(text.splitlines()[-15:])

    def _wait(self, name, child, ready):
        for _ in range(200):
            if ready():
                return
            if child.poll() is not None:
                break
            time.sleep(0.05)
        raise Trouble(f"{name} did not start:\n{self.log_tail(name)}")

    # --- the sandbox ---

    def start_sandbox(self):
        self._sandbox = self._start(
            "sandbox",
            self._sandbox_words("--listen", "127.0.0.1:0", "--seed", str(self._seed), "--faults", HERE / "faults.toml",
                                "--effects", self.effects_file),
            {})
        self.url = ""

        def listens():
            words = (self.folder / "sandbox.log").read_text().split()
            self.url = next((w for w in words if w.startswith("http://")), "")
            return bool(self.url)

        self._wait("sandbox", self._sandbox, listens)
        return self.url

    def sandbox_summary(self):
        with urllib.request.urlopen(self.url + "/sandbox/summary", timeout=10) as reply:
            return json.load(reply)

    def stop_sandbox(self):
        self._end("sandbox", self._sandbox)

    def effects(self):
        with open(self.effects_file, encoding="utf-8") as lines:
            return [json.loads(line) for line in lines]

    # --- the daemon ---

    def _keys(self):
        said = subprocess.run(self._sandbox_words("--print-env"), capture_output=True, text=True, check=True)
        return dict(line.split("=", 1) for line in said.stdout.split())

    def _config(self):
        path = self.folder / "config" / "triggerd.toml"
        path.write_text(path.read_text().replace("@BASE_URL@", self.url))
        return path

    def start_daemon(self):
        """Starts it as a service manager would: folders and keys in its environment, nothing on its command line."""
        path = self._config()
        environment = {**self._keys(), "PATH": os.environ.get("PATH", ""), "STATE_DIRECTORY": str(self.folder / "state"),
                       "RUNTIME_DIRECTORY": str(self.folder / "run")}
        checked = subprocess.run([self.programs / "triggerd", "check", "--config", path], capture_output=True, text=True,
                                 env=environment, check=False)
        if checked.returncode != 0:
            raise Trouble(f"triggerd check ended with {checked.returncode}:\n{checked.stdout}{checked.stderr}")
        self._daemon = self._start("triggerd", [self.programs / "triggerd", "--config", path], environment)
        self._wait("triggerd", self._daemon, lambda: self._call("status").returncode == 0)

    def stop_daemon(self):
        self._call("stop")
        self._end("triggerd", self._daemon)

    def _call(self, *words):
        return subprocess.run([self.programs / "triggerctl", "--socket", self.socket, "--json", *words], capture_output=True,
                              text=True, check=False, env={})

    def ask(self, *words):
        said = self._call(*words)
        if said.returncode not in (0, 1, 2, 3) or not said.stdout:
            raise Trouble(f"triggerctl {' '.join(words)} ended with {said.returncode}: {said.stdout}{said.stderr}\n"
                          f"{self.log_tail('triggerd')}")
        return json.loads(said.stdout.splitlines()[-1])

    def actions(self, fire, target):
        """Every action of a fire on one target, page by page."""
        found, start = [], 0
        while start is not None:
            page = self.ask("fire", fire, "--target", target, "--from", str(start), "--limit", "1000")
            found += page["actions"]
            start = page.get("next_from")
        return found

    def _end(self, name, child):
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
        try:
            code = child.wait(timeout=30)
        except subprocess.TimeoutExpired as why:
            raise Trouble(f"{name} does not stop:\n{self.log_tail(name)}") from why
        if code != 0:
            raise Trouble(f"{name} ended with {code}:\n{self.log_tail(name)}")
