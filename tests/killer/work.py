"""What is asked of the daemon between its deaths, and what was told of it: the only things the judge will believe."""

import datetime
import json
import time

from house import door

ORDERS = 600
NAMES = [f"{'PUBLIC' if n % 3 == 0 else 'SECRET'}_{n:02}" for n in range(20)]
KEYS = {"shop-prod": "SHOP_PROD_KEY", "crm-prod": "CRM_PROD_KEY"}
REPLAYED = {"groups": "charge-group", "singles": "charge-single"}
MOST_UNFINISHED = {"report": 2, "import": 1, "book": 1, "groups": 2, "singles": 1}
SPAN = (datetime.timedelta(minutes=102), datetime.timedelta(minutes=18))  # before the start: where world.toml's past lies


def orders():
    return [f"O-{n:05}" for n in range(ORDERS)]


def iso(at):
    return at.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


class Work:
    def __init__(self, house, dice):
        self._house = house
        self._dice = dice
        self._began = datetime.datetime.now(datetime.timezone.utc)
        self.tried = []     # what every call said, answered or not
        self.asked = {}     # fire: what its acknowledged call said
        self.versions = []  # of app.env: since when, and its variables
        self.past = {}      # job and target: the runs that a window may hold
        self.compared = 0   # starts at which rows and engine were held against each other

    def prepare(self):
        self._house.write("orders.ndjson", "".join(
            json.dumps({"order": order, "note": "x" * 100}) + "\n" for order in orders()))
        self.new_version()
        for job, task in REPLAYED.items():
            for target, key in KEYS.items():
                self.past[job, target] = self._house.past_runs(key, task)

    def new_version(self):
        """Another app.env: names come and go, values change."""
        number = len(self.versions)
        names = self._dice.sample(NAMES, self._dice.randint(8, len(NAMES)))
        before = self.versions[-1]["values"] if self.versions else {}
        values = {name: before.get(name, "") for name in sorted(names)}
        for name, value in values.items():
            if not value or self._dice.random() < 0.5:
                values[name] = f"{name.lower()}-{number}"
        since = time.time()
        self._house.write("app.env", "".join(f"{name}={value}\n" for name, value in values.items()))
        if self.versions:
            self.versions[-1]["until"] = time.time()
        self.versions.append({"since": since, "until": None, "values": values})

    def _window(self):
        """A random stretch of the past. Windows overlap, and each run must be replayed once all the same."""
        length = datetime.timedelta(seconds=self._dice.uniform(60, 420))
        first = self._began - SPAN[0] + self._dice.random() * (SPAN[0] - SPAN[1] - length)
        return {"from": iso(first), "to": iso(first + length)}

    def ask_for_more(self):
        """Fires a job that has little to do."""
        unfinished = {job["name"]: job["running"] for job in self._house.call("Jobs")["jobs"]}
        free = [job for job, most in MOST_UNFINISHED.items() if unfinished[job] < most]
        if not free:
            return
        job = min(free, key=lambda one: (sum(said["job"] == one for said in self.asked.values()), self._dice.random()))
        said = {"job": job}
        if job in REPLAYED:
            said["vars"] = self._window()
        self._fire(said)

    def _fire(self, said):
        self.tried.append(said)
        self.asked[self._house.call("Run", **said)["fire"]] = said

    def compare(self):
        """Nothing is running because a row says so: what the rows call unfinished is what the engine has at work."""
        for _ in range(20):
            before = self.at_work()
            rows = {}
            for state in ("running", "queued"):
                for fire in door.fires(self._house.socket, state=state):
                    rows[fire["job"]] = rows.get(fire["job"], 0) + 1
            if before == rows == self.at_work():
                self.compared += 1
                return []
        return [f"rows say {rows} are unfinished, the engine has {before} at work"]

    def at_work(self):
        return {job["name"]: job["running"] for job in self._house.call("Jobs")["jobs"] if job["running"]}

    def settle_variables(self):
        """One more sync of the last version, by hand, after which none is due."""
        self._house.call("Pause", what="variables")
        while "variables" in self.at_work():
            time.sleep(0.05)
        self._house.call("Resume", what="variables")
        try:
            self._fire({"job": "variables"})
        except door.Refused:
            pass  # the schedule was quicker: its sync has read the last version too
        self._house.call("Pause", what="variables")

    def trouble_told(self):
        """A kill makes no copy of a ledger and damages none."""
        return [one["what"] for one in self._house.call("Status")["trouble"] if "ledger" in one["what"]]
