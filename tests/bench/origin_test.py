#!/usr/bin/env python3
"""The benchmark's origin answers what triggerd and the official client ask, and counts it. Takes the build directory. The
whole takes four seconds, two of them waiting."""

import json
import socket
import time
import unittest

from origin_case import Case

VARIABLES = "/api/v1/projects/proj_acme/envvars/prod"


class Triggers(Case):
    def test_the_same_key_is_the_same_run(self):
        _, first = self.origin.trigger("one")
        _, again = self.origin.trigger("one")
        reply, other = self.origin.trigger("two")
        self.assertEqual((first["isCached"], again["isCached"], other["isCached"]), (False, True, False))
        self.assertEqual(first["id"], again["id"])
        self.assertNotEqual(first["id"], other["id"])
        self.assertRegex(other["id"], r"^run_[0-9a-z]{25}$")
        self.assertIn("read:runs:" + other["id"], json.loads(reply.headers["x-trigger-jwt-claims"])["scopes"])
        self.assertEqual(len(reply.headers["x-trigger-jwt"].split(".")), 3)

    def test_a_key_belongs_to_its_environment_and_task(self):
        body = {"options": {"idempotencyKey": "k"}}
        ids = {self.ask("POST", f"/api/v1/tasks/{task}/trigger", body, token)[1]["id"]
               for task, token in (("hello", "tr_prod_a"), ("hello", "tr_prod_b"), ("other", "tr_prod_a"))}
        self.assertEqual(len(ids), 3)

    def test_the_key_may_stand_in_the_header(self):
        made = [self.ask("POST", "/api/v1/tasks/t/trigger", "{}", headers={"Idempotency-Key": "h"})[1] for _ in range(2)]
        self.assertEqual([one["isCached"] for one in made], [False, True])

    def test_counters_hold_what_came(self):
        for key in ("a", "b", "b", None):
            self.origin.trigger(key)
        self.ask("POST", "/api/v1/tasks/t/trigger", "{}", "tr_preview_x", {"x-trigger-branch": "one"})
        self.ask("POST", "/api/v1/tasks/t/trigger", "{}", "tr_preview_x", {"x-trigger-branch": "two"})
        seen = self.origin.stats()
        self.assertEqual((seen["requests"], seen["keys"], seen["repeated_keys"], seen["pairs"]), (6, 2, 1, 3))
        self.assertEqual(seen["by_endpoint"]["trigger"], 6)
        self.assertEqual((seen["connections"], seen["open_connections"]), (1, 1))
        self.assertGreater(seen["bytes_out"], seen["bytes_in"])
        self.assertEqual(self.ask("POST", "/stats/reset")[1]["requests"], 0)
        self.assertEqual(self.origin.stats()["keys"], 0)


class Batches(Case):
    def items(self, batch, lines, **how):
        return self.ask("POST", f"/api/v3/batches/{batch}/items", lines, headers={"content-type": "application/x-ndjson"},
                        **how)[1]

    @staticmethod
    def lines(count):
        return "".join(json.dumps({"index": i, "task": "t", "options": {"idempotencyKey": f"k{i}"}},
                                  separators=(",", ":")) + "\n" for i in range(count))

    def test_a_batch_is_sealed_by_its_last_item(self):
        reply, made = self.ask("POST", "/api/v3/batches", {"runCount": 1000})
        self.assertEqual((reply.status, made["runCount"], made["isCached"]), (202, 1000, False))
        short = self.items(made["id"], self.lines(10))
        self.assertEqual((short["sealed"], short["enqueuedCount"], short["expectedCount"]), (False, 10, 1000))
        self.assertEqual(self.ask("GET", "/api/v2/batches/" + made["id"])[1]["status"], "PENDING")
        whole = self.items(made["id"], self.lines(1000))
        self.assertEqual((whole["sealed"], whole["itemsAccepted"], whole["itemsDeduplicated"]), (True, 990, 10))
        shown = self.ask("GET", "/api/v2/batches/" + made["id"])[1]
        self.assertEqual((shown["status"], len(set(shown["runs"]))), ("COMPLETED", 1000))
        listed = self.ask("GET", f"/api/v1/runs?filter[batch]={made['id']}&page[size]=100")[1]
        self.assertEqual(listed["data"][0]["id"], shown["runs"][-1])
        seen = self.origin.stats()
        self.assertEqual((seen["items"], seen["keys"], seen["repeated_keys"]), (1010, 1000, 10))

    def test_a_stream_of_any_size_takes_no_memory(self):
        made = self.ask("POST", "/api/v3/batches", {"runCount": 1000})[1]["id"]
        before = self.origin.stats()["rss_mib"]
        item = json.dumps({"index": 1, "payload": "x" * 1000}) + "\n"
        self.items(made, (item.encode() * 100 for _ in range(500)), encode_chunked=True)
        seen = self.origin.stats()
        self.assertEqual(seen["items"], 50_000)
        self.assertLess(seen["rss_mib"] - before, 2)

    def test_the_last_line_needs_no_end(self):
        made = self.ask("POST", "/api/v3/batches", {"runCount": 2})[1]["id"]
        self.assertTrue(self.items(made, '{"index":0,"task":"t"}\n{"index":1,"task":"t"}')["sealed"])

    def test_what_does_not_fit_is_refused(self):
        self.assertEqual(self.ask("POST", "/api/v3/batches", {"runCount": 1001})[0].status, 400)
        self.assertEqual(self.ask("POST", "/api/v3/batches/batch_c000000000000000000000009/items", "{}")[0].status, 422)


