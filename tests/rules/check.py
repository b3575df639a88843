#!/usr/bin/env python3
"""Holds the clone to its rules. Prints every complaint as file:line: words and fails when there is one."""

import sys

import catalogue
import includes
import text
import tree

RECORDED = "tests/conformance/data/"  # what servers said, word for word


def check(root):
    names = tree.files(root)
    texts = {n: t for n in names if (t := tree.read(root, n)) is not None}
    sources = {n: t for n, t in texts.items() if n.startswith(("lib/", "daemon/")) and n.endswith((".cpp", ".hpp"))}

    complaints = includes.check(sources)
    if not includes.table_is_acyclic():
        complaints.append("tests/rules/includes.py:1: the table of rooms goes round in a circle")
    for name, content in sources.items():
        complaints += text.coroutines(name, content) + text.length(name, content) + text.first_lines(name, content)
    complaints += catalogue.check(sources, texts.get(catalogue.FILE, ""))
    for name, content in texts.items():
        if not name.startswith(RECORDED):
            complaints += text.foreign_words(name, content)
    return sources, complaints


def main(root):
    sources, complaints = check(root)
    if not sources:
        complaints.append(f"{root}:1: no sources found")
    print(*complaints, sep="\n", end="\n" if complaints else "")
    heavy = includes.heavy_units(sources)
    print(f"{len(sources)} files of lib/ and daemon/; {len(heavy)} units see Asio, JSON or Beast "
          f"(goal: at most {includes.HEAVY_GOAL}); {len(complaints)} complaints")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "."))
