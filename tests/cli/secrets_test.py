#!/usr/bin/env python3
"""Keys and the values of variables: whatever is done with them, no byte of them is found where it does not belong."""

import base64
import json
import pathlib
import re
import subprocess
import unittest
import urllib.parse
import urllib.request

from front import Front
from house import BUILD, House, PATIENCE, environment, free_port, invented_keys
from leaks import Net

WORLD = pathlib.Path(__file__).resolve().parents[1] / "demo/world.toml"

# What a file of variables may hold, control characters included. All invented.
DOTENV, FLAT, PRINTED = "dq/7fK+2mW\"x9=\x1b[31m\nRp4%tZ8&vB\\3nL", "jQ8+sX/5kD\"w2=\x01\x1f\r\nHy6%cN1&gT\\9fM", "pe/3Lb+8rV\"z5=\t\x7fWk2%dJ7&mC\\4hS"
BY_NAME, BY_FILE, BY_PROGRAM = "bn-Gd6Yt1Qo8Xs4Pl9Zw3Ke7Ru2Mh5Va", "bf-Hc2Zk8Wp5Ln1Xt7Ej4Yb9Qs6Ov3Gi", "bp-Aq9Ms3Fu6Dx1Kz8Wv5Tr2Hn7Lc4Py"
UNPARSED, DYING = "un-Yx5Rf2Nb8Kw3Jt6Gm9Dq1Zs4Pv7Hc", "dy-Le4Vu8Tb1Hy6Sd3Oz9Xk5Wg2Rj7Ni"
REFUSED_KEY = "tr_prod_refusedInventedQ7w3E9r5T1y8"

MORE = """
[http]
listen = "127.0.0.1:{port}"
[credential.crm-prod]
file = "{home}/crm.key"
[credential.person]
exec = ["cat", "{home}/person.key"]
kind = "pat"
[credential.refused]
env = "REFUSED_KEY"
[target.crm-prod]
project = "proj_crmbbbbbbbbbbbbbbbbb"
environment = "prod"
credential = "crm-prod"
base_url = "{front}"
retry = {{ attempts = 2, backoff = "10ms..20ms" }}
labels = {{ tier = "quoting" }}
[target.crm-person]
project = "proj_crmbbbbbbbbbbbbbbbbb"
environment = "staging"
credential = "person"
base_url = "{front}"
retry = {{ attempts = 2, backoff = "10ms..20ms" }}
labels = {{ tier = "person" }}
[target.shop-refused]
project = "proj_shopaaaaaaaaaaaaaaaa"
environment = "prod"
credential = "refused"
labels = {{ tier = "refused" }}
"""

JOBS = """
[defaults.job]
parallel = 8
retry = { attempts = 1 }
[job.close-books]
type = "trigger"
targets = ["*", "!crm-person"]
task = "close-books"
payload = { day = "{{ fire.date }}" }
wait = { for = "success", timeout = "2m" }
[job.import-orders]
type = "batch"
targets = ["*", "!crm-person"]
task = "import-order"
items_from = { ndjson = "orders.ndjson" }
rejects = { file = "rejects/bad.ndjson", max = "50%" }
[job.replay-outage]
type = "replay"
targets = ["shop-prod", "crm-prod"]
expect = { max = 1_000 }
[job.replay-outage.select]
from = "-3h"
to = "-60s"
status = ["failed"]
[job.sync]
type = "env-sync"
targets = ["*"]
override = "all"
prune = "managed"
plain = ["PUBLIC_*"]
[[job.sync.source]]
dotenv = "app.env"
[[job.sync.source]]
json = "app.json"
[[job.sync.source]]
exec = ["cat", "printed.json"]
format = "json"
[[job.sync.source]]
[job.sync.source.values]
PUBLIC_NAME = "The Shop"
BY_NAME = { env = "SYNC_BY_NAME" }
BY_FILE = { file = "value.txt" }
BY_PROGRAM = { exec = ["cat", "value-of-program.txt"] }
"""

