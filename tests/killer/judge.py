"""The ledger's claims and the job files against what really happened. Every complaint is a broken promise."""

import collections

import judge_replays
import judge_runs
import judge_variables
from server import Server

FINAL = ("done", "failed", "unknown", "cancelled", "skipped")
ALONE = ("report", "import", "book", "groups", "singles", "variables")  # jobs whose overlap is not `allow`
EVERY = {"tick": 3, "variables": 5}  # seconds, of triggerd.toml


class Verdict:
    """What is lost, doubled or strange, and how much was looked at."""

    def __init__(self):
        self.lost, self.doubled, self.strange = [], [], []
        self.counts = collections.Counter()

    def complaints(self):
        return [f"{word}: {one}" for word in ("lost", "doubled", "strange") for one in getattr(self, word)]


class Record:
    """One life of the house: the ledger's fires with their actions, the server's effects, and what was asked.

    fires: as the control socket tells them, each with its "actions"
    effects: the lines of the sandbox's effect log
    asked: fire: job and variables, of every run that the daemon acknowledged
    tried: the same for every call that was made, whether or not it was answered
    past: (job, target): [(run, created)] that failed before the start
    left: (fire, target): names of variables that the sync said it leaves to an operator
    versions: of app.env: since, until and values
    orders: keys of orders.ndjson
    """

    def __init__(self, **parts):
        self.__dict__.update(parts)


def endings(record, verdict):
    """No fire is lost, and each has an end."""
    for fire in record.fires:
        verdict.counts["fires"] += 1
        verdict.counts["actions"] += len(fire["actions"])
        name = f"{fire['job']} {fire['id']}"
        if fire["state"] not in FINAL or not fire.get("ended"):
            verdict.lost.append(f"{name} has no end: it is {fire['state']}")
        for leg in fire["legs"]:
            if leg["state"] not in FINAL:
                verdict.lost.append(f"{name} on {leg['target']} has no end: it is {leg['state']}")
        for one in fire["actions"]:
            if one["state"] not in FINAL:
                verdict.lost.append(f"{name}: action {one['number']} on {one['target']} has no end: it is {one['state']}")
    known = {fire["id"] for fire in record.fires}
    for fire, said in record.asked.items():
        if fire not in known:
            verdict.lost.append(f"{said['job']} {fire} was acknowledged and is not in the ledger")


def instants(record, verdict):
    """Each instant of a schedule has its one fire, however often the daemon died around it."""
    for job, every in EVERY.items():
        due = collections.Counter(judge_variables.seconds(fire["due"]) for fire in record.fires
                                  if fire["job"] == job and fire["cause"] in ("schedule", "catch-up"))
        verdict.counts["instants"] += len(due)
        for at, times in due.items():
            if times > 1:
                verdict.doubled.append(f"{job} fired {times} times for the instant {at:.0f}")
        if due:
            whole = {min(due) + n * every for n in range(round((max(due) - min(due)) / every) + 1)}
            for at in sorted(whole ^ set(due)):
                verdict.lost.append(f"{job} has no fire for the instant {at:.0f}, or none of its grid")


def overlaps(record, verdict):
    """But for `allow`, no fire of a job works while another does."""
    for job in ALONE:
        spans = sorted((min(judge_variables.seconds(leg["started"]) for leg in fire["legs"] if leg.get("started")),
                        judge_variables.seconds(fire["ended"]), fire["id"])
                       for fire in record.fires if fire["job"] == job and fire.get("ended")
                       and any(leg.get("started") for leg in fire["legs"]))
        for (_, ended, one), (begun, _, other) in zip(spans, spans[1:]):
            if begun < ended - judge_variables.SLACK:
                verdict.doubled.append(f"{job} {other} began while {one} was at work")


def judge(record):
    verdict, server = Verdict(), Server(record.effects)
    endings(record, verdict)
    instants(record, verdict)
    overlaps(record, verdict)
    judge_runs.triggers(record, server, verdict)
    judge_runs.imports(record, server, verdict)
    judge_runs.books(record, server, verdict)
    judge_replays.groups(record, server, verdict)
    judge_replays.singles(record, server, verdict)
    judge_variables.variables(record, server, verdict)
    for target, task in sorted(server.tasks_of("run-created"), key=str):
        if task not in judge_runs.TASKS or target is None:
            verdict.strange.append(f"runs of {task} at {target}, which no job asked for")
    return verdict
