#!/usr/bin/env python3
"""Who may ask what: every user against every method over the real socket, what strangers see, and the audit of it all."""

import collections
import grp
import hashlib
import json
import os
import pwd
import re
import socket
import subprocess
import unittest

from house import BUILD, House, PATIENCE, environment

SERVICE = 64000  # the daemon's own user; numbers need no entry in the machine's tables
READER, ADMINS, STRANGER = 64001, 64002, 64003
NAMED_USER, NAMED_GROUP = "nobody", "games"  # every Debian has them

# User, group, other groups, and the role that comes of the rules below.
User = collections.namedtuple("User", "uid gid groups role")
USERS = {
    "root": User(0, 0, [], "admin"),
    "the service's own user": User(SERVICE, SERVICE, [], "admin"),
    "a reader by number": User(READER, STRANGER, [], "read"),
    "a reader by name": User(pwd.getpwnam(NAMED_USER).pw_uid, STRANGER, [], "read"),
    "an operator by the group's name": User(64010, grp.getgrnam(NAMED_GROUP).gr_gid, [], "operate"),
    "an operator by another group": User(64011, STRANGER, [64099, grp.getgrnam(NAMED_GROUP).gr_gid], "operate"),
    "an administrator by the group's number": User(64012, ADMINS, [], "admin"),
    "a reader whose group comes later": User(READER, ADMINS, [], "read"),
    # Numbers of users are no numbers of groups, nor the other way round.
    "a stranger": User(STRANGER, READER, [SERVICE], "none"),
    "a stranger with a group's number": User(ADMINS, STRANGER, [], "none"),
}
RULES = f"""format = "json"
[[socket.allow]]
user = "{READER}"
role = "read"
[[socket.allow]]
user = "{NAMED_USER}"
role = "read"
[[socket.allow]]
group = "{NAMED_GROUP}"
role = "operate"
[[socket.allow]]
group = "{ADMINS}"
role = "admin"
"""
RANK = ["none", "read", "operate", "admin"]
CONTROL = "io.triggerd.Control."
DENIED = CONTROL + "PermissionDenied"
SERVICE_METHODS = {"org.varlink.service.GetInfo": {},
                   "org.varlink.service.GetInterfaceDescription": {"interface": "io.triggerd.Control"}}

# What is asked; a method that is not here is asked without words. Roles are judged before parameters, so wrong ones show
# who might end the daemon without ending it.
ARGUMENTS = {
    "Explain": {"what": "01jdoesnotexist0000000000a"}, "Fire": {"id": "01jdoesnotexist0000000000a"}, "Plan": {"job": "rehearse"},
    "Run": {"job": "rehearse", "on": "shop-prod"}, "Cancel": {"fire": "01jdoesnotexist0000000000a"},
    "Pause": {"what": "rehearse", "for_ms": 60_000}, "Resume": {"what": "rehearse"},
    "Resolve": {"fire": "01jdoesnotexist0000000000a", "as": "done"},
    "SessionTail": {"target": "shop-prod", "session": "nobody-opened-it"},
    "SessionAppend": {"target": "shop-prod", "session": "nobody-opened-it", "record": "\"hello\""},
    "LogLevel": {"level": "info"}, "Call": {"target": "shop-prod", "endpoint": "runs.list"},
    "Token": {"target": "shop-prod", "scopes": ["read:runs"]}, "Drain": {"now": True}, "Stop": {"now": True},
}

# Sends calls one after the other and prints the bytes that came for each, and whether the connection had ended then: a new
# one is made in that case. Who is to be shown out waits for it.
CLIENT = """
import json, os, socket, sys
path, patience, shown_out = sys.argv[1], float(sys.argv[2]), sys.argv[3] == "shown out"
door, seen = None, []
for call in json.load(sys.stdin):
    if door is None:
        door = socket.socket(socket.AF_UNIX)
        door.settimeout(patience)
        door.connect(path)
    try:
        door.sendall(call.encode() + b"\\0")
    except BrokenPipeError:
        pass  # refused at the door, in words that are still to be read
    got, more = b"", b" "
    while more and (shown_out or not got.endswith(b"\\0")):
        more = door.recv(65536)
        got += more
    seen.append((got.decode(), not more))
    if not more:
        door.close()
        door = None
print(json.dumps([os.getpid(), seen]))
"""


