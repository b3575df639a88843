"""Many targets that do nothing, or little: what they hold, and how long start and reload take."""

import time

from origin import Origin
from row import Goal, Row, figure, measurement
from row_triggers import ITEM, JOB
from service import Service

KIB = 1024
FEW, MANY = 3, 20  # items of a live target


def of_triggerd(targets, live=0):
    def contend(stand):
        with Origin(stand.programs) as origin:
            daemon = Service(stand.programs, origin.url, targets, JOB.format(parallel=max(live, 1)),
                             part=lambda n: "live" if n < live else "idle")
            write_items(daemon, FEW)
            with daemon:
                out = measurement(targets, start_s=daemon.ready_after, memory_mib=daemon.memory())
                if live:
                    daemon.ended(run(daemon))
                    out["memory_mib"] = daemon.memory()
                    write_items(daemon, MANY)
                    at_work = run(daemon)
                daemon.write(JOB.format(parallel=7))
                begun = time.monotonic()
                daemon.ask("reload")
                out["reload_s"] = time.monotonic() - begun
                if live:
                    daemon.settled([at_work], MANY * live)
                    nothing_twice(origin.stats(), live)
        return out
    return contend


def write_items(daemon, count):
    (daemon.home / "items.ndjson").write_text("".join(ITEM.format(n=n) for n in range(count)))


def run(daemon):
    return daemon.ask("run", "each", "--on", "part=live")["fire"]


def nothing_twice(seen, live):
    """The reload came while requests were under way: none of them was dropped, and none came again."""
    if seen["keys"] != (FEW + MANY) * live or seen["repeated_keys"]:
        raise RuntimeError(f"{seen}")


def per_target_kib(more, less, count):
    def value(seen):
        try:
            return (seen[more]["memory_mib"] - seen[less]["memory_mib"]) * KIB / count
        except KeyError:
            return None
    return value


ROWS = [Row(
    "idle", "Targets that wait: memory, start, reload", "target",
    {"1 target": of_triggerd(1), "100 targets": of_triggerd(100), "1,000 targets": of_triggerd(1_000),
     "10,000 targets": of_triggerd(10_000), "10,000 targets, 1,000 live": of_triggerd(10_000, live=1_000)},
    [Goal("memory with 100 targets, MiB", figure("100 targets", "memory_mib"), 20, form="{:.1f}"),
     Goal("KiB per never-used target", per_target_kib("10,000 targets", "100 targets", 9_900), 4),
     Goal("KiB per live target more", per_target_kib("10,000 targets, 1,000 live", "10,000 targets", 1_000), 24),
     Goal("start with 10,000 targets to READY, s", figure("10,000 targets", "start_s"), 1),
     Goal("reload with 10,000 targets, s", figure("10,000 targets", "reload_s"), 0.5)],
    columns=("memory_mib", "start_s", "reload_s"))]
