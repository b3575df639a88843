"""How much of a rate limit is used, and how often it is met: ten minutes in virtual time, before the server's limiters."""

import json
import subprocess

from row import Goal, Row, figure


def of_model(what, limit):
    def contend(stand):
        done = subprocess.run([stand.programs / "bench_budget", what, limit], capture_output=True, text=True, check=True)
        return json.loads(done.stdout)
    return contend


# The server tells of its bucket of items only by a refusal, so without a ceiling the first ones must be met.
BLIND = "batches, the server's limit alone"
LIMITS = {"triggers, the server's limit alone": ("triggers", "server"),
          "triggers, a ceiling of the file": ("triggers", "file"),
          "batches, a ceiling of the file": ("batches", "file"),
          BLIND: ("batches", "server")}

ROWS = [Row(
    "rate-limit", "Rate limit: ten minutes of virtual time, the worst of five seeds", "request",
    {who: of_model(*limit) for who, limit in LIMITS.items()},
    [goal for who in LIMITS if who != BLIND for goal in (
        Goal(f"{who}: percent used", figure(who, "used_percent"), 98, least=True),
        Goal(f"{who}: percent answered 429", figure(who, "refused_percent"), 0.1, form="{:.3f}"))],
    columns=("used_percent", "refused_percent"),
    rounds=1)]  # each is the same
