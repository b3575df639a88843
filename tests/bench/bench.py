#!/usr/bin/env python3
"""triggerd beside what people would use instead, all in one run: `./dev bench [ROW...]`.

Every contender of a row does the same work against the same origin, one after the other, round by round, so that what the
machine does meanwhile meets them all. CPU time is the contender's own, user and system, of all its threads."""

import argparse
import json
import pathlib
import sys

import report
import row_batches
import row_idle
import row_ledger
import row_neighbours
import row_replays
import row_schedules
import row_triggers
import row_variables
from stand import Stand

ROWS = [*row_triggers.ROWS, *row_batches.ROWS, *row_variables.ROWS, *row_replays.ROWS, *row_idle.ROWS, *row_schedules.ROWS,
        *row_neighbours.ROWS, *row_ledger.ROWS]


def arguments():
    line = argparse.ArgumentParser(prog="./dev bench", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    line.add_argument("rows", nargs="*", metavar="ROW", help="\n".join(f"{row.name}: {row.title}" for row in ROWS))
    line.add_argument("--programs", default="build/release", help=argparse.SUPPRESS)
    line.add_argument("--rounds", type=int, default=5, help="of which the medians are told")
    line.add_argument("--scale", type=float, default=1, help="of the work; below 1 for a quick look")
    line.add_argument("--only", default="", help="contenders whose name has this in it")
    asked = line.parse_args()
    unknown = set(asked.rows) - {row.name for row in ROWS}
    if unknown:
        line.error(f"no such row: {', '.join(sorted(unknown))}; there are {', '.join(row.name for row in ROWS)}")
    return asked


def measure(stand, row, rounds, only):
    seen = {who: [] for who in row.contenders if only in who}
    for number in range(rounds):
        for who in seen:
            one = row.contenders[who](stand)
            seen[who].append(one)
            figures = ", ".join(f"{name} {report.shown(value)}" for name, value in one.items())
            print(f"{row.name} {number + 1}/{rounds} {who}: {figures}", file=sys.stderr, flush=True)
    return seen


def main():
    asked = arguments()
    rows = [row for row in ROWS if not asked.rows or row.name in asked.rows]
    stand = Stand(asked.programs, pathlib.Path("build/bench"), asked.scale)
    stand.fetch_packages()
    results = {row.name: measure(stand, row, asked.rounds, asked.only) for row in rows}
    (stand.folder / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    command = " ".join(["./dev bench", *asked.rows])
    text = report.text(stand, command, asked.rounds, rows, results)
    (stand.folder / "report.md").write_text(text)
    print(text)
    if "triggers" in results:
        report.picture(row_triggers.HUNDRED, results, stand.folder / "triggers.svg")


if __name__ == "__main__":
    main()