# Sources that break where a secret stands.
BROKEN = "".join(f"""
[job.broken-{name}]
type = "env-sync"
targets = ["shop-prod"]
[[job.broken-{name}.source]]
{source}
""" for name, source in (("dotenv", 'dotenv = "broken.env"'), ("json", 'json = "broken.json"'),
                         ("program", f'exec = ["sh", "-c", "cat broken.env; exit 3"]'),
                         ("output", 'exec = ["cat", "broken.env"]\nmax_size = "8B"')))

# Keys in places where nobody should put them: the check that refuses them must not repeat them.
MISPLACED = """
[credential.in-file]
env = "{key}"
[credential.unknown-key]
value = "{key}"
[job.misplaced]
type = "trigger"
targets = ["{key}"]
task = "t"
payload = {{ key = "{key}" }}
{key} = 1
"""


class Secrets(House):
    def setUp(self):
        super().setUp()
        self.places = {}
        # Zeros, as in the demo's keys, are found everywhere.
        world = self.home / "world.toml"
        world.write_text(re.sub(r"Invented0+(\d+)", r"Qz7Lw2Kd9Tx4Vb6N\1", WORLD.read_text("utf-8")), "utf-8")
        self.keys = {**invented_keys("--world", world)}
        names = {"DOTENV": DOTENV, "FLAT": FLAT, "PRINTED": PRINTED, "BY_NAME": BY_NAME, "BY_FILE": BY_FILE,
                 "BY_PROGRAM": BY_PROGRAM, "UNPARSED": UNPARSED, "DYING": DYING}
        # A key keeps its prefix, so that people see which one was meant.
        keys = {name: value.split("_", 2)[2] for name, value in {**self.keys, "REFUSED_KEY": REFUSED_KEY}.items()}
        self.net = Net({**names, **{name: key for name, key in keys.items()}})
        self.open_sandbox("--world", world)
        self.front = Front(self, self.url, self.quote)
        self.files()
        self.keys.update(SYNC_BY_NAME=BY_NAME, REFUSED_KEY=REFUSED_KEY)

    def quote(self, asked):
        """A server that refuses every change and says all that it was sent."""
        if asked.command == "GET":
            return None
        sent = asked.sent.decode("utf-8", "replace")
        key = asked.headers["authorization"]
        if "/import" in asked.path:
            if "staging" in asked.path:
                return 422, "text/plain", f"{key}: cannot take {sent}"
            errors = [{"key": n, "error": f"bad value: {v}"} for n, v in json.loads(sent)["variables"].items()]
            return 400, "application/json", json.dumps({"error": "Invalid: " + sent, "variableErrors": errors[::-1]})
        if asked.path.endswith("/trigger"):
            return 403, "application/json", json.dumps({"error": f"{key} lacks write:tasks", "deniedScopes": [key]})
        return 422, "application/json", json.dumps({"error": {"message": f"not with {key}"}})

    def files(self):
        def put(name, text):
            path = self.home / name
            path.write_text(text, "utf-8", newline="")
            path.chmod(0o600)
        escaped = DOTENV.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        put("app.env", f'DOTENV="{escaped}"\n')
        put("app.json", json.dumps({"FLAT": FLAT}))
        put("printed.json", json.dumps({"PRINTED": PRINTED}))
        put("value.txt", BY_FILE + "\n")
        put("value-of-program.txt", BY_PROGRAM)
        put("broken.env", f'DYING={DYING}\nUNPARSED="{UNPARSED}\n')
        put("broken.json", json.dumps({"DYING": DYING}) + UNPARSED)
        put("crm.key", self.keys["CRM_PROD_KEY"])
        put("person.key", self.keys["OPERATOR_PAT"])
        orders = [json.dumps({"order": n, "note": "x" * 500}) for n in range(300)]
        put("orders.ndjson", "\n".join(orders[:200] + ['{"order": "broken'] + orders[200:]) + "\n")

    def config(self, log_format):
        programs = (JOBS + BROKEN).replace('"cat", "', f'"cat", "{self.home}/').replace("cat broken", f"cat {self.home}/broken")
        self.write(jobs=programs, more=MORE.format(home=self.home, front=self.front.url, port=free_port()), drain="2s")
        path = self.home / "triggerd.toml"
        path.write_text(path.read_text().replace('level = "info"', f'level = "debug"\nformat = "{log_format}"'))

    # --- where secrets may have gone ---

    def keep(self, name, content):
        self.places[name] = self.places.get(name, b"") + (content.encode() if isinstance(content, str) else content)

    def keep_state(self, when):
        for path in (self.home / "state").rglob("*"):
            try:
                if path.is_file():
                    self.keep(f"state/{path.relative_to(self.home / 'state')} {when}", path.read_bytes())
            except FileNotFoundError:
                pass  # a spool file that was sent meanwhile

    def tell(self, *words):
        """A verb as people and as programs ask it; the last reply."""
        self.keep("triggerctl " + " ".join(words[:2]), "".join(self.ctl(*words)[1:]))
        _, out, err = self.ctl("--json", *words)
        self.keep("triggerctl --json " + " ".join(words[:2]), out + err)
        return json.loads(out.splitlines()[-1]) if out else None

    def fire(self, job, *words):
        fire = self.tell_once("run", job, *words)["fire"]
        self.ended(fire)
        return self.tell("fire", fire)

    def tell_once(self, *words):
        code, out, err = self.ctl("--json", *words)
        self.keep("triggerctl --json " + " ".join(words[:2]), out + err)
        return json.loads(out.splitlines()[-1])

    def assert_no_leaks(self):
        self.assertEqual(self.net.leaks(self.places), [])


