#!/usr/bin/env python3
"""The packages on a booted Debian: what service managers, operators and accidents do to an installed daemon. After each
accident the server's own log decides whether anything was lost or doubled.

boot_test.py FOLDER-OF-PACKAGES CODENAME-OF-RELEASE FOLDER-FOR-TREES [CASE...]
"""

import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

import container
import memory
from container import until
from machine import CREDENTIALS, ORDERS, Machine

PACKAGES, RELEASE, TREES = pathlib.Path(sys.argv[1]), sys.argv[2], pathlib.Path(sys.argv[3])
README = pathlib.Path(__file__).resolve().parents[2] / "README.md"
WRONG_KEY = "tr_stg_shopServiceInvented000009"
machine = None


def package(name):
    found = sorted(PACKAGES.glob(f"{name}_*.deb"))
    if len(found) != 1:
        raise AssertionError(f"{PACKAGES} holds {len(found)} packages {name}")
    return found[0]


def later_version(deb, folder):
    """The same package as a later version."""
    subprocess.run(["dpkg-deb", "--raw-extract", deb, folder / "unpacked"], check=True)
    control = folder / "unpacked/DEBIAN/control"
    lines = control.read_text("utf-8").splitlines()
    control.write_text("\n".join(line + "+later" if line.startswith("Version: ") else line for line in lines) + "\n", "utf-8")
    subprocess.run(["dpkg-deb", "--build", "--root-owner-group", "-Znone", folder / "unpacked", folder / "triggerd-later.deb"],
                   check=True, capture_output=True)
    return folder / "triggerd-later.deb"


def setUpModule():
    global machine
    depends = subprocess.run(["dpkg-deb", "--field", package("triggerd"), "Depends"], text=True, check=True,
                             capture_output=True).stdout.strip()
    machine = Machine(container.debian(TREES, RELEASE, depends))
    unittest.addModuleCleanup(machine.destroy)
    machine.boot()
    install(package("triggerd"))
    machine.start_server()


def install(deb):
    machine.apt("install", "--option=Dpkg::Options::=--force-confold", machine.copy_in(deb))


class Running(unittest.TestCase):
    """Each case begins with a daemon that runs as it should, and with what the server has done so far."""

    def setUp(self):
        machine.configure()
        machine.run("systemctl", "reset-failed")
        machine.run("systemctl", "restart", "triggerd")
        self.pid = machine.main_pid()
        self.before = len(machine.effects())

    # --- a batch, and an accident in its middle ---

    def begin_import(self):
        fire = machine.ask("run", "import")["fire"]
        until(lambda: len(machine.runs("import-order", self.before)) >= ORDERS / 3, "sent a third of the orders")
        return fire

    def assert_whole(self, fire):
        """Every order has one run at each target, the ledger says the same, and the fire came to its end."""
        self.assertEqual(machine.ended(fire)["state"], "done")
        until(lambda: len(machine.runs("import-order", self.before)) >= 2 * ORDERS, "had all runs")
        runs = machine.runs("import-order", self.before)
        self.assertEqual((len(runs), set(runs.values())), (2 * ORDERS, {1}))
        self.assertEqual(sum(leg["items"] for leg in machine.fire(fire)["legs"]), 2 * ORDERS)

    def assert_middle(self):
        self.assertLess(len(machine.runs("import-order", self.before)), 2 * ORDERS, "the batch was over too soon")

    def assert_works(self):
        self.assertEqual(machine.ask("run", "rehearse", "--wait")["progress"]["state"], "done")

    @contextlib.contextmanager
    def dropped_in(self, name, *lines):
        machine.drop_in(name, *lines)
        try:
            machine.run("systemctl", "restart", "triggerd")
            yield
        finally:
            machine.take_drop_in(name)


