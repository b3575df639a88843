"""From an id on somebody's screen back to the job that made it, and a bundle of how things stand."""

import json
import stat
import unittest

from house import REHEARSE, House

BATCH = """
[job.import]
type = "batch"
targets = ["shop-prod"]
task = "rehearse"
items_from = { ndjson = "items.ndjson" }
map = { payload = "{{ item }}" }
"""


class Explain(House):
    def setUp(self):
        super().setUp()
        self.open_sandbox()
        (self.home / "items.ndjson").write_text('{"behaviour": "ok"}\n' * 3)
        self.write(jobs=REHEARSE + BATCH)
        self.start()

    def explained(self, what, *options):
        code, out, err = self.ctl("--json", "explain", what, *options)
        self.assertEqual(err, "")
        return code, json.loads(out)

    def finished(self, job, *options):
        return self.ask("run", job, "--wait", *options)["fire"]

    def line_of(self, table):
        lines = (self.home / "triggerd.toml").read_text().splitlines()
        return f"triggerd.toml:{lines.index(table) + 1}:"

    def test_a_run_leads_to_its_job_file_and_action(self):
        fire = self.finished("rehearse", "--on", "shop-prod")
        run = self.ask("fire", fire)["actions"][0]["run"]
        code, reply = self.explained(run)
        self.assertEqual((code, reply["known"], reply["fire"]["id"], reply["action"]["run"]), (0, True, fire, run))
        self.assertIn(self.line_of("[job.rehearse]"), reply["origin"])
        self.assertEqual(reply["source"], "payload in the job")

    def test_a_fire_leads_to_its_job(self):
        fire = self.finished("import")
        code, reply = self.explained(fire)
        self.assertEqual((code, reply["fire"]["job"], reply["source"]), (0, "import", str(self.home / "items.ndjson")))

    def test_the_run_of_an_item_is_asked_of_the_server_and_leads_to_its_chunk(self):
        fire = self.finished("import")
        batch = self.ask("fire", fire)["actions"][0]["run"]
        runs = self.ask("call", "shop-prod", "runs.list", "--param", f"filter[batch]={batch}")["reply"]["json"]["data"]
        self.assertEqual(len(runs), 3)
        code, reply = self.explained(runs[1]["id"])
        self.assertEqual((code, reply["fire"]["id"], reply["action"]["run"]), (0, fire, batch))
        self.assertIn("as an item of " + batch, " ".join(reply["notes"]))

    def test_a_run_that_somebody_else_made_is_said_to_be_so(self):
        body = self.home / "body.json"
        body.write_text('{"payload": {"behaviour": "ok"}}')
        made = self.ask("call", "shop-prod", "tasks.trigger", "--param", "taskId=rehearse", "--body", body)
        code, reply = self.explained(made["reply"]["json"]["id"])
        self.assertEqual((code, reply["known"]), (1, False))
        self.assertIn("somebody else made it", " ".join(reply["notes"]))

    def test_a_run_with_the_tag_of_another_ledger_is_not_ours(self):
        body = self.home / "body.json"
        body.write_text('{"payload": {"behaviour": "ok"}, "options": {"tags": ["td:01j0000000000000000000000:0a0b0c0d:0"]}}')
        made = self.ask("call", "shop-prod", "tasks.trigger", "--param", "taskId=rehearse", "--body", body)
        code, reply = self.explained(made["reply"]["json"]["id"])
        self.assertEqual((code, reply["known"]), (1, False))

    def test_a_replay_of_our_run_leads_to_its_action_by_the_tag(self):
        fire = self.finished("rehearse", "--on", "shop-prod")
        run = self.ask("fire", fire)["actions"][0]["run"]
        again = self.ask("call", "shop-prod", "runs.replay", "--param", f"runId={run}")["reply"]["json"]["id"]
        code, reply = self.explained(again)
        self.assertEqual((code, reply["fire"]["id"], reply["action"]["run"]), (0, fire, run))

    def test_what_nobody_knows_names_the_places_that_were_asked(self):
        self.other_target_works()
        code, out, _ = self.ctl("explain", "run_cnobodyknowsthisone00000000")
        self.assertEqual(code, 1)
        self.assertIn("shop-staging does not know it", out)

    def test_codes_are_explained_without_a_daemon(self):
        self.stop()
        code, out, _ = self.ctl("explain", "target.parked")
        self.assertEqual(code, 0)
        self.assertIn("What to do:", out)
        code, _, err = self.ctl("explain", "target.parkt")
        self.assertEqual((code, err), (64, "triggerctl: no error code is named target.parkt; did you mean target.parked?\n"))

    def test_a_bundle_is_ours_alone_whole_and_without_keys(self):
        self.finished("rehearse")
        path = self.home / "bundle.json"
        code, out, err = self.ctl("support", "--output", path)
        self.assertEqual((code, err), (0, ""))
        self.assertIn(str(path), out)
        self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
        bundle = json.loads(path.read_text())
        self.assertEqual(bundle["replies"]["Status"]["state"], "running")
        self.assertTrue(bundle["replies"]["Fires"]["fires"])
        for key in self.keys.values():
            self.assertNotIn(key, path.read_text())
        code, _, err = self.ctl("support", "--output", path)
        self.assertEqual(code, 1, "it must not write over a file")
        self.assertIn("File exists", err)


if __name__ == "__main__":
    unittest.main()
