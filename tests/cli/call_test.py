#!/usr/bin/env python3
"""What administrators ask a target's server by hand: calls, public access tokens, sessions."""

import json
import os
import pathlib
import re
import subprocess
import time
import unittest
import urllib.error
import urllib.request

from house import BUILD, House, PATIENCE, Program, environment

WORLD = pathlib.Path(__file__).resolve().parents[2] / "config/sandbox/world.toml"
CONTROL = "io.triggerd.Control."
ADDITIONAL_KEY = "tr_prod_sk_shopSandboxInvented0001"

# Targets beside the house's two: the same environment with an additional key, and by a person's token.
MORE = """
[credential.additional]
env = "ADDITIONAL_KEY"
kind = "additional-key"
[credential.person]
env = "OPERATOR_PAT"
kind = "pat"
[target.shop-additional]
project = "proj_shopaaaaaaaaaaaaaaaa"
environment = "prod"
credential = "additional"
[target.shop-person]
project = "proj_shopaaaaaaaaaaaaaaaa"
environment = "prod"
credential = "person"
"""

LOST_REPLY = """
[[fault]]
name = "the reply of a trigger is lost"
method = "POST"
path = "/api/v1/tasks/*/trigger"
what = "reset"
effect = true
"""


SERVER_FAULT = """
[[fault]]
name = "always broken"
path = "/api/v1/*"
what = "status"
status = 503
"""


class Asked(House):
    def setUp(self):
        super().setUp()
        self.effects = self.home / "effects.ndjson"
        self.keys["ADDITIONAL_KEY"] = ADDITIONAL_KEY
        self.open_sandbox("--world", self.world(), "--effects", self.effects)
        self.write(jobs=MORE)
        self.start()

    def world(self):
        """The built-in one, and an additional key of the shop's production."""
        text = WORLD.read_text("utf-8")
        anchor = 'export_as = "SHOP_PROD_KEY"\n'
        path = self.home / "world.toml"
        path.write_text(text.replace(anchor, anchor + f'additional_key = [{{ key = "{ADDITIONAL_KEY}" }}]\n', 1))
        return path

    def ctl_with(self, text, *words):
        """The client with something on its standard input."""
        argv = [BUILD / "triggerctl", "--socket", self.home / "run/control", "--json", *words]
        done = subprocess.run([str(a) for a in argv], text=True, input=text, capture_output=True, env=environment(),
                              timeout=PATIENCE)
        return done.returncode, done.stdout, done.stderr

    def call(self, *words):
        return self.ask("call", *words)["reply"]["json"]

    def refused(self, *words):
        """Exit code, name and parameters of an error."""
        code, out, err = self.ctl("--json", *words)
        reply = json.loads(out)
        self.assertTrue(reply["error"].startswith(CONTROL), (reply, err))
        return code, reply["error"][len(CONTROL):], reply["parameters"]

    def make_trouble(self, faults):
        asked = urllib.request.Request(self.url + "/sandbox/faults", faults.encode(), method="POST")
        urllib.request.urlopen(asked).close()

    def made_runs(self):
        if not self.effects.exists():
            return []
        return [e for e in map(json.loads, self.effects.read_text("utf-8").splitlines()) if e["kind"] == "run-created"]

    def requests(self, endpoint):
        """What went out to an endpoint, by target."""
        pattern = rf'triggerd_requests_total\{{endpoint="{re.escape(endpoint)}",kind="other",outcome="[^"]*",target="([^"]*)"\}} (\d+)'
        found = re.findall(pattern, self.ask("metrics")["text"])
        return {target: int(count) for target, count in found}

    def audits(self, verb):
        return [line for line in self.daemon.said().splitlines() if f"audit: {verb} " in line]


