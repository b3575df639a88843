#!/usr/bin/env python3
"""triggerd check: exit codes and golden texts."""

import json
import subprocess
import unittest

from house import BUILD, PATIENCE, House, environment


class Check(House):
    def test_good_files(self):
        self.write()
        self.assertEqual(self.check(), (0, "HOME/triggerd.toml: good: 1 file, 2 targets, 1 job, 0 warnings\n", ""))

    def test_every_complaint_stands_together_with_its_place(self):
        self.write(jobs="""
[job.rehearse]
type = "trigger"
targets = ["nobody"]
taskk = "rehearse"
timeout = 90
""")
        code, out, _ = self.check()
        self.assertEqual(code, 78)
        lines = out.splitlines()
        self.assertRegex(lines[-1], r"^HOME/triggerd.toml: refused: \d errors, 0 warnings$")
        for place, word in [("31:1", "no key"), ("30:11", "matches no target"), ("32:11", "unit")]:
            with self.subTest(place=place):
                self.assertTrue(any(line.startswith(f"HOME/triggerd.toml:{place.split(':')[0]}:") for line in lines), out)
        self.assertIn('did you mean "task"?', out)

    def test_broken_toml(self):
        self.write(text="version = 1\n[daemon\n", jobs="")
        code, out, _ = self.check()
        self.assertEqual(code, 78)
        self.assertIn("HOME/triggerd.toml:2:", out)
        self.assertIn("[config.syntax]", out)

    def test_a_missing_key_is_a_warning_that_can_be_denied(self):
        self.write()
        code, out, _ = self.check(env={})
        self.assertEqual(code, 0)
        self.assertIn('the variable "SHOP_PROD_KEY" is not set', out)
        self.assertEqual(self.check("--deny-warnings", env={})[0], 78)

    def test_json_for_scripts(self):
        self.write()
        code, out, _ = self.check("--json")
        said = json.loads(out)
        self.assertEqual(code, 0)
        self.assertTrue(said["ok"])
        self.assertEqual((said["errors"], said["targets"], said["jobs"]), (0, 2, 1))
        self.write(text="version = 1\nnonsense = 1\n", jobs="")
        code, out, _ = self.check("--json")
        said = json.loads(out)
        self.assertEqual(code, 78)
        self.assertFalse(said["ok"])
        self.assertEqual(said["complaints"][0]["line"], 2)

    def test_no_file(self):
        done = subprocess.run([BUILD / "triggerd", "check", "--config", self.home / "absent.toml"], capture_output=True,
                              text=True, env=environment(), timeout=PATIENCE)
        self.assertEqual(done.returncode, 78)
        self.assertIn("absent.toml", done.stdout)

    def test_usage(self):
        for words in (["chekc"], ["check", "--no-such"], ["--no-such"]):
            with self.subTest(words=words):
                done = subprocess.run([BUILD / "triggerd", *words], capture_output=True, env=environment(), timeout=PATIENCE)
                self.assertEqual(done.returncode, 64)


class Connect(House):
    def test_keys_that_open_what_the_files_say(self):
        self.open_sandbox()
        self.write()
        self.assertEqual(self.check("--connect"), (0, "HOME/triggerd.toml: good: 1 file, 2 targets, 1 job, 0 warnings\n", ""))

    def test_a_key_of_another_project_is_found(self):
        self.open_sandbox()
        self.write()
        self.keys["SHOP_PROD_KEY"] = self.keys["CRM_PROD_KEY"]
        code, out, _ = self.check("--connect")
        self.assertEqual(code, 78)
        self.assertIn("error: target shop-prod: ", out)
        self.assertNotIn("target shop-staging", out)
        self.assertNotIn(self.keys["CRM_PROD_KEY"], out)

    def test_a_key_that_nobody_knows_is_found(self):
        self.open_sandbox()
        self.write()
        self.keys["SHOP_STAGING_KEY"] = "tr_stg_inventedAndNeverIssued"
        code, out, _ = self.check("--connect", "--json")
        said = json.loads(out)
        self.assertEqual(code, 78)
        self.assertEqual([c["severity"] for c in said["complaints"]], ["error"])
        self.assertIn("shop-staging", said["complaints"][0]["message"])

    def test_a_server_that_is_not_there(self):
        self.write()
        code, out, _ = self.check("--connect")
        self.assertEqual(code, 78)
        self.assertIn("target shop-prod: ", out)

    def test_keys_without_a_value_here_are_no_reason_to_refuse(self):
        self.open_sandbox()
        self.write()
        del self.keys["SHOP_PROD_KEY"]
        code, out, _ = self.check("--connect")
        self.assertEqual(code, 0, out)
        self.assertIn("note: target shop-prod: ", out)


if __name__ == "__main__":
    unittest.main(verbosity=2)
