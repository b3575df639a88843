"""What a visitor of the repository sees of a run: a part of README.md, RESULTS.md with all tables, and a picture."""

import json
import pathlib
import shutil
import sys

import report
import row_triggers

HERE = pathlib.Path(__file__).resolve().parent
README = HERE.parents[1] / "README.md"
BEGIN, END = "<!-- measured by ./dev bench -->", "<!-- end -->"


def replaced(text, part):
    """`text` with `part` between the markers, and nothing else touched."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"no {BEGIN} ... {END}")
    return f"{before}{begin}\n{part.strip()}\n{end}{after}"


def part(run, rows):
    """The main table, the picture, and every goal, met or missed."""
    seen = report.measured(run, rows)
    main = [one for one in seen if one[0] is row_triggers.HUNDRED]
    return "\n\n".join([run["about"], *(report.table(*one) for one in main),
                        "![CPU time per trigger, bar by bar](tests/bench/triggers.svg)", report.goals(seen),
                        "All tables: [tests/bench/RESULTS.md](tests/bench/RESULTS.md)."])


def publish(rows, folder):
    try:
        run = json.loads((folder / "results.json").read_text())
    except FileNotFoundError:
        sys.exit("There is no run yet: ./dev bench")
    left_out = [row.name for row in rows if row.name not in run["rows"]]
    if left_out or not run["whole"]:
        sys.exit(f"The last run was not a whole one{': ' + ', '.join(left_out) + ' left out' if left_out else ''}: ./dev bench")
    README.write_text(replaced(README.read_text(), part(run, rows)))
    (HERE / "RESULTS.md").write_text("# Results of the benchmark\n\n" + report.text(run, rows))
    shutil.copy(folder / "triggers.svg", HERE / "triggers.svg")
