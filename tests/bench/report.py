"""The measurements as people read them: a Markdown table a row, its goals, and a picture."""

import datetime
import pathlib
import platform
import subprocess

from row import medians

HEADS = {"cpu_us": "CPU per {unit}, us", "per_s": "{unit}s a second", "p50_ms": "p50, ms", "p99_ms": "p99, ms",
         "rss_mib": "peak memory, MiB", "memory_mib": "memory, MiB", "start_s": "start to READY, s", "reload_s": "reload, s",
         "requests": "requests", "idle_cpu_percent": "CPU when idle, %", "late_p99_ms": "late, p99, ms",
         "used_percent": "used, %", "refused_percent": "answered 429, %"}


def shown(value):
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.1f}" if abs(value) >= 10 else f"{value:,.2f}"


def table(row, seen):
    columns = [name for name in row.columns if any(name in one for one in seen.values())]
    heads = [HEADS[name].format(unit=row.unit) for name in columns]
    lines = [f"| {row.title} | " + " | ".join(heads) + " |", "|---|" + "---:|" * len(columns)]
    for who, one in seen.items():
        lines.append(f"| {who} | " + " | ".join(shown(one.get(name)) for name in columns) + " |")
    return "\n".join(lines)


def goals(seen_rows):
    """One table of all goals that the (row, medians) pairs can be held to."""
    lines = []
    for row, seen in seen_rows:
        for goal in row.goals:
            value = goal.value(seen)
            if value is None:
                continue
            bound = ("at least " if goal.least else "at most ") + goal.form.format(goal.bound)
            word = "met" if goal.met(value) else "**missed**"
            lines.append(f"| {row.name} | {goal.text} | {goal.form.format(value)} | {bound} | {word} |")
    return "\n".join(["| row | goal | measured | wanted | |", "|---|---|---:|---:|---|", *lines]) if lines else ""


def version(*words):
    try:
        return subprocess.run(words, capture_output=True, text=True, check=True).stdout.split("\n")[0].strip()
    except (OSError, subprocess.CalledProcessError):
        return "?"


def preamble(stand, command, rounds):
    bun = version(str(stand.packages / "node_modules/.bin/bun"), "--version")
    curl = version("curl", "--version").split(" (")[0]
    return (f"{datetime.date.today().isoformat()}, `{command}`, medians of {rounds} interleaved rounds. "
            f"{version(str(stand.programs / 'triggerd'), '--version')}, {curl}, Node {version('node', '--version')}, Bun {bun}, "
            f"Linux {platform.release().split('-')[0]}, {processor()}.")


def processor():
    names = {line.partition(":")[2].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
             if line.startswith("model name")}
    cores = len([1 for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("processor")])
    return f"{cores} x {', '.join(sorted(names)) or 'unknown processor'}"


def measured(run, rows):
    """Each row that was run, with its medians."""
    return [(row, {who: medians(rounds) for who, rounds in run["rows"][row.name].items()})
            for row in rows if row.name in run["rows"]]


def text(run, rows):
    """All there is: a table a row, and the goals."""
    seen = measured(run, rows)
    return "\n\n".join(filter(None, [run["about"], *(table(*one) for one in seen), goals(seen)])) + "\n"


PICTURE = """set terminal svg size 760,{height} font "sans,12" background "white"
set output "{out}"
set title "CPU time per trigger, microseconds (logarithmic; less is better)"
set logscale x
set xrange [5:{right}]
set yrange [-0.6:{top}]
set ytics nomirror ({tics})
set grid x
set style fill solid 0.8
unset key
plot "-" using (0.5*($1+5)):2:(5):1:($2-0.35):($2+0.35) with boxxyerrorbars linecolor rgb "#3f6fb5", \\
     "-" using 1:2:3 with labels left offset 0.5,0
{boxes}
e
{labels}
e
"""


def picture(row, run, out):
    """A bar for each contender, longest at the top."""
    [(_, seen)] = measured(run, [row])
    bars = sorted(((one["cpu_us"], who) for who, one in seen.items() if "cpu_us" in one))
    script = PICTURE.format(
        height=90 + 40 * len(bars), out=out, top=len(bars) - 0.4, right=2 * bars[-1][0],
        tics=", ".join(f'"{who}" {n}' for n, (_, who) in enumerate(bars)),
        boxes="\n".join(f"{value} {n}" for n, (value, _) in enumerate(bars)),
        labels="\n".join(f'{value} {n} "{shown(value)}"' for n, (value, _) in enumerate(bars)))
    subprocess.run(["gnuplot"], input=script, text=True, check=True)