class Work(Running):
    def test_a_job_runs_and_the_status_is_a_sentence(self):
        self.assert_works()
        self.assertIn("2 targets", machine.run("systemctl", "status", "triggerd").stdout)

    def test_a_job_runs_against_a_sandbox_that_is_a_service_too(self):
        machine.run("systemd-run", "--unit=rehearsal", "--property=DynamicUser=yes", "triggerd-sandbox",
                    "--listen=127.0.0.1:4041", "--world=/srv/world.toml")
        self.addCleanup(machine.run, "systemctl", "stop", "rehearsal")
        text = (machine.tree / "etc/triggerd/triggerd.toml").read_text("utf-8")
        machine.write("/etc/triggerd/triggerd.toml", text.replace(":4040", ":4041"))
        machine.run("systemctl", "restart", "triggerd")
        self.assert_works()
        self.assertEqual(len(machine.effects()), self.before)

    def test_the_journal_has_fields(self):
        fire = machine.ask("run", "rehearse", "--var", "ends=hold")["fire"]
        machine.ask("cancel", fire)
        machine.ended(fire)
        self.assertTrue(machine.journal(f"TRIGGERD_FIRE={fire}", "TRIGGERD_JOB=rehearse", "_SYSTEMD_UNIT=triggerd.service"))

    def test_wrong_files_end_a_start_once_and_for_all(self):
        machine.write("/etc/triggerd/triggerd.toml", "version = 1\nunknown = 2\n")
        self.assertNotEqual(machine.run("systemctl", "restart", "triggerd", check=False).returncode, 0)
        self.assertEqual(machine.shown("ActiveState", "ExecMainStatus", "NRestarts"), ("failed", "78", "0"))

    def test_several_instances_stand_beside_each_other(self):
        text = (machine.tree / "etc/triggerd/triggerd.toml").read_text("utf-8")
        machine.write("/etc/triggerd/shop/triggerd.toml", text)
        machine.write("/etc/triggerd/shop/jobs.d/jobs.toml", (machine.tree / "etc/triggerd/jobs.d/jobs.toml").read_text("utf-8"))
        machine.write("/etc/triggerd/shop/secrets/shop-staging", CREDENTIALS["shop-staging"], 0o600, "triggerd")
        machine.drop_in("keys", "LoadCredential=shop-prod:/etc/triggerd/secrets/shop-prod", unit="triggerd@.service")
        machine.run("systemctl", "start", "triggerd@shop")
        self.addCleanup(machine.run, "systemctl", "stop", "triggerd@shop")
        socket = "/run/triggerd-shop/control"
        machine.run("systemctl", "stop", "triggerd")
        done = machine.ask("run", "rehearse", "--wait", socket=socket)
        self.assertEqual(done["progress"]["state"], "done")
        machine.run("systemctl", "reload", "triggerd@shop")
        machine.run("systemctl", "start", "triggerd")
        self.assertNotIn(done["fire"], {one["id"] for one in machine.ask("fires")["fires"]})


class Reload(Running):
    def test_a_good_reload_is_applied_by_the_same_process(self):
        jobs = (machine.tree / "etc/triggerd/jobs.d/jobs.toml").read_text("utf-8")
        machine.write("/etc/triggerd/jobs.d/jobs.toml", jobs.replace("[job.compiled]", "[job.renamed]"))
        machine.run("systemctl", "reload", "triggerd")
        self.assertIn("renamed", {one["name"] for one in machine.ask("jobs")["jobs"]})
        self.assertEqual(machine.main_pid(), self.pid)

    def test_a_bad_reload_fails_and_changes_nothing(self):
        before = machine.ask("jobs")["jobs"]
        machine.write("/etc/triggerd/jobs.d/jobs.toml", 'version = 1\n[job.broken]\ntype = "nothing"\n')
        self.assertNotEqual(machine.run("systemctl", "reload", "triggerd", check=False).returncode, 0)
        self.assertEqual(machine.ask("jobs")["jobs"], before)
        self.assertEqual((machine.main_pid(), machine.shown("ActiveState")[0]), (self.pid, "active"))
        self.assert_works()

    def test_a_key_in_a_file_is_read_again_at_reload(self):
        fire = self.park("shop-staging", WRONG_KEY)
        machine.write_key("shop-staging", CREDENTIALS["shop-staging"])
        machine.run("systemctl", "reload", "triggerd")
        machine.ended(fire)
        self.assert_works()

    def test_a_credential_of_the_unit_changes_with_a_restart(self):
        fire = self.park("shop-prod", WRONG_KEY.replace("stg", "prod"))
        machine.write_key("shop-prod", CREDENTIALS["shop-prod"])
        self.assertEqual(machine.ask("reload")["verdict"], "unchanged")
        machine.run("systemctl", "restart", "triggerd")
        machine.ended(fire)
        self.assert_works()

    def park(self, target, key):
        """Gives a target a key that the server refuses, and a fire that meets it."""
        machine.write_key(target, key)
        machine.run("systemctl", "restart", "triggerd")
        fire = machine.ask("run", "rehearse")["fire"]
        self.until_target(target, "parked")
        return fire

    def until_target(self, name, state):
        until(lambda: (name, state) in {(one["name"], one["state"]) for one in machine.ask("targets")["targets"]},
              f"had {name} {state}")


