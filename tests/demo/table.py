"""The result: a row for each job and target."""

COLUMNS = ("job", "target", "state", "actions", "done", "failed", "unknown", "items", "requests", "retries", "p50 ms", "p99 ms")


def _ms(leg, name):
    value = leg.get(name)
    return "-" if value is None else f"{value:.1f}"


def _row(fire, leg):
    counts = (str(leg[name]) for name in ("actions", "done", "failed", "unknown", "items", "requests", "retries"))
    return (fire["job"], leg["target"], leg["state"], *counts, _ms(leg, "p50_ms"), _ms(leg, "p99_ms"))


def show(fires):
    rows = [COLUMNS] + [_row(fire, leg) for fire in fires for leg in sorted(fire["legs"], key=lambda one: one["target"])]
    widths = [max(len(row[i]) for row in rows) for i in range(len(COLUMNS))]
    lines = []
    for row in rows:
        cells = [cell.ljust(width) if i < 3 else cell.rjust(width) for i, (cell, width) in enumerate(zip(row, widths))]
        lines.append("  ".join(cells).rstrip())
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)


def complaints(fires):
    """What of the fires did not end well, in words."""
    out = []
    for fire in fires:
        if fire["state"] != "done":
            out.append(f"{fire['job']} is {fire['state']}: {fire.get('note') or 'without a note'}")
        for leg in fire["legs"]:
            if leg["state"] != "done" or leg["failed"] or leg["unknown"] or leg["rejected"]:
                out.append(f"{fire['job']} on {leg['target']} is {leg['state']} with {leg['failed']} failed, "
                           f"{leg['unknown']} unknown, {leg['rejected']} rejected: {leg.get('note') or 'without a note'}")
    return out