class Variables(Case):
    def test_what_is_imported_is_read_back(self):
        wanted = {f"NAME_{i}": f'value "{i}"' for i in range(200)}
        self.assertEqual(self.ask("POST", VARIABLES + "/import", {"variables": wanted})[1], {"success": True})
        self.ask("POST", VARIABLES + "/import", {"variables": {"HIDDEN": "x"}, "isSecret": True})
        read = {one["name"]: one for one in self.ask("GET", VARIABLES)[1]}
        self.assertEqual({name: read[name]["value"] for name in wanted}, wanted)
        self.assertEqual(read["HIDDEN"], {"name": "HIDDEN", "value": "<redacted>", "isSecret": True})
        self.assertEqual(self.ask("GET", VARIABLES, key="tr_prod_other")[1], [])

    def test_an_existing_name_needs_override(self):
        body = {"variables": {"A": "1", "B": "1"}}
        self.ask("POST", VARIABLES, {"name": "A", "value": "0"})
        self.assertEqual(self.ask("POST", VARIABLES + "/import", body)[0].status, 400)
        self.assertEqual(self.ask("GET", VARIABLES + "/B")[0].status, 404)
        self.ask("POST", VARIABLES + "/import", {**body, "override": True})
        self.assertEqual(self.ask("GET", VARIABLES + "/A")[1]["value"], "1")

    def test_one_is_updated_and_deleted(self):
        self.ask("POST", VARIABLES, {"name": "A B", "value": "0"})
        self.ask("PUT", VARIABLES + "/A%20B", {"value": "1"})
        self.assertEqual(self.ask("GET", VARIABLES + "/A%20B")[1]["value"], "1")
        self.assertEqual(self.ask("DELETE", VARIABLES + "/A%20B")[0].status, 200)
        self.assertEqual(self.ask("DELETE", VARIABLES + "/A%20B")[0].status, 404)


class Runs(Case):
    options = ("--runs", 250)

    def pages(self, query):
        after, found = "", []
        while True:
            body = self.ask("GET", f"/api/v1/runs?page[size]=100&{query}" + (f"&page[after]={after}" if after else ""))[1]
            found += body["data"]
            after = body["pagination"].get("next")
            if not after:
                return found

    def test_pages_hold_every_run_once_with_the_status_asked_for(self):
        found = self.pages("filter%5Bstatus%5D=FAILED")
        self.assertEqual((len(found), len({run["id"] for run in found})), (250, 250))
        self.assertEqual({(run["status"], run["isFailed"]) for run in found}, {("FAILED", True)})
        self.assertEqual(self.pages("filter[tag]=td:1"), [])

    def test_a_replay_is_a_run_that_ended_well(self):
        old = self.pages("")[0]["id"]
        made = self.ask("POST", f"/api/v1/runs/{old}/replay")[1]["id"]
        self.assertNotEqual(made, old)
        shown = self.ask("GET", "/api/v3/runs/" + made)[1]
        self.assertEqual((shown["id"], shown["status"], shown["isSuccess"]), (made, "COMPLETED", True))

    def test_a_bulk_replay_has_a_name_counts_and_runs(self):
        ids = [run["id"] for run in self.pages("")]
        reply, made = self.ask("POST", "/api/v1/bulk-actions", {"action": "replay", "runIds": ids, "name": "td:1"})
        self.assertEqual(reply.status, 202)
        shown = self.ask("GET", "/api/v1/bulk-actions/" + made["id"])[1]
        self.assertEqual((shown["name"], shown["status"], shown["counts"]["success"]), ("td:1", "COMPLETED", 250))
        self.assertEqual(self.ask("GET", "/api/v1/bulk-actions?page[size]=25")[1]["data"], [shown])
        new = self.pages("filter[bulkAction]=" + made["id"])
        self.assertEqual(len(new), 250)
        self.assertFalse({run["id"] for run in new} & set(ids))