class Programs(Running):
    """The drop-in is tried as the package installs it."""

    def test_a_program_that_compiles_as_it_runs_needs_the_drop_in(self):
        self.assertEqual(machine.ended(machine.ask("run", "compiled")["fire"])["state"], "failed")
        lines = (machine.tree / "usr/share/doc/triggerd/examples/systemd/exec-sources.conf").read_text("utf-8").splitlines()
        with self.dropped_in("exec-sources", *(line for line in lines if line and line[0] not in "#[")):
            self.assertEqual(machine.ended(machine.ask("run", "compiled")["fire"])["state"], "done")
        self.assertEqual((machine.tree / "var/cache/triggerd/.cache/kept").read_text("ascii"), "yes")


class Accidents(Running):
    def test_a_frozen_daemon_is_killed_by_the_watchdog(self):
        with self.dropped_in("watchdog", "WatchdogSec=3"):
            pid = machine.main_pid()
            fire = self.begin_import()
            os.kill(machine.outside_pid(pid), signal.SIGSTOP)
            self.assert_middle()
            machine.until_another_runs(pid)
            self.assertIn("Watchdog timeout", machine.journal_text())
            self.assert_whole(fire)

    @unittest.skipUnless(memory.limited(), "no memory controller here")
    def test_a_daemon_without_memory_is_killed_by_the_kernel(self):
        fire = self.begin_import()
        machine.write("/etc/triggerd/jobs.d/long.toml", "version = 1\n" + f"# {'long ' * 20}\n" * 5000)
        self.addCleanup((machine.tree / "etc/triggerd/jobs.d/long.toml").unlink)
        with memory.starved(machine.outside_pid(self.pid)):
            machine.run("systemctl", "kill", "--signal=HUP", "triggerd")  # it wants memory for what it reads
            until(lambda: machine.main_pid() != self.pid, "ran out of memory")
        self.assert_middle()
        machine.until_another_runs(self.pid)
        self.assert_whole(fire)

    def test_an_upgrade_under_load_goes_on_with_the_ledger(self):
        with tempfile.TemporaryDirectory(dir=machine.folder) as folder:
            deb = later_version(package("triggerd"), pathlib.Path(folder))
            fire = self.begin_import()
            install(deb)
        self.assertTrue(machine.run("dpkg-query", "--show", "triggerd").stdout.strip().endswith("+later"))
        self.assertNotIn(machine.main_pid(), (0, self.pid))
        self.assert_whole(fire)
        self.assertIn("proj_shop", (machine.tree / "etc/triggerd/triggerd.toml").read_text("utf-8"))

    def test_a_stop_drains_and_ends_at_its_deadline(self):
        text = (machine.tree / "etc/triggerd/triggerd.toml").read_text("utf-8")
        machine.write("/etc/triggerd/triggerd.toml", text.replace('"20s"', '"3s"'))
        machine.run("systemctl", "restart", "triggerd")
        fire = machine.ask("run", "rehearse", "--var", "ends=hold")["fire"]
        machine.run("systemctl", "stop", "--no-block", "triggerd")
        until(lambda: machine.shown("StatusText")[0].startswith("draining: 1 fire left"), "drained")
        until(lambda: machine.shown("ActiveState")[0] == "inactive", "stopped")
        self.assertEqual(machine.shown("Result", "ExecMainStatus"), ("success", "0"))
        machine.run("systemctl", "start", "triggerd")
        self.assertNotIn("ended", machine.fire(fire))
        machine.ask("cancel", fire)
        machine.ended(fire)
        self.assertEqual(set(machine.runs("rehearse", self.before).values()), {1})

    def test_a_machine_that_loses_its_power_goes_on_where_it_stood(self):
        fire = self.begin_import()
        machine.cut_power()
        self.assert_middle()
        machine.boot()
        machine.until_active()
        self.assert_whole(fire)

    def test_a_machine_that_is_shut_down_in_order_goes_on_where_it_stood(self):
        fire = self.begin_import()
        machine.shut_down()
        machine.boot()
        machine.until_active()
        self.assert_whole(fire)


