"""What the benchmark is made of: rows of contenders that do the same work, and goals for their medians."""

import dataclasses
import statistics


@dataclasses.dataclass
class Goal:
    """`value` is made of the row's medians. A goal is a bound from above unless `least` is set."""
    text: str
    value: callable
    bound: float
    least: bool = False
    form: str = "{:.2f}"

    def met(self, value):
        return value >= self.bound if self.least else value <= self.bound


@dataclasses.dataclass
class Row:
    name: str
    title: str
    unit: str          # what CPU time and rate are told for
    contenders: dict   # name -> function of the stand that gives a measurement
    goals: list = dataclasses.field(default_factory=list)
    columns: tuple = ("cpu_us", "per_s", "p50_ms", "p99_ms", "rss_mib")
    rounds: int = 100  # at most


def measurement(units, cpu_s=None, wall_s=None, **more):
    out = {"units": units, **more}
    if cpu_s is not None:
        out["cpu_us"] = cpu_s / units * 1e6
    if wall_s is not None:
        out["per_s"] = units / wall_s
    return out


def medians(rounds):
    """Of several measurements of one contender, figure by figure."""
    names = dict.fromkeys(name for one in rounds for name in one)
    return {name: statistics.median(one[name] for one in rounds if name in one) for name in names}


def ratio(figure, of, to):
    """Of two contenders' medians; nothing when one of them was not measured."""
    def value(seen):
        try:
            return seen[of][figure] / seen[to][figure]
        except (KeyError, ZeroDivisionError):
            return None
    return value


def figure(of, name):
    return lambda seen: seen.get(of, {}).get(name)
