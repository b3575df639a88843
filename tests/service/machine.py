"""A machine with the package on it: a container, a server it talks to, and what an operator does there."""

import collections
import json
import pathlib
import shutil
import subprocess

from container import Container, until

HERE = pathlib.Path(__file__).resolve().parent
CREDENTIALS = {"shop-prod": "tr_prod_shopServiceInvented00001", "shop-staging": "tr_stg_shopServiceInvented000002"}
ORDERS = 300  # for each of two targets


class Machine(Container):
    def __init__(self, base):
        super().__init__(base)
        self.effects_file = self.tree / "srv/effects.ndjson"
        for name in ("world.toml", "compiler.py"):
            shutil.copy(HERE / name, self.tree / "srv")
        (self.tree / "srv/orders.ndjson").write_text("".join(json.dumps({"order": f"O-{n:05}"}) + "\n" for n in range(ORDERS)))

    # --- the package ---

    def copy_in(self, deb):
        shutil.copy(deb, self.tree / "srv")
        return f"/srv/{pathlib.Path(deb).name}"

    def apt(self, *words):
        return self.run("apt-get", "--yes", "--quiet", "--option=Dpkg::Use-Pty=0", *words)

    # --- the server ---

    def start_server(self):
        words = ["/usr/bin/triggerd-sandbox", "--world", "/srv/world.toml", "--effects", "/srv/effects.ndjson"]
        self._server = self.beside(*words, stdout=subprocess.PIPE, text=True)
        line = self._server.stdout.readline()
        if "listens on http://127.0.0.1:4040" not in line:
            raise AssertionError(f"the sandbox says {line!r}")

    def effects(self):
        """What really happened at the server, in order."""
        lines = self.effects_file.read_text("utf-8").splitlines(keepends=True)
        return [json.loads(line) for line in lines if line.endswith("\n")]  # the last may be half written

    def runs(self, task, after=0):
        """How many runs each place and key have got, of the effects after a number of them."""
        return collections.Counter((one["place"], one["key"]) for one in self.effects()[after:]
                                   if one["kind"] == "run-created" and one["task"] == task)

    # --- files ---

    def write(self, path, text, mode=0o644, owner=None):
        where = self.tree / path.lstrip("/")
        where.parent.mkdir(parents=True, exist_ok=True)
        where.write_text(text, "utf-8")
        where.chmod(mode)
        if owner:
            self.run("chown", f"{owner}:{owner}", path)

    def write_key(self, name, value):
        self.write(f"/etc/triggerd/secrets/{name}", value, 0o600, "triggerd")

    def drop_in(self, name, *lines, unit="triggerd.service"):
        self.write(f"/etc/systemd/system/{unit}.d/{name}.conf", "\n".join(("[Service]", *lines)) + "\n")
        self.run("systemctl", "daemon-reload")

    def take_drop_in(self, name, unit="triggerd.service"):
        (self.tree / f"etc/systemd/system/{unit}.d/{name}.conf").unlink()
        self.run("systemctl", "daemon-reload")

    def configure(self):
        """Two targets: one has its key from the unit, the other from a file."""
        self.write("/etc/triggerd/triggerd.toml", (HERE / "triggerd.toml").read_text("utf-8"))
        self.write("/etc/triggerd/jobs.d/jobs.toml", (HERE / "jobs.toml").read_text("utf-8"))
        for name, value in CREDENTIALS.items():
            self.write_key(name, value)
        self.drop_in("keys", "LoadCredential=shop-prod:/etc/triggerd/secrets/shop-prod")

    # --- the service ---

    def shown(self, *properties, unit="triggerd.service"):
        lines = self.run("systemctl", "show", unit, *(f"--property={one}" for one in properties)).stdout.splitlines()
        found = dict(line.split("=", 1) for line in lines)
        return tuple(found[one] for one in properties)

    def main_pid(self):
        return int(self.shown("MainPID")[0])

    def until_active(self, unit="triggerd.service"):
        until(lambda: self.shown("ActiveState", unit=unit) == ("active",), f"had {unit} active:\n{self.journal_text()}")

    def until_another_runs(self, pid):
        """After an accident: the service manager has started it anew, and it is ready."""
        until(lambda: self.shown("ActiveState")[0] == "active" and self.main_pid() not in (0, pid),
              f"started again:\n{self.journal_text()}")

    def ctl(self, *words, socket=None, check=True):
        at = ("--socket", socket) if socket else ()
        return self.run("triggerctl", *at, "--json", *words, check=check)

    def ask(self, *words, socket=None):
        return json.loads(self.ctl(*words, socket=socket).stdout.splitlines()[-1])

    def fire(self, name):
        return self.ask("fire", name)["fire"]

    def ended(self, fire):
        return until(lambda: (now := self.fire(fire)).get("ended") and now, f"ended {fire}")

    def journal(self, *words):
        lines = self.run("journalctl", "--quiet", "--no-pager", "--output=json", *words).stdout.splitlines()
        return [json.loads(line) for line in lines]

    def journal_text(self):
        return self.run("journalctl", "--quiet", "--no-pager", "--lines=30", "--unit=triggerd", check=False).stdout
