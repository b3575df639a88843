"""Triggers and batches: every planned action has its run, and another one only after a failure."""

import collections

from server import PLACES, action_tag, tagged

TASKS = ("tick", "report", "import-order", "book-order")
BATCHED = ("shop-prod", "crm-prod")
REPEATED = "repeated-after-failure"


def legs_of(record, job, targets, verdict):
    """Fires of a job that did not stand back for another, leg by leg, with the leg's actions."""
    for fire in record.fires:
        if fire["job"] != job or fire["state"] == "skipped":
            continue
        missing = set(targets) - {leg["target"] for leg in fire["legs"]}
        if missing:
            verdict.lost.append(f"{job} {fire['id']} never came to {sorted(missing)}")
        for leg in fire["legs"]:
            yield fire, leg, [one for one in fire["actions"] if one["target"] == leg["target"]]


def once(made, what, server, verdict):
    """Holds the runs that are one effect to the promise; whether there was a repeat."""
    for later in server.doubled(made):
        verdict.doubled.append(f"{what}: {later['run']} was made though an earlier run had not failed")
    verdict.counts["repeated after a failure"] += len(made) - 1
    return len(made) > 1


def triggers(record, server, verdict):
    for job in ("tick", "report"):
        by_tag, by_key = collections.defaultdict(list), collections.defaultdict(list)
        for target in PLACES:
            for run in server.happened("run-created", target, job):
                by_tag["td:" + tagged(run, "td:")].append(run)
                by_key[target, run["key"]].append(run)
        for fire, leg, actions in legs_of(record, job, PLACES, verdict):
            name = f"{job} {fire['id']} on {leg['target']}"
            if not actions:
                verdict.lost.append(f"{name} has no action: {leg['state']}, {leg.get('note')}")
            for one in actions:
                _trigger(one, by_tag.pop(action_tag(fire["id"], leg["target"], one["number"]), []), name, server, verdict)
        for tag, runs in by_tag.items():
            verdict.strange.append(f"{job}: {len(runs)} runs of {tag}, which the ledger does not know")
        for (target, key), runs in by_key.items():  # attempts of one fire share a key
            for later in server.doubled(runs):
                verdict.doubled.append(f"{job} on {target}: {later['run']} of {key} beside one that had not failed")


def _trigger(action, made, name, server, verdict):
    name = f"{name}, action {action['number']}"
    verdict.counts["trigger runs"] += len(made)
    if not made:
        verdict.lost.append(f"{name} is {action['state']} and has no run: {action.get('note')}")
        return
    if once(made, name, server, verdict) and REPEATED not in action.get("note", ""):
        verdict.strange.append(f"{name} was repeated and does not say so: {action.get('note')}")
    if action.get("run") != made[-1]["run"]:
        verdict.strange.append(f"{name} claims {action.get('run')}, the last one made is {made[-1]['run']}")
    if action["state"] != "done" and not (action["state"] == "failed" and server.failed(made[-1]["run"])):
        verdict.strange.append(f"{name} is {action['state']}, though its run stands: {action.get('note')}")


def _whole(record, fire, leg, actions, verdict):
    """A batch's leg has to end well: nothing that was done to it excuses anything else."""
    if leg["state"] != "done" or leg["rejected"]:
        verdict.lost.append(f"{fire['job']} {fire['id']} on {leg['target']} is {leg['state']}: {leg.get('note')} "
                            f"{[one.get('note') for one in actions if one['state'] != 'done'][:3]}")


def imports(record, server, verdict):
    """Every fire sends every order."""
    made = collections.defaultdict(lambda: collections.defaultdict(list))
    for target in BATCHED:
        for run in server.happened("run-created", target, "import-order"):
            made[tagged(run, "fire:"), target][tagged(run, "order:")].append(run)
    for fire, leg, actions in legs_of(record, "import", BATCHED, verdict):
        name = f"import {fire['id']} on {leg['target']}"
        _whole(record, fire, leg, actions, verdict)
        orders = made.pop((fire["id"], leg["target"]), {})
        verdict.counts["batch items"] += len(orders)
        for order in set(record.orders) ^ set(orders):
            verdict.lost.append(f"{name}: {order} has no run, or is none of ours")
        claimed = sum(one["items"] for one in actions)
        if claimed != len(record.orders):
            verdict.strange.append(f"{name} claims {claimed} items of {len(record.orders)}")
        for order, runs in orders.items():
            once(runs, f"{name}, {order}", server, verdict)
    for fire, target in made:
        verdict.strange.append(f"import: runs of {fire} on {target}, which the ledger does not know")


def books(record, server, verdict):
    """All fires together send every order, and again what failed since."""
    made = collections.defaultdict(list)
    for run in server.happened("run-created", "shop-staging", "book-order"):
        made[tagged(run, "order:")].append(run)
    fired = False
    for fire, leg, actions in legs_of(record, "book", ["shop-staging"], verdict):
        fired = True
        _whole(record, fire, leg, actions, verdict)
    verdict.counts["batch items"] += len(made)
    for order in set(record.orders if fired else ()) ^ set(made):
        verdict.lost.append(f"book: {order} has no run, or is none of ours")
    for order, runs in made.items():
        once(runs, f"book, {order}", server, verdict)
