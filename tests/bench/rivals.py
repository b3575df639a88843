"""What triggerd is measured beside: programs that do the same work and tell what it took in their last line."""

import json
import pathlib
import resource
import subprocess

from row import measurement

HERE = pathlib.Path(__file__).resolve().parent / "rivals"


def told(words, cwd=None):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, cwd=cwd, timeout=1800)
    if done.returncode != 0:
        raise RuntimeError(f"{words}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    seen = json.loads(done.stdout.splitlines()[-1])
    if seen["errors"]:
        raise RuntimeError(f"{words}: {seen}")
    return measurement(seen["units"], seen["cpu_s"], seen["wall_s"],
                       **{name: seen[name] for name in ("p50_ms", "p99_ms", "rss_mib") if name in seen})


def asked(url, workload, targets, units, in_flight, *more):
    return ["--url", url, "--workload", workload, "--targets", targets, "--units", units, "--in-flight", in_flight, *more]


def bare(stand, url, workload, targets, units, in_flight, *more):
    return told([stand.programs / "bench_bare", *asked(url, workload, targets, units, in_flight, *more)])


def script(stand, runtime, file, url, workload, targets, units, in_flight, *more):
    """The file stands beside the packages, so that its imports find them."""
    runs = {"node": ["node"], "bun": [stand.packages / "node_modules/.bin/bun"]}[runtime]
    return told([*runs, stand.packages / file, *asked(url, workload, targets, units, in_flight, *more)], cwd=stand.packages)


def wrk(stand, url, seconds, connections):
    """Requests as fast as they go: a floor, not a client."""
    words = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", str(HERE / "trigger.lua"), url]
    before = children_cpu()
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    spent = children_cpu() - before
    requests = next(int(line.split()[0]) for line in done.stdout.splitlines() if " requests in " in line)
    return measurement(requests, spent, seconds)


def children_cpu():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