class Calls(Asked):
    def test_a_read_and_a_write(self):
        body = self.home / "body.json"
        body.write_text(json.dumps({"payload": {"behaviour": "ok"}, "options": {"tags": ["by-hand"]}}))
        run = self.call("shop-prod", "tasks.trigger", "-p", "taskId=rehearse", "--body", body)["id"]
        self.assertEqual([e["run"] for e in self.made_runs()], [run])
        seen = self.call("shop-prod", "runs.retrieve", "-p", f"runId={run}")
        self.assertEqual((seen["id"], seen["tags"]), (run, ["by-hand"]))
        listed = self.until(lambda: self.call("shop-prod", "runs.list", "-p", "filter[tag]=by-hand")["data"], "listed")
        self.assertEqual([one["id"] for one in listed], [run])
        self.assertEqual(self.requests("tasks.trigger"), {"shop-prod": 1})

        code, out, _ = self.ctl_with('{"payload": {}}', "call", "shop-staging", "tasks.trigger", "-p", "taskId=rehearse",
                                     "--body", "-")
        self.assertEqual(code, 0, out)
        self.assertEqual(len(self.made_runs()), 2)

        code, out, _ = self.ctl("call", "shop-prod", "runs.retrieve", "-p", f"runId={run}")
        self.assertEqual(code, 0)
        self.assertIn(f'\n  "id": "{run}",\n', out)  # for people: a member a line
        self.assertEqual(len(self.audits("Call")), self.daemon.said().count("audit: "))
        self.assertIn("(target shop-prod, endpoint tasks.trigger)", self.audits("Call")[0])
        self.assertNotIn("by-hand", self.daemon.said())
        self.stop()

    def test_keys_and_values_stay_in_the_daemon(self):
        code, out, _ = self.ctl("--json", "call", "shop-prod", "whoami.key")
        self.assertEqual(code, 0)
        who = json.loads(out)["reply"]["json"]
        self.assertEqual(who["apiKey"], "[redacted]")
        self.assertEqual(who["project"]["externalRef"], "proj_shopaaaaaaaaaaaaaaaa")
        # The project and the environment are the target's own.
        variables = self.call("shop-prod", "envvars.list")
        self.assertEqual({v["name"]: v["value"] for v in variables}["REGION"], "[redacted]")
        everything = self.call("shop-prod", "envvars.resolveAll")["variables"]
        self.assertEqual(set(everything.values()), {"[redacted]"})
        key = self.call("shop-person", "environments.key")
        self.assertEqual(key["apiKey"], "[redacted]")
        self.assertNotIn("SandboxInvented", self.daemon.said())
        self.stop()

    def test_what_cannot_be_called_is_refused_and_nothing_is_sent(self):
        code, name, why = self.refused("call", "shop-prod", "runs.lst")
        self.assertEqual((code, name, why["nearest"]), (64, "UnknownEndpoint", "runs.list"))
        code, name, why = self.refused("call", "shop-prod", "runs.retrieve")
        self.assertEqual((code, name), (64, "BadArgument"))
        self.assertIn("runId", why["reason"])
        code, name, why = self.refused("call", "shop-prod", "sessions.subscribe", "-p", "session=s", "-p", "io=out")
        self.assertEqual((code, name), (64, "BadArgument"))
        code, name, why = self.refused("call", "shop-prdo", "runs.list")
        self.assertEqual((code, name, why["nearest"]), (64, "UnknownTarget", "shop-prod"))
        for endpoint, given in [("runs.list", []), ("runs.cancel", ["-p", "runId=run_1"])]:
            code, name, why = self.refused("call", "shop-person", endpoint, *given)
            self.assertEqual((code, name, why["code"]), (1, "Failed", "api.wrong-credential"))
        self.ask("pause", "shop-prod")
        code, name, why = self.refused("call", "shop-prod", "runs.list")
        self.assertEqual((code, name, why["state"]), (1, "NotNow", "paused"))
        self.assertNotIn("triggerd_requests_total{", self.ask("metrics")["text"])
        self.stop()

    def test_the_server_s_refusal_is_told_in_its_words(self):
        code, name, why = self.refused("call", "shop-prod", "schedules.retrieve", "-p", "scheduleId=sched_none")
        self.assertEqual((code, name, why["status"], why["code"]), (1, "Failed", 404, "api.not-found"))
        code, _, err = self.ctl("call", "shop-prod", "schedules.retrieve", "-p", "scheduleId=sched_none")
        self.assertEqual(code, 1)
        self.assertIn("(api.not-found)", err)
        self.stop()

    def test_a_write_whose_reply_is_lost_is_not_repeated_and_ends_unknown(self):
        self.make_trouble(LOST_REPLY)
        body = self.home / "body.json"
        body.write_text("{}")
        code, name, why = self.refused("call", "shop-prod", "tasks.trigger", "-p", "taskId=rehearse", "--body", body)
        self.assertEqual((code, name, why["unknown"]), (3, "Failed", True))
        self.assertEqual(len(self.made_runs()), 1)
        self.stop()

    def test_a_read_is_repeated_as_the_target_says_and_a_write_never(self):
        self.call("shop-prod", "runs.list")
        self.call("shop-prod", "auth.claims")  # a write, for which the key was proved
        self.make_trouble(SERVER_FAULT)
        code, _, why = self.refused("call", "shop-prod", "queues.list")
        self.assertEqual((code, why["status"], "unknown" in why), (1, 503, False))
        self.assertEqual(self.requests("queues.list"), {"shop-prod": 5})
        code, _, why = self.refused("call", "shop-prod", "runs.replay", "-p", "runId=run_1")
        self.assertEqual((code, why["status"], why["unknown"]), (3, 503, True))
        self.assertEqual(self.requests("runs.replay"), {"shop-prod": 1})
        self.assertEqual(self.ask("targets", "shop-prod")["targets"][0]["retries"], 4)
        self.stop()

    def test_the_table_needs_no_daemon(self):
        self.stop()
        code, out, _ = self.ctl("endpoints", "--names")
        self.assertEqual(code, 0)
        self.assertIn("runs.retrieve", out.splitlines())
        code, out, _ = self.ctl("endpoints")
        self.assertRegex(out, r"\nruns\.retrieve +GET +/api/v3/runs/\{runId\} +a secret key")


