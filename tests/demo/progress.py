"""What the jobs do while they do it: a few lines that redraw themselves on a terminal, else a line now and then."""

import sys
import time

BAR = 24


def ended(leg):
    return leg["state"] not in ("pending", "running")


def _line(fire):
    legs = fire["legs"]
    settled = sum(leg["done"] + leg["failed"] + leg["unknown"] for leg in legs)
    actions = sum(leg["actions"] for leg in legs)
    planned = all(leg["planned"] or ended(leg) for leg in legs)
    share = 1.0 if fire.get("ended") else settled / actions if actions and planned else 0.0
    bar = "#" * round(BAR * share)
    of = f"{actions}" if planned else f"{actions}+"
    return (f"{fire['job']:<15} [{bar:<{BAR}}] {settled:>3}/{of:<4} "
            f"{sum(leg['items'] for leg in legs):>6} items {sum(leg['requests'] for leg in legs):>5} requests "
            f"{sum(leg['retries'] for leg in legs):>4} retries  {fire['state']}")


def _server_line(summary):
    faults = sum(rule["fired"] for rule in summary["faults"])
    effects = summary["effects"]
    return (f"{'server':<15} {summary['requests']} requests, {faults} of them broken on purpose; "
            f"{effects['run-created']} runs, {effects['replay-created']} replays, {effects['variable-set']} variables")


class Progress:
    def __init__(self, out=sys.stdout):
        self._out = out
        self._live = out.isatty()
        self._drawn = 0
        self._next = 0.0

    def show(self, fires, summary, last=False):
        now = time.monotonic()
        if not self._live and not last and now < self._next:
            return
        self._next = now + 2
        lines = [_line(fire) for fire in fires] + [_server_line(summary)]
        if self._live and self._drawn:
            self._out.write(f"\033[{self._drawn}A")
        for line in lines:
            self._out.write(f"\033[K{line}\n" if self._live else line + "\n")
        if not self._live:
            self._out.write("\n")
        self._out.flush()
        self._drawn = len(lines)