@unittest.skipIf(RELEASE == "bookworm", "varlinkctl is not in Debian 12")
class Varlink(Running):
    def test_the_tools_of_systemd_speak_to_the_socket(self):
        socket, interface = "/run/triggerd/control", "io.triggerd.Control"
        self.assertIn(interface, machine.run("varlinkctl", "info", socket).stdout)
        self.assertIn("method Status", machine.run("varlinkctl", "introspect", socket, interface).stdout)
        self.assertIn("state", machine.run("varlinkctl", "call", socket, f"{interface}.Status", "{}").stdout)
        more = machine.run("timeout", "5", "varlinkctl", "call", "--more", socket, f"{interface}.Events", "{}", check=False)
        self.assertTrue(more.stdout, more.stderr)

    def test_the_interface_is_valid(self):
        machine.run("varlinkctl", "validate-idl", "/usr/share/triggerd/io.triggerd.Control.varlink")


class Package(Running):
    def begin_afresh(self):
        machine.apt("purge", "triggerd")
        shutil.rmtree(machine.tree / "etc/triggerd")
        machine.take_drop_in("keys")
        install(package("triggerd"))

    def test_a_fresh_one_runs_and_waits_for_targets(self):
        self.begin_afresh()
        self.assertEqual(machine.shown("ActiveState", "UnitFileState", "NRestarts"), ("active", "enabled", "0"))
        machine.run("triggerd", "check")
        self.assertEqual(machine.ask("targets")["targets"], [])
        self.assertEqual(machine.run("stat", "--format=%U %a", "/var/lib/triggerd", "/etc/triggerd/secrets").stdout,
                         "triggerd 700\ntriggerd 700\n")

    def test_the_tour_of_the_readme_leads_from_a_fresh_one_to_a_run_and_a_variable(self):
        self.begin_afresh()
        where, what = re.findall(r"^```toml\n(.*?)^```", README.read_text("utf-8"), re.MULTILINE | re.DOTALL)
        here = 'project = "proj_shopaaaaaaaaaaaaaaaa"\nbase_url = "http://127.0.0.1:4040"'
        machine.write("/etc/triggerd/triggerd.toml", where.replace('project = "proj_..."', here))
        machine.write("/etc/triggerd/jobs.d/hello.toml", what.replace("hello-world", "rehearse"))
        self.addCleanup((machine.tree / "etc/triggerd/jobs.d/hello.toml").unlink)
        machine.write_key("shop-staging", CREDENTIALS["shop-staging"])
        machine.run("triggerd", "check", "--deny-warnings")  # by root, of keys that are the service's
        machine.run("systemctl", "reload", "triggerd")
        for job in ("hello", "vars"):
            self.assertEqual(machine.ask("run", job, "--wait")["progress"]["state"], "done")
            self.assertTrue(machine.ask("next", job)["fires"])
        self.assertTrue(any("LOG_LEVEL" in json.dumps(one) for one in machine.effects()[self.before:]))

    def test_the_ledger_stays_at_removal_and_goes_at_purge(self):
        self.assert_works()
        fires = machine.ask("fires")["fires"]
        machine.apt("remove", "triggerd")
        self.assertEqual(machine.run("systemctl", "is-active", "triggerd", check=False).stdout.strip(), "inactive")
        install(package("triggerd"))
        machine.run("systemctl", "start", "triggerd")
        self.assertEqual(machine.ask("fires")["fires"], fires)
        machine.apt("purge", "triggerd")
        self.addCleanup(install, package("triggerd"))
        left = [path for path in ("var/lib/triggerd", "etc/triggerd/secrets", "etc/triggerd/triggerd.toml",
                                  "etc/systemd/system/multi-user.target.wants/triggerd.service")
                if (machine.tree / path).is_symlink() or (machine.tree / path).exists()]
        self.assertEqual(left, [])
        self.assertTrue((machine.tree / "etc/triggerd/jobs.d/jobs.toml").exists(), "what people wrote was taken")


if __name__ == "__main__":
    if why := container.missing():
        print(f"skipped: {why}")
        sys.exit(77)
    os.umask(0o022)
    unittest.main(argv=[sys.argv[0], *sys.argv[4:]], verbosity=2)
