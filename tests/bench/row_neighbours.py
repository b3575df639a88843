"""What healthy targets feel of one that is not."""

import statistics

from origin import Origin
from row import Goal, Row, measurement, ratio
from row_triggers import ITEM
from service import Service

JOBS = """[job.healthy]
type = "batch"
task = "bench"
targets = ["part=healthy"]
parallel = 100
send = "each"
items_from = { ndjson = "HOME/items.ndjson" }
map = { payload = "{{ item }}" }
[job.neighbour]
type = "batch"
task = "bench"
targets = ["part=neighbour"]
items_from = { ndjson = "HOME/many.ndjson" }
map = { payload = "{{ item }}" }
SEND
"""
HEALTHY, PER_TARGET, LATENCY_MS = 20, 200, 50


def of_triggerd(behaviour):
    """The last target is the neighbour; without a behaviour it does as the others do."""
    streams = behaviour == "streams"

    def contend(stand):
        with Origin(stand.programs, "--latency-ms", LATENCY_MS) as origin:
            daemon = Service(stand.programs, origin.url, HEALTHY + 1, JOBS.replace("SEND", "" if streams else 'send = "each"'),
                             in_flight=4, part=lambda n: "neighbour" if n == HEALTHY else "healthy",
                             behaviour=lambda n: f"{behaviour}_" if n == HEALTHY and behaviour and not streams else "")
            with open(daemon.home / "items.ndjson", "w", encoding="utf-8") as out:
                out.writelines(ITEM.format(n=n) for n in range(PER_TARGET))
            with open(daemon.home / "many.ndjson", "w", encoding="utf-8") as out:
                out.writelines(ITEM.format(n=n) for n in range(1_000_000 if streams else 5_000))
            with daemon:
                daemon.ask("run", "neighbour")
                legs = daemon.settled([daemon.ask("run", "healthy")["fire"]], HEALTHY * PER_TARGET)
        return measurement(HEALTHY * PER_TARGET, p50_ms=statistics.median(leg["p50_ms"] for leg in legs),
                           p99_ms=statistics.median(leg["p99_ms"] for leg in legs))
    return contend


NEIGHBOURS = {"all healthy": "", "one never answers": "silent", "one answers 429": "limited", "one answers 500": "broken",
              "one answers after 2 s": "slow", "one streams batches": "streams"}

ROWS = [Row(
    "neighbours", f"Replies to {HEALTHY} healthy targets, {LATENCY_MS} ms away, beside one more", "request",
    {who: of_triggerd(behaviour) for who, behaviour in NEIGHBOURS.items()},
    [Goal(f"p99 when {who}, to all healthy", ratio("p99_ms", who, "all healthy"), 1.5 if behaviour == "streams" else 1.25)
     for who, behaviour in NEIGHBOURS.items() if behaviour],
    columns=("p50_ms", "p99_ms"))]
