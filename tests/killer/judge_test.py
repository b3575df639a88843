#!/usr/bin/env python3
"""The judge of the killer: small honest books pass, and no trick of the doctor does."""

import random
import unittest

import doctor
import judge
import work
from judge_variables import digests
from server import PLACES, action_tag

DAY = "2026-11-26T12:"
ORDERS = ["O-1", "O-2", "O-3"]


def at(second):
    return f"{DAY}{second // 60:02}:{second % 60:02}.000Z"


class Books:
    """A life in which everything went well, written by hand."""

    def __init__(self):
        self.effects, self.fires, self.asked, self.left = [], [], {}, {}
        self.past = {(job, target): [] for job in work.REPLAYED for target in work.KEYS}
        start = judge.judge_variables.seconds(at(0))
        self.versions = [{"since": start, "until": None, "values": {"PUBLIC_00": "a", "SECRET_01": "b"}}]
        self._runs = 0

    def happen(self, kind, target, second, **more):
        self.effects.append({"seq": len(self.effects) + 1, "at": at(second), "kind": kind, "place": PLACES[target], **more})

    def run(self, target, task, second, tags, key, end="COMPLETED"):
        self._runs += 1
        name = f"run_{self._runs}"
        self.happen("run-created", target, second, run=name, task=task, key=key, tags=tags)
        self.happen("run-finished", target, second, run=name, task=task, key=key, tags=tags, status=end)
        return name

    def fire(self, job, second, targets, cause="manual", **said):
        name = f"fire{len(self.fires):02}"
        legs = [{"target": target, "state": "done", "rejected": 0, "started": at(second), "ended": at(second + 1)}
                for target in targets]
        self.fires.append({"id": name, "job": job, "cause": cause, "due": at(second), "state": "done",
                           "ended": at(second + 1), "legs": legs, "actions": []})
        if cause == "manual":
            self.asked[name] = {"job": job, **said}
        return self.fires[-1]

    def act(self, fire, target, **more):
        number = sum(one["target"] == target for one in fire["actions"])
        fire["actions"].append({"target": target, "number": number, "state": "done", "items": 1, **more})
        return action_tag(fire["id"], target, number)

    def trigger(self, job, second, cause="manual"):
        fire = self.fire(job, second, PLACES, cause)
        for target in PLACES:
            tag = self.act(fire, target)
            fire["actions"][-1]["run"] = self.run(target, job, second, [tag], f"{fire['id']}-{target}")
        return fire

    def batch(self, job, task, second, targets):
        fire = self.fire(job, second, targets)
        for target in targets:
            self.act(fire, target, items=len(ORDERS))
            for order in ORDERS:
                self.run(target, task, second, [f"order:{order}", f"fire:{fire['id']}"], f"{target}-{order}")

    def replay(self, job, second):
        fire = self.fire(job, second, work.KEYS, vars={"from": at(0), "to": at(30)})
        for target in work.KEYS:
            originals = [f"run_{job}_{target}_{n}" for n in range(2)]
            self.past[job, target] += [(run, at(10)) for run in originals]
            if job == "groups":
                self.act(fire, target, items=2, run=f"bulk_{target}")
                self.happen("bulk-created", target, second, bulk=f"bulk_{target}")
            for original in originals:
                bulk = {"bulk": f"bulk_{target}"} if job == "groups" else {}
                self.happen("replay-created", target, second, original=original, task=work.REPLAYED[job],
                            run=f"{original}_again", **bulk)
                if job == "singles":
                    self.act(fire, target, subject=original)
        return fire

    def sync(self, second):
        self.fire("variables", second, PLACES, "schedule")
        for target in PLACES:
            for name, digest in digests(self.versions[-1]["values"]).items():
                self.happen("variable-set", target, second, name=name, sha256=digest)

    def record(self):
        return judge.Record(fires=self.fires, effects=self.effects, asked=self.asked, tried=list(self.asked.values()),
                            past=self.past, left=self.left, versions=self.versions, orders=ORDERS)


def honest():
    books = Books()
    for second in (60, 63, 66):
        books.trigger("tick", second, "schedule")
    books.trigger("report", 65)
    books.batch("import", "import-order", 66, work.KEYS)
    books.batch("book", "book-order", 67, ["shop-staging"])
    books.replay("groups", 68)
    books.replay("singles", 69)
    books.sync(72)
    return books


class Judging(unittest.TestCase):
    def complaints(self, books):
        return judge.judge(books.record()).complaints()

    def test_honest_books_pass(self):
        self.assertEqual(self.complaints(honest()), [])

    def test_every_trick_of_the_doctor_is_seen(self):
        for seed in range(20):
            self.assertEqual(doctor.not_noticed(honest().record(), random.Random(seed)), ([], []))

    def repeated(self, note, end="FAILED"):
        books = honest()
        fire = books.fire("report", 80, PLACES)
        for target in PLACES:
            tag = books.act(fire, target, note=note)
            books.run(target, "report", 80, [tag], f"key-{target}", end)
            fire["actions"][-1]["run"] = books.run(target, "report", 80, [tag], f"key-{target}")
        return self.complaints(books)

    def test_a_run_after_one_that_failed_passes_when_it_is_told(self):
        self.assertEqual(self.repeated("repeated-after-failure: run_1 had failed"), [])
        self.assertIn("does not say so", self.repeated("")[0])

    def test_a_run_beside_one_that_stands_never_passes(self):
        self.assertIn("had not failed", self.repeated("repeated-after-failure: run_1 had failed", "COMPLETED")[0])

    def test_an_unknown_replay_may_have_happened_or_not(self):
        books = honest()
        for action in [one for fire in books.fires if fire["job"] == "singles" for one in fire["actions"]][:3]:
            action["state"] = "unknown"
        books.effects = [one for one in books.effects if one.get("original") != "run_singles_shop-prod_0"]
        self.assertEqual(self.complaints(books), [])

    def test_a_failed_trigger_passes_when_its_run_failed(self):
        books = honest()
        fire = books.trigger("report", 80)
        fire["actions"][0]["state"] = "failed"
        self.assertIn("though its run stands", self.complaints(books)[0])
        failed = fire["actions"][0]["run"]
        for one in books.effects:
            if one["kind"] == "run-finished" and one["run"] == failed:
                one["status"] = "FAILED"
        self.assertEqual(self.complaints(books), [])

    def test_a_variable_that_stays_passes_only_when_the_sync_says_so(self):
        books = honest()
        books.happen("variable-set", "shop-prod", 73, name="SECRET_01", sha256=digests({"": "b"})[""])
        books.versions[0]["until"] = judge.judge_variables.seconds(at(74))
        books.versions.append({**books.versions[0], "since": books.versions[0]["until"], "until": None,
                               "values": {"PUBLIC_00": "a"}})
        for target in ("shop-staging", "crm-prod"):
            books.happen("variable-deleted", target, 77, name="SECRET_01")
        fire = books.fire("variables", 77, PLACES, "schedule")
        self.assertIn("variables on shop-prod", self.complaints(books)[0])
        books.left[fire["id"], "shop-prod"] = {"SECRET_01"}
        self.assertEqual(self.complaints(books), [])


if __name__ == "__main__":
    unittest.main()