class Everywhere(Secrets):
    def look_around(self):
        for verb in ("status", "targets", "jobs", "fires", "next", "events", "metrics"):
            self.tell(verb)
        for job in ("close-books", "import-orders", "replay-outage", "sync", "broken-dotenv", "broken-output"):
            self.tell("plan", job)
        shop, crm = "proj_shopaaaaaaaaaaaaaaaa", "proj_crmbbbbbbbbbbbbbbbbb"
        at = ("-p", f"projectRef={shop}", "-p", "slug=prod")
        at_crm = ("-p", f"projectRef={crm}", "-p", "slug=prod")
        for target, *words in (("shop-prod", "whoami.key"), ("crm-person", "whoami.user"), ("shop-refused", "whoami.key"),
                               ("shop-prod", "envvars.list", *at), ("shop-prod", "envvars.resolveAll", *at[:2]),
                               ("shop-prod", "envvars.retrieve", *at, "-p", "name=DOTENV"),
                               ("crm-person", "environments.key", "-p", f"projectRef={crm}", "-p", "env=staging"),
                               ("crm-prod", "envvars.create", *at_crm, "--body", self.home / "create.json"),
                               ("crm-prod", "tasks.trigger", "-p", "taskId=close-books", "--body", self.home / "empty.json")):
            self.tell("call", target, *words)
        self.tell("token", "shop-prod", "--read", "runs")
        with urllib.request.urlopen(self.http + "/metrics") as reply:
            self.keep("/metrics", reply.read())

    def everything(self, log_format):
        (self.home / "create.json").write_text(json.dumps({"name": "DOTENV", "value": DOTENV}))
        (self.home / "empty.json").write_text("{}")
        self.config(log_format)
        self.start()
        self.http = self.http_address()
        self.keep("command line", pathlib.Path(f"/proc/{self.daemon.child.pid}/cmdline").read_bytes())
        self.fire("close-books", "--on", "shop-prod")  # then it is known whose key that is
        # Planned and held: what waits stands in the ledger and in the spool.
        self.ask("pause", "shop-prod")
        held = [self.ask("run", job, "--on", "shop-prod")["fire"] for job in ("sync", "import-orders")]
        self.planned(held[1])
        self.keep_state("while held")
        self.ask("resume", "shop-prod")
        for one in held:
            self.ended(one)
        fires = {job: self.fire(job) for job in ("close-books", "import-orders", "replay-outage", "sync")}
        for broken in ("dotenv", "json", "program", "output"):
            self.assertEqual(self.fire("broken-" + broken)["fire"]["state"], "failed")
        self.keep_state("after all kinds")
        self.look_around()
        self.tell("reload")
        self.keep_state("at the end")
        self.stop()
        self.keep_state("after the end")
        self.keep(f"log as {log_format}", self.daemon.said())
        return fires

    def http_address(self):
        return self.daemon.until_said(r"metrics on (http://[^\s\"]+)/metrics").group(1)

    def export(self):
        argv = [BUILD / "triggerd", "ledger", "export", "--config", self.home / "triggerd.toml", "-"]
        done = subprocess.run(argv, capture_output=True, env=environment(**self.keys), timeout=PATIENCE)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertGreater(len(done.stdout), 10_000)
        self.keep("export", done.stdout + done.stderr)

    def test_no_secret_leaves_in_a_full_run(self):
        fires = self.everything("text")
        states = {job: {leg["target"]: leg["state"] for leg in fire["fire"]["legs"]} for job, fire in fires.items()}
        # All kinds did their work where they may, and were refused in the server's own words elsewhere.
        for job in ("close-books", "import-orders", "sync"):
            self.assertEqual((states[job]["shop-staging"], states[job]["crm-prod"], states[job]["shop-refused"]),
                             ("done", "failed", "failed"), states)
        self.assertEqual((states["replay-outage"]["shop-prod"], states["replay-outage"]["crm-prod"]), ("done", "failed"))
        said = self.daemon.said()
        for words in ("cannot take", "bad value: [redacted]", "lacks write:tasks", "not with Bearer tr_prod_[redacted]"):
            self.assertIn(words, said + "".join(p.decode("utf-8", "replace") for p in self.places.values()))
        self.export()
        self.check_files()
        self.assert_no_leaks()
        self.leak_on_purpose()

    def check_files(self):
        for words in ((), ("--json",), ("--connect",)):
            self.keep("check " + " ".join(words), "".join(map(str, self.check(*words))))
        path = self.home / "triggerd.toml"
        text = path.read_text()
        path.write_text(text + MISPLACED.format(key=self.keys["SHOP_PROD_KEY"]))
        for words in ((), ("--json",)):
            code, out, err = self.check(*words)
            self.assertEqual(code, 78)
            self.keep("check of misplaced keys " + " ".join(words), out + err)
        path.write_text(text)

    def leak_on_purpose(self):
        """The ledger keeps what users put into payloads: the same net, over the same files, must find it there."""
        path = self.home / "triggerd.toml"
        path.write_text(path.read_text().replace('{ day = "{{ fire.date }}" }', json.dumps(BY_FILE)))
        self.start()
        self.fire("close-books", "--on", "shop-prod")
        self.places = {}
        self.keep_state("with a leak")
        self.stop()
        found = self.net.leaks(self.places)
        self.assertTrue(any(one.startswith("BY_FILE (as it is) in state/ledger.db") for one in found), found)

    def test_nor_in_a_log_of_json(self):
        self.config("json")
        self.start()
        for job in ("close-books", "sync", "broken-dotenv", "broken-program"):
            self.fire(job)
        self.stop()
        said = self.daemon.said()
        self.assertTrue(all(json.loads(line) for line in said.splitlines()))
        self.keep("log as json", said)
        self.assert_no_leaks()


class TheNet(unittest.TestCase):
    """What looks for leaks must find them."""

    def test_it_finds_every_form_and_every_cut(self):
        for name, value in (("VALUE", DOTENV), ("KEY", "shopDemoQz7Lw2Kd9Tx4Vb6N1")):
            net = Net({name: value})
            bare = value.encode()
            quoted = json.dumps(value)
            for what in (bare, bare.hex().encode(), bare.hex().upper().encode(), quoted.encode(), json.dumps(quoted).encode(),
                         json.dumps(value, ensure_ascii=False).encode(), urllib.parse.quote(value, safe="").encode(),
                         urllib.parse.quote_plus(value).encode(), base64.b64encode(bare), base64.b64encode(b"x" + bare + b"y"),
                         base64.b64encode(b"xy" + bare + b"z"), base64.urlsafe_b64encode(b"{}" + bare), bare[:20], bare[-20:]):
                with self.subTest(form=what):
                    self.assertNotEqual(net.leaks({"there": b"before " + what + b" after"}), [])
            self.assertEqual(net.leaks({"there": b"nothing of it, only " + name.encode()}), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
