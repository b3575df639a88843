"""Very many schedules that wait, and a thousand of them due at one instant."""

import re
import time

from origin import Origin
from row import Goal, Row, figure, measurement
from service import Service

ARMED, DUE = 100_000, 1_000
DUE_AFTER_S = 70  # of the start: time to be ready, and to be watched at rest until shortly before
WATCHED_S = 40    # a tick of the kernel's count of CPU time is 0.025 % of it
JOB = """[job.{name}]
type = "trigger"
targets = ["t{target}"]
task = "bench"
schedule = {{ {when} }}
"""


def write_jobs(daemon, armed, instant):
    """In files of a size that is read."""
    jobs = [JOB.format(name=f"armed-{n}", target=n % 100, when='every = "23h"') for n in range(armed)]
    at = time.strftime('at = "%Y-%m-%dT%H:%M:%SZ"', time.gmtime(instant))
    jobs += [JOB.format(name=f"due-{n}", target=n % 100, when=at) for n in range(DUE)]
    for part in range(0, len(jobs), 20_000):
        (daemon.home / f"jobs-{part}.toml").write_text("version = 1\n" + "".join(jobs[part:part + 20_000]))


def quantile_of(metrics, name, q):
    """Of a histogram in Prometheus's text, by interpolation; in its unit."""
    buckets = [(float(le), int(count)) for le, count in re.findall(name + r'_bucket\{le="([^"]+)"\} (\d+)', metrics)]
    rank, below, low = q * buckets[-1][1], 0, 0.0
    for bound, count in buckets:
        if count >= rank:
            return low + (bound - low) * (rank - below) / max(count - below, 1)
        below, low = count, bound
    raise RuntimeError(f"no {name}")


def of_triggerd(stand):
    with Origin(stand.programs) as origin:
        daemon = Service(stand.programs, origin.url, 100, "", in_flight=16, include=["jobs-*.toml"])
        due = int(time.time()) + DUE_AFTER_S
        write_jobs(daemon, stand.scaled(ARMED), due)
        with daemon:
            memory = daemon.memory()
            time.sleep(due - WATCHED_S - 5 - time.time())
            before = daemon.cpu()
            time.sleep(WATCHED_S)
            idle = (daemon.cpu() - before) / WATCHED_S
            origin.until(lambda now: now["by_endpoint"]["trigger"] >= DUE, within=120)
            metrics = daemon.ask("metrics")["text"]
    return measurement(ARMED, start_s=daemon.ready_after, memory_mib=memory, idle_cpu_percent=100 * idle,
                       late_p99_ms=1000 * quantile_of(metrics, "triggerd_fire_lateness_seconds", 0.99))


ROWS = [Row(
    "schedules", f"{ARMED:,} schedules armed, {DUE:,} due at once", "schedule", {"triggerd": of_triggerd},
    [Goal("idle CPU, percent of a core", figure("triggerd", "idle_cpu_percent"), 0.1),
     Goal("p99 from instant to durable intent, ms", figure("triggerd", "late_p99_ms"), 20, form="{:.1f}")],
    columns=("start_s", "memory_mib", "idle_cpu_percent", "late_p99_ms"),
    rounds=3)]  # each takes more than a minute
