#!/usr/bin/env python3
"""The demo: one daemon, six targets, four kinds of job at once, a server in trouble, and the books compared at the end."""

import argparse
import collections
import sys
import time

import audit
import house
import progress
import table

JOBS = ("close-books", "import-orders", "replay-outage", "sync-variables")
ORDERS = 1_800                                   # on each of three targets
FAILED = {"shop-prod": 120, "crm-prod": 80}      # of world.toml, to be replayed
PATIENCE = 240                                   # seconds for all jobs together


def orders():
    return [{"order": f"O-{n:05}", "tenant": f"t{n % 7}", "total": 5 + n % 90, "note": "gift" if n % 11 == 0 else ""}
            for n in range(ORDERS)]


def variables(here, fire, target):
    """What the sync must have written there: the file's, and two that differ by target."""
    found = audit.read_dotenv((here.folder / "config" / "app.env").read_text("utf-8"))
    tier = {"shop-prod": "info", "crm-prod": "info"}.get(target, "debug")
    app, _, place = target.partition("-")
    url = f"https://{app}.example" if place == "prod" else f"https://{place}.{app}.example"
    return {**found, "LOG_LEVEL": tier, "PUBLIC_URL": url}


def start(here):
    print(f"The Trigger.dev API as a model, in trouble on purpose: {here.start_sandbox()}")
    here.start_daemon()
    targets = here.ask("targets")["targets"]
    print(f"triggerd runs with {len(targets)} targets: {', '.join(one['name'] for one in targets)}\n")


def run_jobs(here):
    """Fires the four jobs together and follows them to their ends."""
    fires = [here.ask("run", job)["fire"] for job in JOBS]
    screen = progress.Progress()
    deadline = time.monotonic() + PATIENCE
    while True:
        now = [here.ask("fire", fire, "--limit", "1")["fire"] for fire in fires]
        over = all(one.get("ended") for one in now)
        screen.show(now, here.sandbox_summary(), last=over)
        if over:
            return now
        if time.monotonic() > deadline:
            raise house.Trouble(f"the jobs have not ended within {PATIENCE} s")
        time.sleep(0.4)


def examine(here, fires):
    """The ledger's side is read while the daemon lives, the server's side when nothing moves any more."""
    actions = {(fire["job"], leg["target"]): here.actions(fire["id"], leg["target"]) for fire in fires for leg in fire["legs"]}
    faults = here.sandbox_summary()["faults"]
    here.stop_daemon()
    here.stop_sandbox()
    books = audit.Audit(here.effects())
    for fire in fires:
        for leg in fire["legs"]:
            target = leg["target"]
            mine = actions[fire["job"], target]
            if fire["kind"] == "trigger":
                books.trigger(target, mine)
            elif fire["kind"] == "batch":
                books.batch(target, mine, ORDERS)
            elif fire["kind"] == "replay":
                books.replay(target, mine, FAILED[target])
            else:
                books.variables(target, variables(here, fire, target))
    books.rest()
    return books, faults


def trouble_met(faults):
    met = collections.Counter()
    for rule in faults:
        met[rule["name"].split()[0]] += rule["fired"]
    return met


def complete(fires):
    """Every job worked on every target it should: a demo of less proves nothing."""
    legs = collections.Counter(fire["job"] for fire in fires for _ in fire["legs"])
    wanted = {"close-books": 5, "import-orders": 3, "replay-outage": 2, "sync-variables": 6}
    return [f"{job} ran on {legs[job]} targets instead of {n}" for job, n in wanted.items() if legs[job] != n]


def show_and_judge(here):
    begun = time.monotonic()
    fires = run_jobs(here)
    took = time.monotonic() - begun
    print("\n" + table.show(fires) + "\n")
    books, faults = examine(here, fires)
    met = trouble_met(faults)
    print(f"Met on the way: {met['429']} x 429, {met['500']} x 500, {met['reset']} connections reset; {took:.0f} s.")
    print(books.verdict())
    complaints = table.complaints(fires) + complete(fires) + books.lost + books.doubled + books.strange
    complaints += [f"the fault plan made no {kind}" for kind in ("429", "500", "reset") if not met[kind]]
    return complaints


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("programs", help="the folder with triggerd, triggerctl and triggerd-sandbox")
    parser.add_argument("--seed", type=int, default=7, help="what chance does follows from it")
    parser.add_argument("--keep", action="store_true", help="leave configuration, ledger and logs for a look")
    said = parser.parse_args()
    try:
        with house.House(said.programs, said.seed, orders()) as here:
            here.keep = said.keep
            try:
                start(here)
                complaints = show_and_judge(here)
            except house.Trouble:
                here.keep = True
                raise
            here.keep = here.keep or bool(complaints)
    except house.Trouble as why:
        print(f"\nThe demo failed: {why}", file=sys.stderr)
        return 1
    for one in complaints:
        print(f"not right: {one}", file=sys.stderr)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
