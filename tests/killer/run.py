#!/usr/bin/env python3
"""The killer: a daemon that dies again and again by SIGKILL, a server in trouble, and the books compared at the end."""

import argparse
import collections
import concurrent.futures
import random
import statistics
import sys
import threading
import time

import doctor
import house
import judge
import work
from house import door

BEFORE_READY = 0.5  # of all kills: while it loads, opens and recovers
LONGEST = 2.5       # seconds of work between READY and a kill
USUAL = 0.15        # of them, at the median
LATE_DAMAGE = 20    # kills between two looks at every page of the ledger
HASTE = 0.8         # of a kill's share of the time, at most, for one that has to catch up
AT_WORK = 5         # every so many kills, however late it is: else a slow machine would kill no daemon at work
LAST = 10           # kills while nothing new is asked, so that the end is not all waiting
MOST_TOLD = 50      # violations of one house
PATIENCE = 240      # seconds for all that is left over in the end


class Killer:
    def __init__(self, here):
        self.here = here
        self.dice = random.Random(here.seed)
        self.work = work.Work(here, self.dice)
        self.kills = collections.Counter()

    def run(self, kills, seconds):
        """Kills so often, and early when a slow machine would need longer than the time it has."""
        begun = time.monotonic()
        for number in range(kills):
            self.here.start()
            late = time.monotonic() - begun > seconds * number / kills
            if number % AT_WORK and (late or self.dice.random() < BEFORE_READY):
                self._die_early(HASTE * seconds / kills if late else LONGEST)
            else:
                self._die_at_work(ask=number < kills - LAST)
            if number % LATE_DAMAGE == 0:
                self._insist(self.here.damage())

    def _insist(self, complaints):
        if complaints:
            raise house.Trouble("; ".join(complaints))

    def _die_early(self, longest):
        usual = statistics.median(self.here.ready_after or [0.2])
        time.sleep(self.dice.uniform(0, min(usual, longest)))
        self.here.kill()
        self.kills["before or near READY"] += 1

    def _die_at_work(self, ask):
        """Asks for work until the knife falls, which it does in the middle of anything."""
        self.here.await_ready()
        knife = threading.Timer(min(LONGEST, self.dice.expovariate(0.69 / USUAL)), self.here.daemon.kill)
        knife.start()
        try:
            if self.dice.random() < 0.2:
                self._insist(self.work.compare() + self.work.trouble_told())
            if self.dice.random() < 0.4:
                self.work.new_version()
            if ask:
                self.work.ask_for_more()
            else:
                self.here.call("Pause", what="tick")
        except door.Gone:
            self.kills["in the middle of a call"] += 1
        finally:
            knife.join()
        self.here.kill()
        self.kills["at work"] += 1

    def finish(self):
        """The server is well, nothing is asked any more, and what was begun comes to its end."""
        self.here.faults(b"")
        self.here.start()
        self.here.await_ready()
        self._insist(self.work.trouble_told())
        self.here.call("Pause", what="tick")
        self.work.settle_variables()
        deadline = time.monotonic() + PATIENCE
        while unfinished := self.work.at_work():
            if time.monotonic() > deadline:
                raise house.Trouble(f"fires without end after {PATIENCE} s: {unfinished}\n{self.here.log_tail()}")
            time.sleep(0.1)
        self._insist(self.work.compare())
        fires = door.fires(self.here.socket)
        for fire in fires:
            fire["actions"] = door.actions(self.here.socket, fire["id"])
        self.here.stop()
        self._insist(self.here.damage() + self.here.sanitiser_words())
        return judge.Record(fires=fires, effects=self.here.stop_sandbox(), asked=self.work.asked, tried=self.work.tried,
                            past=self.work.past, left=self.here.left_variables(), versions=self.work.versions,
                            orders=work.orders())


def tell(killer, record, verdict, took):
    here, lines = killer.here, []
    lines.append(f"{sum(n for what, n in killer.kills.items() if 'call' not in what)} kills in {took:.0f} s: "
                 + ", ".join(f"{n} {what}" for what, n in sorted(killer.kills.items())))
    lines.append(f"READY after {statistics.median(here.ready_after):.2f} s at the median, {max(here.ready_after):.2f} s at "
                 f"most; rows and engine agreed at {killer.work.compared} starts")
    lines.append(f"{len(record.effects)} effects judged: "
                 + ", ".join(f"{n} {what}" for what, n in sorted(verdict.counts.items())))
    print("\n".join(f"seed {here.seed}: {line}" for line in lines), flush=True)


def play(here, kills, seconds):
    begun = time.monotonic()
    here.start_sandbox()
    here.configure()
    killer = Killer(here)
    killer.work.prepare()
    here.faults((house.HERE / "faults.toml").read_bytes())
    killer.run(kills, seconds)
    record = killer.finish()
    verdict = judge.judge(record)
    tell(killer, record, verdict, time.monotonic() - begun)
    complaints = verdict.complaints()
    # Books that agree prove something only if the same judge sees when they do not.
    passed, untried = doctor.not_noticed(record, killer.dice)
    if untried:
        print(f"seed {here.seed}: its books hold nothing for {', '.join(untried)}", flush=True)
    return complaints or passed


def haunt(programs, kills, seconds, seed, keep):
    """The violations of one house's life."""
    with house.House(programs, seed) as here:
        here.keep = True
        try:
            complaints = play(here, kills, seconds)
        except (house.Trouble, door.Gone, door.Refused) as why:
            complaints = [f"{type(why).__name__}: {why}"]
        here.keep = keep or bool(complaints)
    return [f"violation with seed {seed}: {one}" for one in complaints[:MOST_TOLD]]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("programs", help="the folder with triggerd and triggerd-sandbox")
    parser.add_argument("--kills", type=int, default=200, help="of all houses together")
    parser.add_argument("--houses", type=int, default=2, help="at once; each is mostly waiting")
    parser.add_argument("--seconds", type=float, default=None, help="for the kills; by default as long as they take")
    parser.add_argument("--seed", type=int, default=None, help="of the first house: what is asked, and when the knife falls")
    parser.add_argument("--keep", action="store_true", help="leave files, ledger and logs for a look")
    said = parser.parse_args()
    seed = random.SystemRandom().randrange(1_000_000) if said.seed is None else said.seed
    print(f"killer: {said.kills} kills in {said.houses} houses, seeds from {seed}", flush=True)
    each = [len(range(n, said.kills, said.houses)) for n in range(said.houses)]
    with concurrent.futures.ThreadPoolExecutor(said.houses) as together:
        lives = [together.submit(haunt, said.programs, kills, said.seconds or float("inf"), seed + n, said.keep)
                 for n, kills in enumerate(each)]
    complaints = [one for life in lives for one in life.result()]
    for one in complaints:
        print(one, file=sys.stderr)
    if not complaints:
        print("Nothing lost, nothing doubled, every fire has its end.")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
