"""Who may include whom. The table is the one of README.md: change both, or neither."""

import re

from tree import line_of

# Rooms of lib/ and the rooms their files may include besides their own. A file named alone is an interface, or the
# errors of one, in a room that is otherwise closed.
ROOMS = {
    "base": (),
    "spec": ("base",),
    "config": ("spec", "base"),
    "transport": ("base",),
    "api": ("transport", "spec", "base"),
    "client": ("api", "transport", "spec", "base"),
    "source": ("base",),
    "target": ("client", "api", "transport", "spec", "base"),
    "store": ("base",),
    "job": ("target", "client", "api", "source", "spec", "base", "store/ledger.hpp", "store/codes.hpp"),
    "control": ("base",),
    "http": ("base",),
    "metrics": ("base",),
    "sandbox": ("http", "base"),
}

# Programs. The daemon composes everything; triggerctl is a client of the socket and nothing more.
PROGRAMS = {
    "daemon": tuple(ROOMS),
    "daemon/commands": tuple(ROOMS),
    "daemon/ctl": ("control", "spec", "base"),
    "daemon/manual": ("base",),  # completions and pages, made from the parsers of the programs
    "daemon/sandbox": ("sandbox", "http", "config", "spec", "base"),  # its world is TOML; the model knows neither
}

# Libraries and system interfaces that only some rooms know.
OWNERS = {
    "date/": ("spec",),
    "toml++/": ("config",),
    "curl/": ("transport",),
    "sqlite3.h": ("store",),
    "boost/beast": ("http", "sandbox"),
    "sys/un.h": ("control", "daemon"),  # the daemon's log sends datagrams to the journal
    "boost/asio/local/": ("control",),
    "spawn.h": ("source",),
    "spdlog/": ("daemon",),
    "systemd/": ("daemon",),
    "CLI/": ("daemon", "daemon/ctl", "daemon/sandbox", "daemon/manual"),
    "doctest/": (),
}

HEAVY = ("boost/asio", "boost/beast", "nlohmann/json.hpp")
HEAVY_GOAL = 60

_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)


def room_of(name):
    """"lib/base/text.cpp" -> "base"; "daemon/ctl/main.cpp" -> "daemon/ctl"; files outside of both -> None."""
    parts = name.split("/")
    if parts[0] == "lib":
        return parts[1] if len(parts) > 2 else None
    if parts[0] == "daemon":
        return "/".join(parts[:-1])
    return None


def includes_of(text):
    return [(line_of(text, m.start(2)), m.group(1), m.group(2)) for m in _INCLUDE.finditer(text)]


def resolve(including, target, known):
    """The file a quoted include names, by the include roots: lib/ for everybody, daemon/ for programs."""
    roots = ["lib/"] + (["daemon/"] if including.startswith("daemon/") else [])
    for root in roots:
        if root + target in known:
            return root + target
    return None


def _may_include(room, target):
    """Whether a file of `room` may include the file `target`."""
    theirs = room_of(target)
    if theirs == room:
        return True
    if target.startswith("daemon/"):
        # Programs share the parts that have no main; triggerctl knows of them the interface, the release, and how to hide
        # its memory.
        shared = theirs == "daemon/commands" or target in ("daemon/process.hpp", "daemon/version.hpp")
        return shared if room == "daemon/ctl" else room.startswith("daemon")
    allowed = ROOMS.get(room, PROGRAMS.get(room, ()))
    return theirs in allowed or target.removeprefix("lib/") in allowed


def check(sources):
    """sources: {name: text} of lib/ and daemon/. Returns complaints, each "file:line: words"."""
    complaints = []
    graph = {}
    for name, text in sources.items():
        room = room_of(name)
        if room is None:
            continue
        if room not in ROOMS and room not in PROGRAMS:
            complaints.append(f"{name}:1: room '{room}' is not in the table of tests/rules/includes.py")
            continue
        graph[name] = []
        for line, quote, target in includes_of(text):
            where = f"{name}:{line}"
            if quote == "<":
                for prefix, owners in OWNERS.items():
                    if target.startswith(prefix) and room not in owners:
                        of = " and ".join(owners) or "tests"
                        complaints.append(f"{where}: <{target}> belongs to {of}, not to {room}")
                continue
            found = resolve(name, target, sources)
            if found is None:
                complaints.append(f'{where}: "{target}" is not a file under lib/ (or daemon/, for programs)')
                continue
            graph[name].append(found)
            if not _may_include(room, found):
                complaints.append(f"{where}: {room} may not include {target}")
    return complaints + _cycles(graph)


def _cycles(graph):
    """Files that include themselves through others; each cycle is told once."""
    complaints, done = [], set()

    def visit(name, path):
        if name in path:
            cycle = path[path.index(name):] + [name]
            complaints.append(f"{name}:1: includes itself: {' -> '.join(cycle)}")
            return
        if name in done:
            return
        for target in graph.get(name, ()):
            visit(target, path + [name])
        done.add(name)

    for name in sorted(graph):
        visit(name, [])
    return complaints


def table_is_acyclic():
    """The table itself must be a hierarchy: a room whose allowed rooms have all been placed can be placed."""
    placed = set()
    while len(placed) < len(ROOMS):
        ready = [r for r, allowed in ROOMS.items() if r not in placed and
                 all(a.split("/")[0] in placed for a in allowed)]
        if not ready:
            return False
        placed.update(ready)
    return True


def heavy_units(sources):
    """The .cpp files that see Asio, JSON or Beast, directly or through our headers."""
    memo = {}

    def heavy(name):
        if name not in memo:
            memo[name] = False  # ends the walk in a cycle; check() reports those
            memo[name] = any(
                target.startswith(HEAVY) if quote == "<" else heavy(resolve(name, target, sources) or "")
                for _, quote, target in includes_of(sources.get(name, ""))
            )
        return memo[name]

    return sorted(n for n in sources if n.endswith(".cpp") and heavy(n))
