"""What failed is run again, in named groups."""

import time

import rivals
from origin import Origin
from row import Row, measurement
from service import Service

JOB = """[job.replay]
type = "replay"
targets = ["*"]
mode = "paced"
group = 500
rate = "100000/s"
in_flight = 100000
expect = { min = 0, max = 200000 }
[job.replay.select]
from = "{{ vars.from }}"
to = "{{ vars.to }}"
status = ["failed"]
[job.replay.vars]
from = { type = "datetime", default = "-2d" }
to = { type = "datetime", default = "-60s" }
"""


def of_triggerd(stand):
    runs = stand.scaled(10_000)
    with Origin(stand.programs, "--runs", runs) as origin, Service(stand.programs, origin.url, 1, JOB, in_flight=4) as daemon:
        before, begun = daemon.cpu(), time.monotonic()
        ended = daemon.ended(daemon.ask("run", "replay")["fire"])
        wall, cpu, seen = time.monotonic() - begun, daemon.cpu() - before, origin.stats()
        if ended["state"] != "done" or ended["legs"][0]["items"] != runs:
            raise RuntimeError(f"{ended}")
    return measurement(runs, cpu, wall, requests=seen["requests"] * 10_000 / runs)


def of_sdk(stand):
    runs = stand.scaled(2_000)
    with Origin(stand.programs, "--runs", runs) as origin:
        seen = rivals.sdk_on_node(stand, origin.url, "replay", 1, runs, 16)
        return {**seen, "requests": origin.stats()["requests"] * 10_000 / runs}


ROWS = [Row("replays", "Replay of failed runs; requests as for 10,000", "run", {"triggerd": of_triggerd, "SDK on Node": of_sdk},
            columns=("requests", "cpu_us", "per_s"))]