class Identities(Case):
    def test_a_key_opens_an_environment_of_the_project_it_names(self):
        seen = self.ask("GET", "/api/v1/whoami", key="tr_stg_t7")[1]
        self.assertEqual((seen["slug"], seen["type"], seen["project"]["externalRef"]), ("stg", "STAGING", "proj_t7"))
        self.assertIsNone(seen["parentEnvironmentId"])

    def test_branches_share_a_parent(self):
        one, two = (self.ask("GET", "/api/v1/whoami", key="tr_preview_t7", headers={"x-trigger-branch": name})[1]
                    for name in ("one", "two"))
        self.assertEqual((one["branchName"], two["branchName"]), ("one", "two"))
        self.assertEqual(one["parentEnvironmentId"], two["parentEnvironmentId"])
        self.assertNotEqual(one["id"], two["id"])

    def test_what_is_not_known_is_not_found(self):
        self.assertEqual(self.ask("GET", "/api/v1/nothing")[0].status, 404)
        self.assertEqual(self.origin.stats()["by_endpoint"]["other"], 1)


class Behaviours(Case):
    options = ("--latency-ms", 30)

    def test_latency_is_waited_for(self):
        begun = time.monotonic()
        self.origin.trigger()
        self.assertGreaterEqual(time.monotonic() - begun, 0.03)

    def test_tokens_say_how_they_are_treated(self):
        refused, said = self.ask("POST", "/api/v1/tasks/t/trigger", "{}", "tr_prod_limited_a")
        self.assertEqual((refused.status, said["remaining"]), (429, -1))
        self.assertEqual(refused.headers["x-ratelimit-remaining"], "0")
        self.assertEqual(self.ask("POST", "/api/v1/tasks/t/trigger", "{}", "tr_prod_broken_a")[0].status, 500)
        self.assertEqual(self.origin.stats()["throttled"], 1)
        begun = time.monotonic()
        self.ask("POST", "/api/v1/tasks/t/trigger", "{}", "tr_prod_slow_a")
        self.assertGreaterEqual(time.monotonic() - begun, 2)

    def test_the_silent_answer_nobody_and_keep_nobody_waiting(self):
        with socket.create_connection(self.origin.where, timeout=10) as line:
            line.sendall(b"GET /api/v1/runs HTTP/1.1\r\nauthorization: Bearer tr_prod_silent_a\r\n\r\n")
            self.assertEqual(self.origin.trigger()[0].status, 200)
            self.assertEqual(self.origin.stats()["unanswered"], 1)
            line.settimeout(0.2)
            self.assertRaises(TimeoutError, line.recv, 1)


class Limits(Case):
    options = ("--rate", 5, "--burst", 3)

    def test_a_token_has_a_bucket_of_its_own(self):
        replies = [self.origin.trigger()[0] for _ in range(4)]
        self.assertEqual([reply.status for reply in replies], [200, 200, 200, 429])
        self.assertEqual([reply.headers["x-ratelimit-remaining"] for reply in replies], ["2", "1", "0", "0"])
        self.assertGreater(int(replies[0].headers["x-ratelimit-reset"]), time.time() * 1000 - 1)
        self.assertIsNone(replies[3].headers["retry-after"])
        self.assertEqual(self.ask("POST", "/api/v1/tasks/t/trigger", "{}", "tr_prod_b")[0].status, 200)


if __name__ == "__main__":
    unittest.main()