class Tokens(Asked):
    def use(self, token, method, path, body=None):
        """What a request with this token is answered: the status."""
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        asked = urllib.request.Request(self.url + path, None if body is None else json.dumps(body).encode(), headers,
                                       method=method)
        try:
            with urllib.request.urlopen(asked) as reply:
                return reply.status
        except urllib.error.HTTPError as refused:
            refused.close()
            return refused.code

    def made(self, *words):
        code, out, err = self.ctl("token", *words)
        self.assertEqual((code, err), (0, ""), out)
        self.assertRegex(out, r"\AeyJ[\w-]+\.[\w-]+\.[\w-]+\n\Z")  # alone
        return out.strip()

    def test_a_token_opens_what_it_says_and_no_more(self):
        for target in ("shop-prod", "shop-additional", "shop-person"):
            with self.subTest(target=target):
                token = self.made(target, "--read", "runs", "--trigger", "tasks:rehearse", "--expires", "1h")
                self.assertEqual(self.use(token, "GET", "/api/v1/runs"), 200)
                self.assertEqual(self.use(token, "POST", "/api/v1/tasks/rehearse/trigger", {}), 200)
                self.assertEqual(self.use(token, "POST", "/api/v1/tasks/reindex/trigger", {}), 403)
                self.assertEqual(self.use(token, "GET", "/api/v1/sessions"), 403)
                self.assertEqual(self.use(token, "GET", "/api/v1/waitpoints/tokens"), 401)  # no token opens that
                self.assertNotIn(token, self.daemon.said())
                self.assertIn(f"(target {target}, scopes read:runs trigger:tasks:rehearse, expires 1h)",
                              self.audits("Token")[-1])
        self.stop()

    def test_a_token_for_one_time_triggers_once(self):
        token = self.made("shop-prod", "--trigger", "tasks:rehearse", "--one-time")
        self.assertEqual(self.use(token, "POST", "/api/v1/tasks/rehearse/trigger", {}), 200)
        self.assertEqual(self.use(token, "POST", "/api/v1/tasks/rehearse/trigger", {}), 422)
        self.stop()

    def test_a_token_ends_when_it_was_asked_to(self):
        reply = self.ask("token", "shop-prod", "--read", "runs", "--expires", "2099-01-01T00:00:00Z")
        self.assertEqual(reply["expires"], "2099-01-01T00:00:00.000Z")
        for words, part in [(["--read", "runs", "--expires", "2001-01-01"], "past"), (["--read", "runs", "--expires", "soon"], "end"),
                            ([], "scope"), (["--read", "runs", "--one-time"], "trigger"), (["--read", ""], "scope")]:
            with self.subTest(words=words):
                code, name, why = self.refused("token", "shop-prod", *words)
                self.assertEqual((code, name), (64, "BadArgument"))
                self.assertIn(part, why["reason"])
        self.assertNotIn("eyJ", self.daemon.said())
        self.stop()


