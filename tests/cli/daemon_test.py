#!/usr/bin/env python3
"""The daemon at work as operators meet it: asked, ordered, refused."""

import json
import os
import signal
import unittest
import urllib.error
import urllib.request

from house import House, REHEARSE, free_port


class Work(House):
    def setUp(self):
        super().setUp()
        self.open_sandbox()

    def test_a_run_that_is_waited_for(self):
        self.write()
        self.start()
        reply = self.ask("run", "rehearse", "--wait")
        self.assertEqual(reply["progress"]["state"], "done", reply)
        self.assertEqual([leg["target"] for leg in reply["progress"]["legs"]], ["shop-prod", "shop-staging"])
        self.assertEqual([leg["done"] for leg in reply["progress"]["legs"]], [1, 1])
        self.assertNotIn("missed", reply)
        self.assertEqual(reply["progress"]["by"], f"uid {os.getuid()}")
        # The same fire, later, from the ledger.
        fire = self.ask("fire", reply["fire"])
        self.assertEqual(fire["fire"]["state"], "done")
        self.assertEqual([a["state"] for a in fire["actions"]], ["done", "done"])
        self.assertTrue(all(a["run"].startswith("run_") for a in fire["actions"]))
        self.assertEqual([f["id"] for f in self.ask("fires")["fires"]], [reply["fire"]])
        status = self.ask("status")
        self.assertEqual(status["state"], "running")
        self.assertEqual(status["targets"]["ok"], 2)
        self.assertEqual(status["trouble"], [])
        jobs = self.ask("jobs")["jobs"]
        self.assertEqual(jobs[0]["last"]["fire"], reply["fire"])
        self.stop()
        self.assertIn("stopped", self.daemon.said())
        self.assertNotRegex(self.daemon.said(), "SandboxInvented")

    def test_a_run_that_fails_says_so_by_its_exit_code(self):
        self.write()
        self.start()
        code, out, _ = self.ctl("--json", "run", "rehearse", "--on", "shop-prod", "--var", "ends=fail", "--wait")
        self.assertEqual(code, 1, out)
        self.assertEqual(json.loads(out.splitlines()[-1])["progress"]["state"], "failed")
        self.stop()

    def test_a_cancelled_fire_ends(self):
        self.write()
        self.start()
        fire = self.ask("run", "rehearse", "--on", "shop-prod", "--var", "ends=hold")["fire"]
        self.planned(fire)
        self.ask("cancel", fire)
        self.assertEqual(self.ended(fire)["state"], "cancelled")
        self.stop()

    def test_what_cannot_be_done_is_refused_in_the_interface_s_words(self):
        self.write()
        self.start()
        for words, error, code in [(["run", "rehears"], "UnknownJob", 64), (["run", "rehearse", "--on", "crm"], "BadSelector", 64),
                                   (["run", "rehearse", "--var", "x=1"], "BadVariable", 64), (["fire", "01zzzzzz"], "UnknownFire", 64),
                                   (["pause", "shop-prdo"], "UnknownTarget", 64), (["targets", "shop-prdo"], "UnknownTarget", 64),
                                   (["next", "rehears"], "UnknownJob", 64)]:
            with self.subTest(words=words):
                got, out, _ = self.ctl("--json", *words)
                reply = json.loads(out)
                self.assertEqual(reply["error"], "io.triggerd.Control." + error)
                self.assertEqual(got, code)
        self.assertEqual(json.loads(self.ctl("--json", "run", "rehears")[1])["parameters"]["nearest"], "rehearse")
        self.assertEqual(json.loads(self.ctl("--json", "pause", "shop-prdo")[1])["parameters"]["nearest"], "shop-prod")
        self.assertEqual(json.loads(self.ctl("--json", "run", "rehearse", "--var", "x=1")[1])["parameters"]["name"], "x")
        self.ask("run", "rehearse", "--on", "shop-prod", "--var", "ends=hold")
        overlap = json.loads(self.ctl("--json", "run", "rehearse")[1])
        self.assertEqual(overlap["error"], "io.triggerd.Control.Overlap")
        self.assertEqual(len(overlap["parameters"]["fire"]), 26)
        self.ask("pause", "rehearse")
        paused = json.loads(self.ctl("--json", "run", "rehearse")[1])
        self.assertEqual((paused["error"], paused["parameters"]["state"]), ("io.triggerd.Control.NotNow", "paused"))
        self.signal(signal.SIGTERM)
        self.signal(signal.SIGTERM)
        self.daemon.wait()

    def test_a_name_that_a_job_and_a_target_have_is_refused_until_it_is_said_which(self):
        self.write(jobs=REHEARSE.replace("rehearse", "shop-prod"))
        self.start()
        for verb in ("pause", "resume"):
            code, out, err = self.ctl(verb, "shop-prod")
            self.assertEqual((code, out), (64, ""))
            self.assertIn("a job and a target have this name; say job:shop-prod or name=shop-prod", err)
        paused = self.ask("pause", "job:shop-prod")
        self.assertEqual((paused["jobs"], paused["targets"]), (["shop-prod"], []))
        self.assertEqual(self.ask("resume", "job:shop-prod")["jobs"], ["shop-prod"])
        paused = self.ask("pause", "name=shop-prod")
        self.assertEqual((paused["jobs"], paused["targets"]), ([], ["shop-prod"]))
        reply = json.loads(self.ctl("--json", "pause", "job:shop-prdo")[1])
        self.assertEqual((reply["error"], reply["parameters"]["job"]), ("io.triggerd.Control.UnknownJob", "shop-prdo"))
        self.stop()

    def test_a_plan_sends_nothing(self):
        self.write()
        self.start()
        code, out, _ = self.ctl("--json", "plan", "rehearse")
        self.assertEqual(code, 2, out)  # it found changes
        plan = json.loads(out)
        self.assertEqual([leg["target"] for leg in plan["legs"]], ["shop-prod", "shop-staging"])
        self.assertEqual(self.ask("fires")["fires"], [])
        self.stop()

    def test_events_begin_with_the_snapshot_and_follow(self):
        self.write()
        self.start()
        fire = self.ask("run", "rehearse", "--on", "shop-prod", "--wait")["fire"]
        seen = self.ask("events")
        self.assertEqual(seen["snapshot"], [])
        kinds = [e["kind"] for e in seen["events"] if e.get("fire") == fire]
        self.assertEqual(kinds[0], "fire-started")
        self.assertEqual(kinds[-1], "fire-ended")
        numbers = [e["seq"] for e in seen["events"]]
        self.assertEqual(numbers, list(range(numbers[0], numbers[0] + len(numbers))))
        self.stop()

    def test_paused_targets_stay_paused_over_a_restart(self):
        self.write()
        self.start()
        self.ask("pause", "tier=prod")
        self.stop()
        self.start()
        states = {t["name"]: t["state"] for t in self.ask("targets")["targets"]}
        self.assertEqual(states["shop-prod"], "paused")
        self.assertNotEqual(states["shop-staging"], "paused")
        self.assertEqual(self.ask("targets")["targets"][0]["paused"]["by"], f"uid {os.getuid()}")
        self.ask("resume", "tier=prod")
        self.stop()
        self.start()
        self.assertNotEqual(self.ask("targets", "shop-prod")["targets"][0]["state"], "paused")
        self.stop()

    def test_a_key_of_another_environment_parks_its_target_and_the_others_go_on(self):
        self.write()
        self.keys["SHOP_PROD_KEY"] = self.keys["CRM_PROD_KEY"]
        self.start()
        code, out, _ = self.ctl("--json", "run", "rehearse", "--wait")
        self.assertEqual(code, 1)
        states = {leg["target"]: leg["state"] for leg in json.loads(out.splitlines()[-1])["progress"]["legs"]}
        self.assertEqual(states, {"shop-prod": "failed", "shop-staging": "done"})
        status = self.ask("status")
        self.assertEqual(status["targets"]["parked"], 1)
        self.assertIn("target shop-prod is parked", status["trouble"][0]["what"])
        self.assertTrue(status["trouble"][0]["next"])
        self.stop()

    def test_a_missing_key_stops_its_target_alone(self):
        self.write()
        del self.keys["SHOP_PROD_KEY"]
        self.start()
        self.ask("run", "rehearse", "--on", "shop-staging", "--wait")
        whats = [t["what"] for t in self.ask("status")["trouble"]]
        self.assertTrue(any("credential shop-prod has no value" in w for w in whats), whats)
        self.stop()

    def test_metrics_by_socket_and_by_http(self):
        self.write(more=f'[http]\nlisten = "127.0.0.1:{free_port()}"\n')
        self.start()
        self.ask("run", "rehearse", "--wait")
        text = self.ask("metrics")["text"]
        for line in ['triggerd_fires_total{job_name="rehearse",state="done"} 1', 'triggerd_state{state="running"} 1',
                     'triggerd_target_state{state="ok",target="shop-prod"} 1']:
            self.assertIn(line, text)
        self.assertRegex(text, r'triggerd_requests_total\{endpoint="tasks.trigger",kind="trigger",outcome="ok",target="shop-prod"\} 1')
        url = self.daemon.until_said(r"metrics on (http://\S+)/metrics").group(1)
        with urllib.request.urlopen(url + "/metrics") as reply:
            self.assertIn("text/plain; version=0.0.4", reply.headers["Content-Type"])
            self.assertIn("triggerd_build_info", reply.read().decode())
        with urllib.request.urlopen(url + "/healthz") as reply:
            self.assertEqual(reply.read(), b"running\n")
        with self.assertRaises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(url + "/other")
        self.assertEqual(refused.exception.code, 404)
        refused.exception.close()
        self.stop()


