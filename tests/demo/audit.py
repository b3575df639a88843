"""What the ledger says against what really happened at the server, effect by effect."""

import collections
import hashlib

PLACES = {
    "shop-prod": "proj_shopaaaaaaaaaaaaaaaa/prod",
    "shop-staging": "proj_shopaaaaaaaaaaaaaaaa/staging",
    "shop-demo": "proj_shopaaaaaaaaaaaaaaaa/preview/demo",
    "shop-checkout": "proj_shopaaaaaaaaaaaaaaaa/preview/feat/checkout",
    "crm-prod": "proj_crmbbbbbbbbbbbbbbbbb/prod",
    "crm-staging": "proj_crmbbbbbbbbbbbbbbbbb/staging",
}
TARGETS = {place: target for target, place in PLACES.items()}


def read_dotenv(text):
    """NAME=value lines, as far as the demo's own file goes."""
    found = {}
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        name, value = line.split("=", 1)
        if value[:1] == '"':
            value = value[1:-1].replace("\\n", "\n")
        elif value[:1] == "'":
            value = value[1:-1]
        found[name] = value
    return found


class Audit:
    """Counts what the ledger claims and compares it with the sandbox's log of effects."""

    def __init__(self, effects):
        self.lost, self.doubled, self.strange = [], [], []
        self.counts = collections.Counter()
        self._by = collections.defaultdict(list)
        for one in effects:
            self._by[one["kind"], TARGETS.get(one.get("place"), one.get("place"))].append(one)

    def happened(self, kind, target):
        return self._by.pop((kind, target), [])

    def trigger(self, target, actions):
        made = {one["run"] for one in self.happened_by_task("run-created", target, "close-books")}
        claimed = {one.get("run") for one in actions}
        self._compare("runs", f"close-books on {target}", claimed, made)

    def batch(self, target, actions, items):
        made = self.happened_by_task("run-created", target, "import-order")
        keys = collections.Counter(one["key"] for one in made)
        self.counts["items"] += len(keys)
        if len(keys) < items or sum(one["items"] for one in actions) < items:
            self.lost.append(f"import-orders on {target}: {items} orders, {sum(one['items'] for one in actions)} in the "
                             f"ledger, {len(keys)} runs")
        if len(keys) > items or len(made) > len(keys):
            self.doubled.append(f"import-orders on {target}: {items} orders, {len(made)} runs of {len(keys)} keys")
        foreign = {one["batch"] for one in made} - {one.get("run") for one in actions}
        if foreign:
            self.strange.append(f"import-orders on {target}: runs of batches that the ledger does not know: {sorted(foreign)}")

    def replay(self, target, actions, expected):
        made = self.happened("replay-created", target)
        originals = collections.Counter(one["original"] for one in made)
        self.counts["replays"] += len(originals)
        claimed = sum(one["items"] for one in actions)
        if len(originals) < expected or claimed < expected:
            self.lost.append(f"replay-outage on {target}: {expected} failed runs, {claimed} in the ledger, "
                             f"{len(originals)} replayed")
        if len(made) > len(originals) or len(originals) > expected:
            self.doubled.append(f"replay-outage on {target}: {len(made)} replays of {len(originals)} runs, {expected} had failed")
        orders = {one["bulk"] for one in self.happened("bulk-created", target)}
        if orders != {one.get("run") for one in actions}:
            self.strange.append(f"replay-outage on {target}: bulk actions at the server and in the ledger differ")

    def variables(self, target, expected):
        last = {one["name"]: one["sha256"] for one in self.happened("variable-set", target)}
        wanted = {name: hashlib.sha256(value.encode()).hexdigest() for name, value in expected.items()}
        self.counts["variables"] += sum(1 for name in wanted if last.get(name) == wanted[name])
        for name in sorted(set(wanted) | set(last)):
            if name not in wanted:
                self.strange.append(f"sync-variables on {target}: {name} was written, nobody asked for it")
            elif last.get(name) != wanted[name]:
                self.lost.append(f"sync-variables on {target}: {name} is {'wrong' if name in last else 'missing'}")
        for one in self.happened("variable-deleted", target):
            self.strange.append(f"sync-variables on {target}: {one['name']} was deleted")

    def rest(self):
        """Runs and replays that no job asked for."""
        for (kind, target), left in self._by.items():
            if kind in ("run-created", "replay-created", "variable-set") and left:
                self.strange.append(f"{len(left)} x {kind} at {target} that no job asked for")

    def happened_by_task(self, kind, target, task):
        mine, others = [], []
        for one in self._by[kind, target]:
            (mine if one.get("task") == task else others).append(one)
        self._by[kind, target] = others
        return mine

    def _compare(self, what, where, claimed, made):
        self.counts[what] += len(claimed & made)
        if claimed - made:
            self.lost.append(f"{where}: {sorted(map(str, claimed - made))} stand in the ledger alone")
        if made - claimed:
            self.doubled.append(f"{where}: {sorted(made - claimed)} were made beside those in the ledger")

    def verdict(self):
        c = self.counts
        counted = f"{c['runs']} runs, {c['items']} batch items, {c['replays']} replays, {c['variables']} variables"
        if not (self.lost or self.doubled or self.strange):
            return f"Ledger and server agree: {counted}; nothing lost, nothing doubled."
        lines = [f"Ledger and server agree on {counted}, but:"]
        for word, found in (("lost", self.lost), ("doubled", self.doubled), ("strange", self.strange)):
            lines += [f"  {word}: {one}" for one in found]
        return "\n".join(lines)
