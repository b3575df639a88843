"""Replays: groups are exact, because they can be found again by name; single ones are never sent twice."""

import collections

TARGETS = ("shop-prod", "crm-prod")


def _selected(record, job, target, windows):
    """The past runs in any of the windows."""
    return {run for run, created in record.past[job, target]
            if any(one["from"] <= created <= one["to"] for one in windows)}


def _windows(record, job):
    """Those of acknowledged fires, and those of every call, answered or not."""
    sure = [said["vars"] for said in record.asked.values() if said["job"] == job]
    return sure, [said["vars"] for said in record.tried if said["job"] == job]


def _actions(record, job, target):
    return [one for fire in record.fires if fire["job"] == job for one in fire["actions"] if one["target"] == target]


def _legs_end(record, job, good, verdict):
    for fire in record.fires:
        for leg in fire["legs"] if fire["job"] == job else ():
            if leg["state"] not in good:
                verdict.strange.append(f"{job} {fire['id']} on {leg['target']} is {leg['state']}: {leg.get('note')}")


def _replayed(job, target, made, sure, maybe, verdict):
    """Each run of a window once, nothing else; the runs that were replayed."""
    times = collections.Counter(one["original"] for one in made)
    for run, n in times.items():
        if n > 1:
            verdict.doubled.append(f"{job} on {target}: {run} was replayed {n} times")
        if run not in maybe:
            verdict.strange.append(f"{job} on {target}: {run} was replayed, though no window holds it")
    for run in sure - set(times):
        verdict.lost.append(f"{job} on {target}: {run} was not replayed")
    return set(times)


def groups(record, server, verdict):
    sure, tried = _windows(record, "groups")
    _legs_end(record, "groups", ("done",), verdict)
    for target in TARGETS:
        made = server.happened("replay-created", target, "charge-group")
        _replayed("groups", target, made, _selected(record, "groups", target, sure),
                  _selected(record, "groups", target, tried), verdict)
        verdict.counts["group replays"] += len(made)
        of_group = collections.Counter(one["bulk"] for one in made)
        claimed = {one.get("run"): one["items"] for one in _actions(record, "groups", target)}
        ordered = [one["bulk"] for one in server.happened("bulk-created", target)]
        verdict.counts["groups"] += len(ordered)
        for bulk in set(ordered) - set(claimed):
            verdict.doubled.append(f"groups on {target}: {bulk} was made and the ledger does not know it")
        for bulk in set(claimed) - set(ordered):
            verdict.lost.append(f"groups on {target}: {bulk} stands in the ledger alone")
        for bulk, items in claimed.items():
            if of_group[bulk] != items:
                verdict.lost.append(f"groups on {target}: {bulk} has {of_group[bulk]} replays of {items}")


def singles(record, server, verdict):
    """What is unknown may have happened; it must not happen again."""
    sure, tried = _windows(record, "singles")
    _legs_end(record, "singles", ("done", "unknown"), verdict)
    for target in TARGETS:
        made = server.happened("replay-created", target, "charge-single")
        actions = _actions(record, "singles", target)
        done = {one["subject"] for one in actions if one["state"] == "done"}
        unknown = {one["subject"] for one in actions if one["state"] == "unknown"}
        verdict.counts["single replays"] += len(made)
        verdict.counts["unknown single replays"] += len(unknown)
        replayed = _replayed("singles", target, made, set(), _selected(record, "singles", target, tried), verdict)
        verdict.counts["unknown ones that had happened"] += len(unknown & replayed)
        for run in replayed - done - unknown:
            verdict.doubled.append(f"singles on {target}: {run} was replayed and is neither done nor unknown")
        for run in done - replayed:
            verdict.lost.append(f"singles on {target}: {run} is called done and was not replayed")
        for run in _selected(record, "singles", target, sure) - done - unknown:
            verdict.lost.append(f"singles on {target}: {run} was selected, and nothing is known of it")
        for run, n in collections.Counter(one["subject"] for one in actions).items():
            if n > 1:
                verdict.doubled.append(f"singles on {target}: {run} has {n} actions")
