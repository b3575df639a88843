"""A Debian in a container of systemd-nspawn, with a service manager and a network of its own. Needs root."""

import hashlib
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

PATIENCE = 120  # seconds; nothing here measures speed
PACKAGES = ("systemd", "systemd-sysv", "dbus", "python3")
NEEDED = ("mmdebstrap", "systemd-nspawn", "nsenter", "unshare", "setpriv")


def missing():
    """Why no container can be had here, or nothing."""
    if os.geteuid() != 0:
        return "containers need root"
    lacking = [name for name in NEEDED if shutil.which(name) is None]
    if lacking:
        return f"not installed: {', '.join(lacking)}"
    tried = subprocess.run(["unshare", "--mount", "--pid", "--net", "--uts", "--ipc", "--fork", "mount", "-t", "tmpfs",
                            "none", "/mnt"], capture_output=True, text=True, check=False)
    return f"no namespaces can be made here: {tried.stderr.strip()}" if tried.returncode != 0 else None


def until(look, what):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if seen := look():
            return seen
        time.sleep(0.1)
    raise AssertionError(f"never {what}")


def debian(folder, release, depends):
    """A tree of that release with what a package depends on. It is made once for each list of packages."""
    words = ["mmdebstrap", "--quiet", "--variant=minbase", f"--include={','.join(PACKAGES)}",
             "--dpkgopt=force-unsafe-io",
             f'--customize-hook=chroot "$1" apt-get satisfy --yes --quiet --no-install-recommends "{depends}"', release]
    tree = folder / f"{release}-{hashlib.sha256(' '.join(words).encode()).hexdigest()[:12]}"
    if not tree.exists():
        folder.mkdir(parents=True, exist_ok=True)
        new = tree.with_suffix(".new")
        shutil.rmtree(new, ignore_errors=True)
        done = subprocess.run([*words, new], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise AssertionError(f"mmdebstrap: {done.stdout}{done.stderr}")
        new.rename(tree)
    return tree


def numbers_of(status):
    """Of a process, from the outermost namespace to its own; no other line counts, which may bear the same number."""
    return next((line.split()[1:] for line in status.read_text("utf-8").splitlines() if line.startswith("NSpid:")), [])


class Container:
    """Ends with its owner, also when that one is killed. `tree` is a copy that is thrown away."""

    def __init__(self, base):
        self.name = f"triggerd-{os.getpid()}"
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="container-", dir=base.parent))
        self.tree = self.folder / "tree"
        subprocess.run(["cp", "-a", "--reflink=auto", base, self.tree], check=True)
        self._machine = None
        # Who holds the network outlives every boot.
        self._network = self._start("unshare", "--net", "sleep", "infinity")
        until(lambda: os.readlink(self._network_path()) != os.readlink("/proc/self/ns/net"), "had a network")

    def _start(self, *words, **options):
        return subprocess.Popen(["setpriv", "--pdeathsig=KILL", "--", *map(str, words)], stdin=subprocess.DEVNULL, **options)

    def _network_path(self):
        return f"/proc/{self._network.pid}/ns/net"

    def boot(self):
        with open(self.folder / "console", "ab") as console:
            self._machine = self._start(
                "systemd-nspawn", "--quiet", "--boot", "--register=no", "--keep-unit", f"--machine={self.name}",
                "--capability=CAP_NET_ADMIN",  # it brings up the loopback device by itself
                f"--directory={self.tree}", f"--network-namespace-path={self._network_path()}",
                stdout=console, stderr=subprocess.STDOUT,
                env={"PATH": os.environ["PATH"], "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"})
        self.until_up()

    def leader(self):
        """The service manager's number on this side; none between two boots."""
        pid = self._machine.pid
        children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
        return int(children[0]) if children else None

    def until_up(self):
        def look():
            if self._machine.poll() is not None:
                raise AssertionError(f"the container ended:\n{self.console()}")
            return self.leader() and self.run("systemctl", "is-system-running", check=False).stdout.strip() in (
                "running", "degraded")
        try:
            until(look, "booted")
        except AssertionError as why:
            raise AssertionError(f"{why}:\n{self.console()}") from why

    def console(self):
        return "\n".join((self.folder / "console").read_text("utf-8", "replace").splitlines()[-40:])

    def run(self, *words, check=True):
        done = subprocess.run(["nsenter", "--all", f"--target={self.leader()}", "--", *map(str, words)], text=True,
                              capture_output=True, stdin=subprocess.DEVNULL, timeout=PATIENCE, check=False,
                              env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "HOME": "/root",
                                   "DEBIAN_FRONTEND": "noninteractive"})
        if check and done.returncode != 0:
            raise AssertionError(f"{words} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done

    def outside_pid(self, inside):
        """The number on this side of a process that has another one in the container."""
        own = os.readlink(f"/proc/{self.leader()}/ns/pid")
        for status in pathlib.Path("/proc").glob("[0-9]*/status"):
            try:
                if os.readlink(status.parent / "ns/pid") == own and numbers_of(status)[-1:] == [str(inside)]:
                    return int(status.parent.name)
            except (FileNotFoundError, PermissionError, ProcessLookupError):
                continue
        raise AssertionError(f"the container has no process {inside}")

    def beside(self, *words, **options):
        """Starts a program of the tree in the container's network, but not in the container: it survives its boots."""
        return self._start("nsenter", f"--net={self._network_path()}", "chroot", self.tree, *words, **options)

    def cut_power(self):
        if self._machine and self._machine.poll() is None:
            if leader := self.leader():
                os.kill(leader, 9)
            self._machine.wait(PATIENCE)

    def shut_down(self):
        self.run("systemctl", "poweroff", check=False)  # it may end before it can answer
        self._machine.wait(PATIENCE)

    def destroy(self):
        self.cut_power()
        self._network.kill()
        self._network.wait()
        shutil.rmtree(self.folder)
        shutil.rmtree(f"/run/systemd/nspawn/propagate/{self.name}", ignore_errors=True)  # it leaves that where /run is a disk
