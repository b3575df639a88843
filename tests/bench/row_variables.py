"""Variables kept in step: what it costs when they changed, and when they did not."""

import time

import rivals
from origin import Origin
from row import Goal, Row, figure, measurement
from service import Service

JOB = """[job.sync]
type = "env-sync"
targets = ["*"]
parallel = 16
plain = ["P*"]
override = "all"
max_change = "100%"
[[job.sync.source]]
dotenv = "HOME/variables.env"
"""
TARGETS, VARIABLES = 100, 200


def write(daemon, value):
    (daemon.home / "variables.env").write_text(
        "".join(f"{'P' if n % 2 else 'S'}_VARIABLE_{n}={value}-{n}\n" for n in range(VARIABLES)))


def sync(daemon, origin, value):
    write(daemon, value)
    origin.reset()
    before, begun = daemon.cpu(), time.monotonic()
    ended = daemon.ended(daemon.ask("run", "sync")["fire"])
    if ended["state"] != "done":
        raise RuntimeError(f"{ended}")
    wall, cpu, seen = time.monotonic() - begun, daemon.cpu() - before, origin.stats()
    return measurement(TARGETS, cpu, wall, requests=seen["requests"] / TARGETS)


def of_triggerd(first, then):
    def contend(stand):
        with Origin(stand.programs) as origin, Service(stand.programs, origin.url, TARGETS, JOB, in_flight=4) as daemon:
            for value in first:
                sync(daemon, origin, value)
            return sync(daemon, origin, then)
    return contend


def of_sdk(stand):
    with Origin(stand.programs) as origin:
        seen = rivals.sdk_on_node(stand, origin.url, "envvars", TARGETS, TARGETS, 16)
        return {**seen, "requests": origin.stats()["requests"] / TARGETS}


ROWS = [Row(
    "variables", f"env-sync of {VARIABLES} variables to {TARGETS} targets", "target",
    {"triggerd, all new": of_triggerd([], "one"),
     "triggerd, all changed": of_triggerd(["one"], "two"),
     "triggerd, none changed": of_triggerd(["one"], "one"),
     "SDK on Node, uploads all": of_sdk},
    [Goal("requests per target, all changed", figure("triggerd, all changed", "requests"), 4),
     Goal("requests per target, none changed", figure("triggerd, none changed", "requests"), 1)],
    columns=("requests", "cpu_us", "per_s"))]
