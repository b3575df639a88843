"""The ledger alone, on the file system that the other rows use."""

import json
import os
import subprocess

from row import Goal, Row, figure, ratio


def of_ledger(what):
    def contend(stand):
        folder = os.environ.get("TRIGGERD_BENCH_DIR") or stand.folder
        done = subprocess.run([stand.programs / "bench_ledger", what, folder], capture_output=True, text=True, check=True)
        return json.loads(done.stdout)
    return contend


ROWS = [Row(
    "ledger", "The ledger alone", "intent",
    {"many at once": of_ledger("group"), "one at a time": of_ledger("lone"), "fdatasync of a preallocated file": of_ledger("sync")},
    [Goal("intents a second, many at once", figure("many at once", "per_s"), 50_000, least=True, form="{:,.0f}"),
     Goal("one lone intent, to one fdatasync", ratio("p50_ms", "one at a time", "fdatasync of a preallocated file"), 1.5)],
    columns=("cpu_us", "per_s", "p50_ms", "p99_ms"))]
