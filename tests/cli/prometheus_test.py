#!/usr/bin/env python3
"""A real Prometheus before a running daemon: what it scrapes is clean, the alerts hold, and each panel of the dashboard shows data."""

import json
import pathlib
import re
import shutil
import subprocess
import unittest
import urllib.parse
import urllib.request

from house import BUILD, PATIENCE, House, Program, environment, free_port

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORLD = ROOT / "tests/killer/world.toml"
DASHBOARD = ROOT / "config/grafana-dashboard.json"
RULES = ROOT / "config/prometheus-rules.yml"

JOBS = """
[job.tick]
type = "trigger"
targets = ["*"]
task = "tick"
overlap = "allow"
schedule = { every = "1s" }
[job.replay]
type = "replay"
targets = ["shop-prod"]
[job.replay.select]
from = "-3h"
to = "-60s"
status = ["failed"]
task = ["charge-group"]
[job.sync]
type = "env-sync"
targets = ["*"]
[[job.sync.source]]
exec = ["echo", "NAME=value-of-it"]
"""

IMPORT = """
[job.import]
type = "batch"
targets = ["shop-staging"]
task = "import-order"
items_from = { ndjson = "orders.ndjson" }
item_key = "{{ item.order }}"
"""

SCRAPE = """
global: {{scrape_interval: 1s, evaluation_interval: 1s}}
rule_files: ["{rules}"]
scrape_configs:
  - job_name: triggerd
    static_configs: [{{targets: ["{daemon}"]}}]
"""

VARIABLES = {"$job": "triggerd", "$instance": ".*", "$__rate_interval": "15s"}


def panels(of):
    for one in of["panels"]:
        yield one
        yield from panels({"panels": one.get("panels", [])})


def questions():
    """Each panel's title and expression."""
    board = json.loads(DASHBOARD.read_text("utf-8"))
    for panel in panels(board):
        for target in panel.get("targets", []):
            expression = target["expr"]
            for name, value in VARIABLES.items():
                expression = expression.replace(name, value)
            yield panel["title"], expression


def promtool(*words, given=None):
    done = subprocess.run(["promtool", *map(str, words)], input=given, capture_output=True, text=True, timeout=PATIENCE,
                          env=environment())
    return done.returncode, done.stdout + done.stderr


@unittest.skipUnless(shutil.which("prometheus") and shutil.which("promtool"), "needs Debian's package prometheus")
class Watched(House):
    def setUp(self):
        super().setUp()
        self.keys = {"SHOP_PROD_KEY": "tr_prod_shopKillerInvented000001", "SHOP_STAGING_KEY": "tr_stg_shopKillerInvented0000002"}
        world = self.home / "world.toml"
        world.write_text(WORLD.read_text("utf-8").replace("count = 1200", "count = 30"), "utf-8")
        self.open_sandbox("--world", world)
        (self.home / "orders.ndjson").write_text("".join(json.dumps({"order": f"O-{n}"}) + "\n" for n in range(20)))
        # No drain: a tick is always at work.
        self.write(jobs=JOBS + IMPORT, drain="0s", more=f'[http]\nlisten = "127.0.0.1:{free_port()}"\n')
        self.start()
        self.scraped = self.daemon.until_said(r"metrics on http://(\S+)/metrics").group(1)
        for job in ("import", "replay", "sync"):
            self.assertEqual(self.ask("run", job, "--wait")["progress"]["state"], "done")

    def open_prometheus(self):
        files = self.home / "prometheus.yml"
        files.write_text(SCRAPE.format(rules=RULES, daemon=self.scraped))
        self.address = f"127.0.0.1:{free_port()}"
        self.prometheus = Program(self, ["prometheus", f"--config.file={files}", f"--web.listen-address={self.address}",
                                         f"--storage.tsdb.path={self.home}/series"], environment())
        self.prometheus.until_said("Server is ready to receive web requests")

    def query(self, path, **parameters):
        with urllib.request.urlopen(f"http://{self.address}/api/v1/{path}?{urllib.parse.urlencode(parameters)}") as reply:
            return json.load(reply)["data"]

    def shows(self, expression):
        """Whether it has a value: one that is a number."""
        return any(one["value"][1] != "NaN" for one in self.query("query", query=expression)["result"])

    def rules(self):
        return [rule for group in self.query("rules")["groups"] for rule in group["rules"]]

    def test_the_text_is_clean_and_names_no_job_by_the_label_that_belongs_to_prometheus(self):
        text = self.ask("metrics")["text"]
        self.assertEqual(promtool("check", "metrics", given=text), (0, ""))
        self.assertNotRegex(text, r'[{,](job|instance)="')
        for key in self.keys.values():
            self.assertNotIn(key, text)
        for job, kind in [("tick", "trigger"), ("import", "batch"), ("replay", "replay"), ("sync", "env-sync")]:
            self.assertIn(f'triggerd_job_info{{job_name="{job}",kind="{kind}"}} 1\n', text)
            self.assertRegex(text, rf'triggerd_requests_total\{{endpoint="[^"]*",kind="{kind}",outcome="ok",target="[^"]*"\}} [1-9]')
        self.stop()

    def test_each_panel_shows_data_and_each_alert_is_understood(self):
        self.open_prometheus()
        for title, expression in questions():
            self.until(lambda asked=expression: self.shows(asked), f"showed {title}: {expression}")
        self.until(lambda: {rule["health"] for rule in self.rules()} == {"ok"}, "understood every alert")
        self.assertNotIn("firing", {rule["state"] for rule in self.rules()}, self.rules())
        self.stop()

    def test_what_a_restart_remembers_and_a_reload_removes(self):
        self.stop()
        self.start()
        last = r'triggerd_job_last_success_timestamp_seconds\{job_name="import"\} (\S+)'
        self.until(lambda: re.search(last, self.say("Metrics")["text"]), "remembered when import succeeded")
        path = self.home / "triggerd.toml"
        path.write_text(path.read_text().replace(IMPORT, ""))
        self.ask("reload")
        text = self.ask("metrics")["text"]
        self.assertNotIn('"import"', text)
        self.assertIn('triggerd_reload_result{result="applied"} 1\n', text)
        self.stop()


