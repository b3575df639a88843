"""What triggerd is measured beside: programs that do the same work and tell what it took in their last line."""

import json
import os
import pathlib
import re
import resource
import subprocess

from row import measurement

HERE = pathlib.Path(__file__).resolve().parent / "rivals"


def run(words, **how):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=1800, **how)
    if done.returncode != 0:
        raise RuntimeError(f"{words}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


def told(said, cpu_s=None):
    """The measurement in the last line, once nothing failed."""
    seen = json.loads(said.splitlines()[-1])
    if seen["errors"]:
        raise RuntimeError(f"{seen}")
    return measurement(seen["units"], seen.get("cpu_s", cpu_s), seen["wall_s"],
                       **{name: seen[name] for name in ("p50_ms", "p99_ms", "rss_mib") if name in seen})


def asked(url, workload, targets, units, in_flight, *more):
    return ["--url", url, "--workload", workload, "--targets", targets, "--units", units, "--in-flight", in_flight, *more]


def bare(stand, *what):
    return told(run([stand.programs / "bench_bare", *asked(*what)]))


def script(runtime, file):
    """The file stands beside the packages, so that its imports find them."""
    def contend(stand, *what):
        runs = {"node": "node", "bun": stand.packages / "node_modules/.bin/bun"}[runtime]
        return told(run([runs, stand.packages / file, *asked(*what)], cwd=stand.packages,
                        env={**os.environ, "NODE_EXTRA_CA_CERTS": str(stand.tls.authority)}))
    return contend


sdk_on_node = script("node", "sdk.mjs")
sdk_on_bun = script("bun", "sdk.mjs")
fetch_on_node = script("node", "fetch.mjs")

# Requests as fast as they go: floors, not clients.
PATH = "/api/v1/tasks/bench/trigger"


def wrk(url, in_flight):
    before = children_cpu()
    said = run(["wrk", "-t1", f"-c{in_flight}", "-d2s", "-s", HERE / "trigger.lua", url + PATH])
    return told(said, children_cpu() - before)


def h2load(url, units, in_flight, *more):
    """It sends one body again and again."""
    before = children_cpu()
    said = run(["h2load", "-t1", f"-c{in_flight}", f"-n{units}", "-d", HERE / "trigger.json",
                "-H", "authorization: Bearer tr_prod_t0", "-H", "content-type: application/json", *more, url + PATH])
    spent = children_cpu() - before
    if f" {units} 2xx," not in said:
        raise RuntimeError(said)
    return measurement(units, spent, units / float(re.search(r"([\d.]+) req/s", said).group(1)))


def children_cpu():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
