"""What really happened, from the sandbox's log of effects, in an order in which questions can be asked of it."""

import collections
import hashlib

PLACES = {
    "shop-prod": "proj_shopaaaaaaaaaaaaaaaa/prod",
    "shop-staging": "proj_shopaaaaaaaaaaaaaaaa/staging",
    "crm-prod": "proj_crmbbbbbbbbbbbbbbbbb/prod",
}
TARGETS = {place: target for target, place in PLACES.items()}
STANDS = ("COMPLETED", "CANCELED")  # any other end frees the idempotency key: that run has failed


def action_tag(fire, target, number):
    return f"td:{fire}:{hashlib.sha256(target.encode()).hexdigest()[:8]}:{number}"


def tagged(effect, prefix):
    """The rest of the one tag that begins so."""
    return next((tag[len(prefix):] for tag in effect.get("tags", ()) if tag.startswith(prefix)), None)


class Server:
    def __init__(self, effects):
        self.effects = effects
        self._by = collections.defaultdict(list)
        self.ends = {}  # run: the effect that ended it
        for one in effects:
            self._by[one["kind"], TARGETS.get(one.get("place")), one.get("task")].append(one)
            if one["kind"] in ("run-finished", "run-cancelled"):
                self.ends[one["run"]] = one

    def happened(self, kind, target, task=None):
        return self._by[kind, target, task]

    def tasks_of(self, kind):
        return {(target, task) for (of, target, task), found in self._by.items() if of == kind and found}

    def failed(self, run):
        end = self.ends.get(run)
        return end is not None and end["status"] not in STANDS

    def failed_before(self, run, other):
        """Whether a run had failed when another was made."""
        return self.failed(run) and self.ends[run]["seq"] < other["seq"]

    def doubled(self, made):
        """Of runs that are one effect: those made while an earlier one had not failed."""
        return [later for i, later in enumerate(made)
                if not all(self.failed_before(earlier["run"], later) for earlier in made[:i])]