@unittest.skipIf(os.getuid() != 0, "needs root to be somebody else")
class Roles(House):
    NOBODY = 65534

    def setUp(self):
        super().setUp()
        os.chmod(self.home, 0o755)

    def test_without_a_rule_others_are_refused(self):
        self.write()
        self.start()
        code, _, err = self.ctl("status", user=self.NOBODY)
        self.assertEqual(code, 77, err)
        self.stop()

    def test_each_role_includes_the_ones_before_it(self):
        for role, allowed in [("read", 1), ("operate", 2), ("admin", 3)]:
            with self.subTest(role=role):
                self.write(more=f'[[socket.allow]]\nuser = "{self.NOBODY}"\nrole = "{role}"\n')
                self.start()
                codes = [self.ctl(*words, user=self.NOBODY)[0] for words in (["status"], ["pause", "rehearse"], ["log-level", "info"])]
                self.assertEqual(codes, [0 if i < allowed else 77 for i in range(3)])
                self.assertEqual(self.daemon.said().count("audit: "), 2)
                self.stop()

    def test_a_reload_changes_roles(self):
        self.write()
        self.start()
        self.assertEqual(self.ctl("status", user=self.NOBODY)[0], 77)
        self.write(more=f'[[socket.allow]]\nuser = "{self.NOBODY}"\nrole = "read"\n')
        self.assertEqual(self.ask("reload")["changes"], ["~ socket.allow"])
        self.assertEqual(self.ctl("status", user=self.NOBODY)[0], 0)
        self.stop()


if __name__ == "__main__":
    unittest.main(verbosity=2)