def roles_by_the_comments():
    """Each method of the interface, and the role that its comment says."""
    text = subprocess.run([BUILD / "triggerctl", "interface"], capture_output=True, text=True, check=True,
                          env=environment()).stdout
    found = {}
    for comment, name in re.findall(r"((?:^#.*\n)*)^method (\w+)", text, re.MULTILINE):
        said = re.findall(r"Role: (\w+)\.", comment.replace("\n#", ""))
        if len(said) != 1 or said[0] not in RANK[1:]:
            raise AssertionError(f"the comment of {name} says the roles {said}")
        found[CONTROL + name] = said[0]
    return found


@unittest.skipIf(os.getuid() != 0, "needs root to be somebody else")
class Roles(House):
    def setUp(self):
        super().setUp()
        self.open_sandbox()
        self.write(more=RULES)
        os.chown(self.home, SERVICE, SERVICE)
        os.chmod(self.home, 0o755)
        self.under = ["setpriv", f"--reuid={SERVICE}", f"--regid={SERVICE}", "--clear-groups"]
        self.roles = {**roles_by_the_comments(), **dict.fromkeys(SERVICE_METHODS, "read")}
        # The sanitiser looks for leaks by tracing, which the daemon forbids to others of its user.
        self.start(ASAN_OPTIONS=environment().get("ASAN_OPTIONS", "") + ":detect_leaks=0")

    def speak(self, user, calls):
        """The raw replies to calls of this user over connections of its own, with the pid that they came from."""
        argv = ["python3", "-B", "-c", CLIENT, self.home / "run/control", str(PATIENCE),
                "shown out" if user.role == "none" else "served"]
        done = subprocess.run([str(a) for a in argv], input=json.dumps(calls), capture_output=True, text=True, cwd="/",
                              env=environment(), timeout=4 * PATIENCE, user=user.uid, group=user.gid,
                              extra_groups=user.groups)
        self.assertEqual(done.returncode, 0, done.stderr + self.daemon.said())
        return json.loads(done.stdout)

    def call(self, method):
        return {"method": method, "parameters": ARGUMENTS.get(method.removeprefix(CONTROL), SERVICE_METHODS.get(method, {}))}

    def audit(self):
        lines = [json.loads(line) for line in self.daemon.said().splitlines() if line.startswith("{")]
        return [line for line in lines if line["message"].startswith("audit: ")]

    def assert_as_the_role_says(self, user, method, raw, ended):
        """The one reply; who has no role is shown out after it."""
        self.assertEqual((raw.count("\0"), ended), (1, user.role == "none"))
        reply = json.loads(raw[:-1])
        needs = self.roles[method]
        if RANK.index(user.role) < RANK.index(needs):
            self.assertEqual(reply, {"error": DENIED, "parameters": {"needs": needs, "has": user.role}})
        else:
            self.assertNotIn(reply.get("error"), (DENIED, "org.varlink.service.MethodNotFound",
                                                  "org.varlink.service.MethodNotImplemented"))
        return reply

    def test_every_user_reaches_exactly_the_methods_of_its_role_and_each_change_is_audited_once(self):
        expected = []
        calls = [self.call(method) for method in self.roles]
        for name, user in USERS.items():
            pid, seen = self.speak(user, [json.dumps(one) for one in calls])
            for call, (raw, ended) in zip(calls, seen):
                method = call["method"]
                with self.subTest(user=name, method=method):
                    error = self.assert_as_the_role_says(user, method, raw, ended).get("error", "ok")
                if self.roles[method] == "read":
                    continue
                words = json.dumps(call["parameters"], sort_keys=True, separators=(",", ":"))
                expected.append((method.removeprefix(CONTROL), str(user.uid), str(pid), hashlib.sha256(words.encode()).hexdigest(),
                                 "denied" if error == DENIED else error))
        kept = [(one["verb"], one["uid"], one["pid"], one["arguments"], one["outcome"]) for one in self.audit()]
        self.assertEqual(kept, expected)
        self.assertEqual(self.ask("status")["state"], "running")
        self.signal_twice()

    def signal_twice(self):
        """The matrix leaves fires behind."""
        self.daemon.child.terminate()
        self.until_told("STOPPING=1")
        self.daemon.child.terminate()
        self.assertEqual(self.daemon.wait(), 0, self.daemon.said())

    def test_a_stranger_learns_no_name_whatever_it_sends(self):
        self.ask("run", "rehearse", "--wait")
        calls = [json.dumps(self.call(method)) for method in self.roles]
        calls += [json.dumps({**self.call(method), "more": True}) for method in self.roles]
        calls += [json.dumps({"method": name, "parameters": {}}) for name in ("", "a.b", CONTROL + "Nothing", "org.varlink.service.Nothing")]
        calls += [json.dumps({"method": CONTROL + "Run", "parameters": {"job": job}}) for job in ("rehearse", "rehears", "none")]
        calls += ["", "GET / HTTP/1.1", "[]", "[" * 10_000, json.dumps({"method": 7}), json.dumps({"method": CONTROL + "Jobs", "parameters": [1]})]
        _, seen = self.speak(USERS["a stranger"], calls)
        all_of_it = "".join(raw for raw, _ in seen)
        for secret in ("shop", "prod", "staging", "rehearse", "proj_", "tier", str(self.home), *self.keys.values()):
            self.assertNotIn(secret, all_of_it)
        for call, (raw, ended) in zip(calls, seen):
            with self.subTest(call=call[:100]):
                self.assertTrue(ended)
                self.assertIn(json.loads(raw[:-1])["error"], (DENIED, CONTROL + "MalformedMessage"))
        self.stop()

    def test_a_call_without_reply_is_refused_without_one_and_audited_all_the_same(self):
        silent = json.dumps({**self.call(CONTROL + "Pause"), "oneway": True})
        for name, outcome in (("a stranger", "denied"), ("a reader by number", "denied"), ("root", "ok")):
            with self.subTest(user=name):
                before = len(self.audit())
                user = USERS[name]
                asked = [silent] if user.role == "none" else [silent + "\0" + json.dumps(self.call("org.varlink.service.GetInfo"))]
                _, [(raw, _)] = self.speak(user, asked)
                self.assertEqual(raw == "", user.role == "none")
                self.assertEqual([one["outcome"] for one in self.audit()[before:]], [outcome])
        self.stop()

    def test_only_an_administrator_ends_it_and_the_audit_is_the_witness(self):
        stop = json.dumps({"method": CONTROL + "Stop"})
        self.assertIn(DENIED, self.speak(USERS["an operator by another group"], [stop])[1][0][0])
        self.assertEqual(self.ask("status")["state"], "running")
        pid, [(raw, _)] = self.speak(USERS["an administrator by the group's number"], [stop])
        self.assertNotIn("error", json.loads(raw[:-1]))
        self.assertEqual(self.daemon.wait(), 0)
        self.assertEqual([(one["verb"], one["uid"], one["outcome"]) for one in self.audit()],
                         [("Stop", "64011", "denied"), ("Stop", "64012", "ok")])
        self.assertEqual(self.audit()[-1]["pid"], str(pid))

    # --- limits ---

    def test_strangers_that_hold_every_connection_do_not_shut_root_out(self):
        crowd = json.dumps([socket.AF_UNIX, str(self.home / "run/control")])
        hold = "import json, socket, sys\nfamily, path = json.loads(sys.argv[1])\nheld = []\n" \
               "for _ in range(32):\n  held.append(socket.socket(family))\n  held[-1].connect(path)\n" \
               "print('held', flush=True)\nsys.stdin.read()\n"
        for uid in range(64100, 64110):
            one = subprocess.Popen(["python3", "-B", "-c", hold, crowd], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   text=True, cwd="/", env=environment(), user=uid, group=uid, extra_groups=[])
            self.addCleanup(one.stdout.close)
            self.addCleanup(one.wait)
            self.addCleanup(one.stdin.close)
            self.assertEqual(one.stdout.readline(), "held\n")
        _, [(raw, _)] = self.speak(USERS["a reader by number"], [json.dumps(self.call(CONTROL + "Status"))])
        self.assertIn("TooManySessions", raw)
        self.assertEqual(self.ask("status")["state"], "running")
        self.stop()


if __name__ == "__main__":
    unittest.main(verbosity=2)