class Sessions(Asked):
    def setUp(self):
        super().setUp()
        body = self.home / "session.json"
        body.write_text(json.dumps({"type": "chat", "externalId": "chat-1", "taskIdentifier": "rehearse",
                                    "triggerConfig": {"basePayload": {"behaviour": "hold"}}}))
        made = self.call("shop-prod", "sessions.create", "--body", body)
        self.assertEqual(made["publicAccessToken"], "[redacted]")
        self.session = made["id"]

    def tail(self, *words):
        code, out, err = self.ctl("session", "shop-prod", "tail", *words)
        self.assertEqual(code, 0, err)
        return out.splitlines()

    def test_what_is_appended_is_read_back(self):
        first = self.ask("session", "shop-prod", "append", "chat-1", '{"say": "hello"}')["seq"]
        code, _, err = self.ctl_with("plain words", "session", "shop-prod", "append", self.session, "-")
        self.assertEqual(code, 0, err)
        self.ask("session", "shop-prod", "append", "chat-1", "--out", '{"say": "welcome"}')
        said = self.tail("chat-1", "--in")
        self.assertEqual(len(said), 2)
        self.assertIn('"say":"hello"', said[0])
        self.assertIn("plain words", said[1])
        self.assertEqual(self.tail("chat-1", "--in", "--from", str(first + 1)), said[1:])
        self.assertIn('"say":"welcome"', "\n".join(self.tail(self.session)))  # the task may have answered before
        self.assertIn("(target shop-prod, session chat-1, side out)", self.audits("SessionAppend")[-1])
        self.assertNotIn("hello", self.daemon.said())
        self.stop()

    def test_a_follower_sees_what_comes_and_costs_nothing_when_it_has_gone(self):
        argv = [BUILD / "triggerctl", "--socket", self.home / "run/control", "session", "shop-prod", "tail", "chat-1", "--follow"]
        follower = Program(self, argv, environment())
        for word in ("one", "two"):
            self.ask("session", "shop-prod", "append", "chat-1", "--out", json.dumps({"say": word}))
            follower.until_said(f'"say":"{word}"')
        follower.child.kill()
        follower.wait()
        looks = self.until(lambda: self.looks_when_still(), "stopped looking")
        self.assertGreater(looks, 0)
        self.stop()

    def looks_when_still(self):
        """How often the channel was looked at, once that no longer grows; 0 while it does."""
        count = lambda: self.requests("sessions.records").get("shop-prod", 0)
        before = count()
        time.sleep(2)
        return before if count() == before else 0

    def test_a_session_that_is_not_there(self):
        code, name, why = self.refused("session", "shop-prod", "append", "nobody", "hello")
        self.assertEqual((code, name, why["status"]), (1, "Failed", 404))
        self.stop()


@unittest.skipIf(os.getuid() != 0, "needs root to be somebody else")
class Roles(House):
    NOBODY = 65534

    def test_calls_and_tokens_are_for_administrators_sessions_for_operators(self):
        os.chmod(self.home, 0o755)
        for role, allowed in [("read", 0), ("operate", 1)]:
            with self.subTest(role=role):
                self.write(more=f'[[socket.allow]]\nuser = "{self.NOBODY}"\nrole = "{role}"\n')
                self.start()
                codes = [self.ctl(*words, user=self.NOBODY)[0] for words in
                         (["session", "nowhere", "tail", "s"], ["call", "nowhere", "runs.list"], ["token", "nowhere", "--admin"])]
                self.assertEqual(codes, [64 if i < allowed else 77 for i in range(3)])
                denied = [line for line in self.daemon.said().splitlines() if "audit: " in line and ": denied" in line]
                self.assertEqual(len(denied), 3 - allowed)
                self.assertIn("(target nowhere, scopes admin)", denied[-1])
                self.stop()


if __name__ == "__main__":
    unittest.main(verbosity=2)
