"""Many items in few requests."""

import time

import rivals
from origin import Origin
from row import Goal, Row, figure, measurement, ratio
from row_triggers import ITEM
from service import Service

JOB = """[job.batch]
type = "batch"
task = "bench"
targets = ["t0"]
items_from = { ndjson = "HOME/items.ndjson" }
map = { payload = "{{ item }}" }
[job.batch.chunking]
items = 1000
concurrent = 2
"""


def of_triggerd(stand, items, under=()):
    with Origin(stand.programs) as origin:
        daemon = Service(stand.programs, origin.url, 1, JOB, in_flight=2, under=under)
        with open(daemon.home / "items.ndjson", "w", encoding="utf-8") as out:
            out.writelines(ITEM.format(n=n) for n in range(items))
        with daemon:
            before, begun = daemon.cpu(), time.monotonic()
            fire = daemon.ask("run", "batch")["fire"]
            origin.until(lambda now: now["items"] >= items, within=1200)
            wall, cpu, peak = time.monotonic() - begun, daemon.cpu() - before, daemon.memory("VmHWM")
            leg = daemon.ended(fire)["legs"][0]
            if leg["items"] != items or leg["failed"] or leg["unknown"]:
                raise RuntimeError(f"the ledger counts other items than the origin: {leg}")
    return measurement(items, cpu, wall, rss_mib=peak)


def of_rival(run, items):
    def contend(stand):
        with Origin(stand.programs) as origin:
            return run(stand, origin.url, "batch", 1, stand.scaled(items), 2)
    return contend


ROWS = [Row(
    "batches", "Batches of 1,000 items each, one target", "item",
    {"triggerd, 100,000 items": lambda stand: of_triggerd(stand, stand.scaled(100_000)),
     "triggerd, 1,000,000 items": lambda stand: of_triggerd(stand, stand.scaled(1_000_000)),
     "bare libcurl loop": of_rival(rivals.bare, 1_000_000),
     "SDK on Node": of_rival(rivals.sdk_on_node, 20_000),
     "SDK on Bun": of_rival(rivals.sdk_on_bun, 20_000)},
    [Goal("CPU per item, to the SDK on Node", ratio("cpu_us", "triggerd, 1,000,000 items", "SDK on Node"), 1 / 25, form="{:.3f}"),
     Goal("peak memory at 1,000,000 items, MiB", figure("triggerd, 1,000,000 items", "rss_mib"), 40, form="{:.1f}"),
     Goal("peak memory, to that at 100,000 items", ratio("rss_mib", "triggerd, 1,000,000 items", "triggerd, 100,000 items"), 1.1)],
    columns=("cpu_us", "per_s", "rss_mib"))]
