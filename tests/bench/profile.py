#!/usr/bin/env python3
"""Where the instructions of one unit of a row go: `./dev profile ROW`.

The row runs under callgrind twice, with less and with more work; the difference is what a unit costs, without start and
end. Counts hardly depend on the machine, so they are kept (tests/bench/instructions.json) and told beside the kept ones."""

import argparse
import collections
import json
import pathlib
import re

import row_batches
import row_triggers
from stand import Stand

HERE = pathlib.Path(__file__).resolve().parent
KEPT = HERE / "instructions.json"
SAME_PERCENT = 2  # of two runs of the same program
# Each with how it is run by (stand, units, programs to run it under), less work and more.
PATHS = {
    "triggers": (lambda stand, units, under: row_triggers.of_triggerd(stand, 10, units, 10, under=under), 1_000, 3_000),
    "batches": (lambda stand, units, under: row_batches.of_triggerd(stand, units, under=under), 10_000, 30_000),
}
GROUPS = (("memory", r"malloc|_int_free|_int_malloc|^free$|operator new|operator delete|calloc|realloc|unlink_chunk"),
          ("JSON", r"nlohmann"), ("coroutines and loop", r"boost::asio|epoll|awaitable"), ("strings", r"basic_string|char_traits"),
          ("text and memory copies", r"^__mem|^__str|memcpy|memmove|memset"))
LIBRARIES = {"libmimalloc": "memory", "libcurl": "libcurl", "libcrypto": "libcrypto", "libsqlite3": "SQLite",
             "libssl": "libssl", "libc.so": "libc"}


def read(folder):
    """Instructions by (library, function), of all threads."""
    cost = collections.Counter()
    for path in folder.glob("callgrind.out*"):
        names, objects, function, object_, in_call = {}, {}, None, "", False
        for line in path.read_text("utf-8", "replace").splitlines():
            if found := re.match(r"(c?fn|c?ob)=\((\d+)\)(?: (.*))?$", line):
                kind, number, name = found.groups()
                known = objects if kind.endswith("ob") else names
                if name:
                    known[number] = name
                if kind == "fn":
                    function = known[number]
                elif kind == "ob":
                    object_ = known[number]
            elif line.startswith("calls="):
                in_call = True
            elif found := re.match(r"[+\-*\d]\S* (\d+)$", line):
                if not in_call:
                    cost[(pathlib.Path(object_).name, function)] += int(found.group(1))
                in_call = False
    return cost


def group_of(library, function):
    for name, pattern in GROUPS:
        if re.search(pattern, function):
            return name
    if found := re.search(r"\btriggerd::(\w+)::", function):
        return "triggerd::" + found.group(1)
    if "triggerd::" in function:
        return "triggerd"
    return next((name for prefix, name in LIBRARIES.items() if library.startswith(prefix)), library or "?")


def profile(stand, row):
    run, less, more = PATHS[row]
    counts = []
    for units in (less, more):
        folder = stand.folder / "callgrind"
        folder.mkdir(exist_ok=True)
        for old in folder.glob("callgrind.out*"):
            old.unlink()
        run(stand, units, ["valgrind", "--quiet", "--tool=callgrind", f"--callgrind-out-file={folder}/callgrind.out"])
        counts.append(read(folder))
    return {key: (counts[1][key] - counts[0][key]) / (more - less) for key in counts[1]}


def verdict(now, kept):
    if kept is None:
        return f"\n{now:,} instructions, and no count is kept: --keep takes this one."
    by = 100 * (now - kept) / kept
    if abs(by) <= SAME_PERCENT:
        return f"\nAs kept: {now:,} instructions, {by:+.1f} % (two runs differ by up to {SAME_PERCENT} %)."
    return f"\n{'MORE' if by > 0 else 'Fewer'} than kept: {now:,} instructions, {by:+.1f} %."


def main():
    line = argparse.ArgumentParser(prog="./dev profile", description=__doc__)
    line.add_argument("row", choices=PATHS)
    line.add_argument("--programs", default="build/release", help=argparse.SUPPRESS)
    line.add_argument("--keep", action="store_true", help="take the counts as the new reference")
    asked = line.parse_args()
    each = profile(Stand(asked.programs, pathlib.Path("build/bench"), 1), asked.row)
    groups = collections.Counter()
    for (library, function), count in each.items():
        groups[group_of(library, function)] += count
    now = {name: round(count) for name, count in groups.most_common() if count >= 50}
    now["all"] = round(sum(each.values()))
    kept = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    before = kept.get(asked.row, {})
    print("the functions that take most:")
    for (library, function), count in collections.Counter(each).most_common(40):
        print(f"{count:10,.0f}  {function[:110]} [{library}]")
    print(f"\n{'instructions per unit of ' + asked.row:36} {'now':>10} {'kept':>10}")
    for name in dict.fromkeys([*now, *before]):
        print(f"{name:36} {now.get(name, 0):10,} {before.get(name, 0):10,}")
    print(verdict(now["all"], before.get("all")))
    if asked.keep:
        kept[asked.row] = now
        KEPT.write_text(json.dumps(kept, indent=1) + "\n")


if __name__ == "__main__":
    main()
