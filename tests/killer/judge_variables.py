"""Variables: when a sync has ended, the environment holds what the file said while it ran.

A name that left the file while its first write was interrupted stays at the server: nobody can say whose it is. The sync
says so, and only then it is excused.
"""

import datetime
import hashlib

from server import PLACES

SLACK = 0.002  # seconds: both clocks are the machine's, told in milliseconds


def seconds(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def digests(values):
    return {name: hashlib.sha256(value.encode()).hexdigest() for name, value in values.items()}


def _changes(server, target):
    found = server.happened("variable-set", target) + server.happened("variable-deleted", target)
    return sorted(found, key=lambda one: one["seq"])


def _syncs(record, target):
    """Legs that ended, in the order of their ends."""
    found = [{**leg, "fire": fire["id"]} for fire in record.fires if fire["job"] == "variables" for leg in fire["legs"]
             if leg["target"] == target and leg.get("ended") and leg["state"] != "skipped"]
    return sorted(found, key=lambda leg: seconds(leg["ended"]))


def variables(record, server, verdict):
    wanted = [(digests(one["values"]), one["since"], one["until"] or float("inf")) for one in record.versions]
    names = {name for one in record.versions for name in one["values"]}
    for target in PLACES:
        changes = _changes(server, target)
        verdict.counts["variable writes"] += len(changes)
        for one in changes:
            if one["name"] not in names:
                verdict.strange.append(f"variables on {target}: {one['name']} was {one['kind'][9:]}, nobody asked for it")
        now, at, left = {}, 0, set()
        for leg in _syncs(record, target):
            if leg["state"] != "done":
                verdict.lost.append(f"variables on {target} ended {leg['state']}: {leg.get('note')}")
                continue
            begun, ended = seconds(leg["started"]), seconds(leg["ended"])
            while at < len(changes) and seconds(changes[at]["at"]) <= ended + SLACK:
                _apply(now, changes[at])
                at += 1
            left = record.left.get((leg["fire"], target), set()) & set(now)
            verdict.counts["syncs"] += 1
            verdict.counts["variables left to an operator"] += len(left)
            current = [values for values, since, until in wanted if since <= ended + SLACK and until >= begun - SLACK]
            if not any(_without(now, left - set(values)) == values for values in current):
                verdict.lost.append(f"variables on {target}: at {leg['ended']} it holds no version of the file")
        for one in changes[at:]:
            verdict.strange.append(f"variables on {target}: {one['name']} was {one['kind'][9:]} after the last sync had ended")
        now = _without(now, left - set(wanted[-1][0]))
        if now != wanted[-1][0]:
            verdict.lost.append(f"variables on {target}: in the end {sorted(set(now) ^ set(wanted[-1][0]))} differ, or values")


def _without(values, names):
    return {name: value for name, value in values.items() if name not in names}


def _apply(now, change):
    if change["kind"] == "variable-set":
        now[change["name"]] = change["sha256"]
    else:
        now.pop(change["name"], None)
