#!/usr/bin/env python3
"""triggerd beside what people would use instead, all in one run: `./dev bench [ROW...]`.

Every contender of a row does the same work against the same origin, one after the other, round by round, so that what the
machine does meanwhile meets them all. CPU time is the contender's own, user and system, of all its threads. The tables are
printed and written to build/bench/report.md, with a picture beside it. All rows take about 25 minutes on two cores that do
nothing else."""

import argparse
import json
import pathlib
import subprocess
import sys

import publish
import report
import row_batches
import row_idle
import row_ledger
import row_neighbours
import row_rate_limit
import row_replays
import row_schedules
import row_triggers
import row_variables
from stand import Stand

ROWS = [*row_triggers.ROWS, *row_batches.ROWS, *row_variables.ROWS, *row_replays.ROWS, *row_idle.ROWS, *row_schedules.ROWS,
        *row_rate_limit.ROWS, *row_neighbours.ROWS, *row_ledger.ROWS]
FOLDER = pathlib.Path("build/bench")


def arguments():
    line = argparse.ArgumentParser(prog="./dev bench", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    line.add_argument("rows", nargs="*", metavar="ROW", help="\n".join(f"{row.name}: {row.title}" for row in ROWS))
    line.add_argument("--programs", default="build/release", help=argparse.SUPPRESS)
    line.add_argument("--rounds", type=int, default=5, help="of which the medians are told")
    line.add_argument("--scale", type=float, default=1, help="of the work; below 1 for a quick look")
    line.add_argument("--only", default="", help="contenders whose name has this in it")
    line.add_argument("--readme", action="store_true",
                      help="measures nothing: puts the last run of all rows into\nREADME.md and tests/bench/RESULTS.md")
    asked = line.parse_args()
    unknown = set(asked.rows) - {row.name for row in ROWS}
    if unknown:
        line.error(f"no such row: {', '.join(sorted(unknown))}; there are {', '.join(row.name for row in ROWS)}")
    return asked


def measure(stand, row, rounds, only):
    seen = {who: [] for who in row.contenders if only in who}
    rounds = min(rounds, row.rounds)
    for number in range(rounds):
        for who in seen:
            one = row.contenders[who](stand)
            seen[who].append(one)
            figures = ", ".join(f"{name} {report.shown(value)}" for name, value in one.items())
            print(f"{row.name} {number + 1}/{rounds} {who}: {figures}", file=sys.stderr, flush=True)
    return seen


def main():
    asked = arguments()
    if asked.readme:
        publish.publish(ROWS, FOLDER)
        return
    stand = Stand(asked.programs, FOLDER, asked.scale)
    stand.fetch_packages()
    command = " ".join(["./dev bench", *sys.argv[1:]])
    run = {"about": report.preamble(stand, command, asked.rounds), "whole": asked.scale >= 1 and not asked.only, "rows": {}}
    failed = False
    for row in ROWS:
        if asked.rows and row.name not in asked.rows:
            continue
        try:
            run["rows"][row.name] = measure(stand, row, asked.rounds, asked.only)
        except (RuntimeError, OSError, subprocess.SubprocessError) as failure:  # the other rows still tell something
            print(f"{row.name}: {failure}", file=sys.stderr, flush=True)
            failed = True
    (FOLDER / "results.json").write_text(json.dumps(run, indent=1) + "\n")
    text = report.text(run, ROWS)
    (FOLDER / "report.md").write_text(text)
    print(text)
    if row_triggers.HUNDRED.name in run["rows"]:
        report.picture(row_triggers.HUNDRED, run, FOLDER / "triggers.svg")
    sys.exit(failed)


if __name__ == "__main__":
    main()