class Trouble(House):
    def test_what_alerts_wake_for_is_told(self):
        self.open_sandbox()
        self.keys["SHOP_PROD_KEY"] = self.keys["CRM_PROD_KEY"]
        path = self.write()
        self.start()
        self.assertEqual(self.ctl("run", "rehearse", "--var", "ends=fail", "--wait")[0], 1)
        self.ask("pause", "rehearse")
        path.write_text(path.read_text() + "[job.rehearse]\n")
        self.assertEqual(self.ctl("reload")[0], 78)
        for line in ['triggerd_target_state{state="parked",target="shop-prod"} 1', 'triggerd_job_ok{job_name="rehearse"} 0',
                     'triggerd_job_paused{job_name="rehearse"} 1', 'triggerd_fires_total{job_name="rehearse",state="failed"} 1',
                     'triggerd_reload_result{result="refused"} 1', 'triggerd_reload_result{result="applied"} 0']:
            self.until(lambda told=line: told + "\n" in self.say("Metrics")["text"], f"told {line}")
        self.assertNotIn("triggerd_job_last_success_timestamp_seconds{", self.ask("metrics")["text"])
        self.stop()


@unittest.skipUnless(shutil.which("promtool"), "needs Debian's package prometheus")
class Files(unittest.TestCase):
    def test_the_alerts_tell_when_they_should_and_not_otherwise(self):
        for words in (["check", "rules", RULES], ["test", "rules", ROOT / "tests/cli/alerts.yml"]):
            code, said = promtool(*words)
            self.assertEqual(code, 0, said)

    def test_every_alert_says_what_to_type(self):
        known = subprocess.run([BUILD / "triggerctl", "--help"], capture_output=True, text=True, env=environment())
        commands = set(re.findall(r"^ +([a-z-]+) ", known.stdout, re.M))
        alerts = re.split(r"- alert: ", RULES.read_text("utf-8"))[1:]
        tests = (ROOT / "tests/cli/alerts.yml").read_text("utf-8")
        for one in alerts:
            name = one.split("\n", 1)[0]
            self.assertRegex(one, r"(?s)summary: .*description: .*(triggerctl|systemctl) ", name)
            self.assertIn(f"alertname: {name}\n        exp_alerts", tests)
            self.assertLessEqual(set(re.findall(r"triggerctl ([a-z]+)", one)), commands, name)

    def test_the_dashboard_leaves_data_source_job_and_instance_to_its_reader(self):
        board = json.loads(DASHBOARD.read_text("utf-8"))
        self.assertGreaterEqual(board["schemaVersion"], 38)
        self.assertEqual([one["name"] for one in board["templating"]["list"]], ["datasource", "job", "instance"])
        shown = [one for one in panels(board) if one["type"] != "row"]
        self.assertEqual({one["datasource"]["uid"] for one in shown}, {"${datasource}"})
        self.assertEqual(len({one["id"] for one in panels(board)}), len(list(panels(board))))
        for _, expression in questions():
            self.assertNotIn("$", expression)
            self.assertIn('job=~"triggerd",instance=~".*"', expression)


if __name__ == "__main__":
    unittest.main()
