#!/usr/bin/env python3
"""The schemas for editors against the reader: a validator that knows JSON schemas and TOML, and `triggerd check`, say the
same of the shipped examples, of what is wrong in them, and of what may be said in another way."""

import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

from house import BUILD, PATIENCE, environment

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import npm  # noqa: E402

TAPLO = "@taplo/cli@0.7.0"
PLACE = BUILD / "taplo"  # kept for later runs
ROOT = pathlib.Path(__file__).resolve().parents[2]
CONFIG = ROOT / "config"
EXAMPLES = [CONFIG / "triggerd.toml", *sorted(CONFIG.glob("conf.d/*.toml")), *sorted(CONFIG.glob("jobs.d/*.toml"))]
SHIPPED = [*EXAMPLES, *sorted((ROOT / "tests/demo/config").glob("*.toml"))]
NAMED_IN = re.compile(r"#:schema (\S+)\n")


def body(path):
    """A file without what stands once in the whole."""
    return re.sub(r"^(version|include) = .*\n", "", path.read_text("utf-8"), flags=re.MULTILINE)


# All examples in one file, so that one change at a time can be made anywhere in the format.
WHOLE = "version = 1\n" + "".join(body(path) for path in EXAMPLES)

# What, the words in the whole, and what stands there instead. Some begin a table of their own, which no example has.
WRONG = [
    # a key that does not exist, in each kind of table
    ("a key of the file", "version = 1\n", "version = 1\nnonsense = 1\n"),
    ("a key of [daemon]", "[daemon]\n", "[daemon]\nnonsense = 1\n"),
    ("a key of [socket]", "[socket]\n", "[socket]\nnonsense = 1\n"),
    ("a key of [[socket.allow]]", "[[socket.allow]]\n", "[[socket.allow]]\nnonsense = 1\n"),
    ("a key of [log]", "[log]\n", "[log]\nnonsense = 1\n"),
    ("a key of [history]", "[history]\n", "[history]\nnonsense = 1\n"),
    ("a key of [http]", "[http]\n", "[http]\nnonsense = 1\n"),
    ("a key of a credential", "[credential.shop-prod]\n", "[credential.shop-prod]\nnonsense = 1\n"),
    ("a key of a limit", "[limit.cloud]\n", "[limit.cloud]\nnonsense = 1\n"),
    ("a key of a target", "[target.shop-prod]\n", "[target.shop-prod]\nnonsense = 1\n"),
    ("a key of what targets start from", "[defaults.target]\n", "[defaults.target]\nnonsense = 1\n"),
    ("a key of what jobs start from", "[defaults.job]\n", "[defaults.job]\nnonsense = 1\n"),
    ("a key of a trigger", "[job.reindex]\n", "[job.reindex]\nnonsense = 1\n"),
    ("a key of a batch", "[job.import-orders]\n", "[job.import-orders]\nnonsense = 1\n"),
    ("a key of a replay", "[job.replay-outage]\n", "[job.replay-outage]\nnonsense = 1\n"),
    ("a key of an env-sync", "[job.env-shop]\n", "[job.env-shop]\nnonsense = 1\n"),
    ("a key of a schedule", 'jitter = "1m" }', 'jitter = "1m", nonsense = 1 }'),
    ("a key of catch_up", 'window = "6h" }', 'window = "6h", nonsense = 1 }'),
    ("a key of wait", 'require = "98%" }', 'require = "98%", nonsense = 1 }'),
    ("a key of options", "[job.nightly-report.options]\n", "[job.nightly-report.options]\nnonsense = 1\n"),
    ("a key of select", "[job.replay-outage.select] ", "[job.replay-outage.select]\nnonsense = 1\n#"),
    ("a key of chunking", "[job.import-orders.chunking]\n", "[job.import-orders.chunking]\nnonsense = 1\n"),
    ("a key of rejects", "[job.import-orders.rejects]\n", "[job.import-orders.rejects]\nnonsense = 1\n"),
    ("a key of a source of variables", "[[job.env-shop.source]]\n", "[[job.env-shop.source]]\nnonsense = 1\n"),
    ("a key of a variable", 'type = "string", required', 'type = "string", nonsense = 1, required'),
    ("a key of retry", "retry = { attempts = 5,", "retry = { nonsense = 1, attempts = 5,"),
    ("a key of idempotency", '{ scope = "job" }', '{ scope = "job", nonsense = 1 }'),
    ("a key of another kind of job", "[job.reindex]\n", "[job.reindex]\nitem_key = \"x\"\n"),
    # a type that is not meant
    ("a text for the version", "version = 1\n", 'version = "1"\n'),
    ("a number for a duration", 'drain_timeout = "45s"', "drain_timeout = 45"),
    ("a duration without a unit", 'drain_timeout = "45s"', 'drain_timeout = "45"'),
    ("a text for a count", "keep_per_job = 500", 'keep_per_job = "500"'),
    ("a number for a rate", 'requests = "1200/min"', "requests = 1200"),
    ("a rate without its time", 'requests = "1200/min"', 'requests = "1200"'),
    ("a text for a list", 'targets = ["tier=prod"] ', 'targets = "tier=prod" '),
    ("a table for a text", 'task = "reindex"', "task = {}"),
    ("a number for a label", 'labels = { app = "shop", tier = "prod" }', 'labels = { app = 1 }'),
    ("a text for a table", 'retry = { attempts = 5, backoff = "500ms..30s" }', 'retry = "5"'),
    ("a number for a backoff", 'backoff = "500ms..30s"', "backoff = 500"),
    ("a text for a flag", "dry = false }\n", 'dry = false }\nenabled = "yes"\n'),
    ("a count below the least", "parallel = 4 ", "parallel = 0 "),
    ("a count above the most", "keep_per_job = 500", "keep_per_job = 1_000_001"),
    ("a program without a name", 'env = "SHOP_PROD_KEY"', "exec = []"),
    ("a table for a list of tables", "[[socket.allow]]\ngroup = \"triggerd-operators\"\nrole = \"operate\"", "[socket.allow]\ngroup = \"a\"\nrole = \"read\"\n[nothing"),
    # a word that is none of those
    ("a level", 'level = "info"', 'level = "loud"'),
    ("a role", 'role = "operate"', 'role = "owner"'),
    ("a kind of credential", 'kind = "secret-key"', 'kind = "password"'),
    ("an environment", 'environment = "prod"', 'environment = "production"'),
    ("a kind of job", 'type = "trigger"', 'type = "triggers"'),
    ("a moment of proof", '"before-write"', '"sometimes"'),
    ("an overlap", 'overlap = "skip"', 'overlap = "maybe"'),
    ("a policy of catching up", 'policy = "last"', 'policy = "first"'),
    ("what is waited for", 'for = "success"', 'for = "luck"'),
    ("an order", 'order = "oldest-first"', 'order = "random"'),
    ("what pruning takes", 'prune = "managed"', 'prune = "some"'),
    ("what an empty value means", 'empty = "refuse"', 'empty = "ignore"'),
    ("a column's type", 'seats = "integer"', 'seats = "chair"'),
    ("a variable's type", 'type = "integer", default', 'type = "whole", default'),
    # what must stand there
    ("no role", 'role = "operate"', ""),
    ("no project", 'project = "proj_shopaaaaaaaaaaaaaaaa"\n', ""),
    ("no environment", 'environment = "prod"\n', ""),
    ("no credential", 'credential = "shop-prod"\n', ""),
    ("no kind of job", 'type = "replay"\n', ""),
    ("no task", 'task = "reindex"\n', ""),
    ("no selection", "[job.replay-outage.select] ", "[job.replay-outage.vars] "),
    ("no source of a credential", 'env = "SHOP_PROD_KEY"\n', ""),
    ("two sources of a credential", 'env = "SHOP_PROD_KEY"\n', 'env = "SHOP_PROD_KEY"\nfile = "x"\n'),
    ("neither user nor group", 'group = "triggerd"\n', ""),
]

# The same places, said in other words that are as good.
GOOD = [
    ("nothing changed", "version = 1\n", "version = 1\n"),
    ("a user by number", 'group = "triggerd-operators"', 'user = "1000"'),
    ("a duration of several units", 'drain_timeout = "45s"', 'drain_timeout = "1m30s"'),
    ("a key from a file", 'env = "SHOP_PROD_KEY"', 'file = "/etc/triggerd/secrets/shop-prod"'),
    ("a key from systemd", 'env = "SHOP_PROD_KEY"', 'systemd = "shop-prod"'),
    ("a key from a program", 'env = "SHOP_PROD_KEY"', 'exec = ["cat", "x"]\ntimeout = "3s"'),
    ("a limit with few keys", "burst = 60\n", ""),
    ("a share as a count", 'max_change = "50%"', "max_change = 12"),
    ("an instant for a moment", 'from = "{{ vars.from }}"', 'from = "2026-11-01T00:00:00Z"'),
    ("json as a payload", 'payload = { index = "{{ vars.index }}"', 'payload = { list = [1, "a", { b = true }], index = "{{ vars.index }}"'),
    ("a job without a schedule", 'schedule = { every = "15m", jitter = "1m" }\n', ""),
    ("a job that is off", "[job.reindex]\n", "[job.reindex]\nenabled = false\n"),
    ("a batch of json", 'items_from = { ndjson = "../data/orders.ndjson" }', 'items_from = { json = "../data/orders.json" }'),
    ("a batch from a program", 'items_from = { ndjson = "../data/orders.ndjson" }', 'items_from = { exec = ["cat"], timeout = "1m" }'),
    ("a secret by reference", 'values = { LOG_LEVEL =', 'values = { DATABASE_URL = { env = "DATABASE_URL" }, LOG_LEVEL ='),
    ("several statuses fewer", 'status = ["failed", "crashed", "system_failure", "timed_out"]', 'status = ["failed"]'),
    ("a list of instants", 'schedule = { every = "15m", jitter = "1m" }', 'schedule = { at = ["2030-01-01T00:00:00Z"] }'),
    ("metrics", "# listen", "listen"),
]


class Schema(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        npm.check_node()
        npm.install(PLACE, TAPLO)
        folder = tempfile.TemporaryDirectory(prefix="triggerd-")
        cls.addClassCleanup(folder.cleanup)
        cls.home = pathlib.Path(folder.name)
        (cls.home / "schema").symlink_to(CONFIG / "schema")
        cls.wrong, cls.good = cls.variants("wrong", WRONG), cls.variants("good", GOOD)
        cls.install()
        # All at once: it needs ten seconds before it looks at the first file.
        cls.ask_taplo(*cls.wrong, *cls.good, *SHIPPED, *cls.installed, cls.broken)

    @classmethod
    def variants(cls, kind, table):
        """A file for each row: its name and what it is about."""
        made = {}
        for number, (what, old, new) in enumerate(table):
            if old not in WHOLE:
                raise AssertionError(f"{what}: no example says {old!r}")
            path = cls.home / f"{kind}-{number:02}.toml"
            path.write_text("#:schema ./schema/triggerd.schema.json\n" + WHOLE.replace(old, new, 1), "utf-8")
            made[path] = what
        return made

    @classmethod
    def install(cls):
        """The examples where the package puts them, and one that is broken there."""
        done = subprocess.run(["cmake", "--install", BUILD, "--prefix", cls.home / "usr", "--component", "runtime"],
                              capture_output=True, text=True)
        if done.returncode != 0:
            raise AssertionError(done.stdout + done.stderr)
        examples = cls.home / "usr/share/doc/triggerd/examples"
        cls.installed = [examples / path.relative_to(CONFIG) for path in EXAMPLES]
        cls.broken = examples / "jobs.d/broken.toml"
        cls.broken.write_text(cls.installed[-1].read_text("utf-8") + '[job.broken]\ntype = "trigger"\nnonsense = 1\n', "utf-8")

    @classmethod
    def ask_taplo(cls, *files):
        """Notes those of the files that it does not accept, and all that it said."""
        argv = [PLACE / "node_modules/.bin/taplo", "check", "--colors", "never", "--no-auto-config", *files]
        done = subprocess.run([str(a) for a in argv], capture_output=True, text=True, cwd=cls.home, timeout=4 * PATIENCE,
                              env=environment(HOME=str(cls.home)))
        cls.said = done.stdout + done.stderr
        cls.refused = set(re.findall(r'invalid file .*path="([^"]*)"', cls.said))
        if done.returncode == 0 or f"found files total={len(files)} " not in cls.said:
            raise AssertionError(cls.said)  # it refuses some, and has seen each

    def refused_by_taplo(self, *files):
        return self.refused & {str(file) for file in files}

    def refused_by_the_reader(self, path):
        done = subprocess.run([BUILD / "triggerd", "check", "--config", path], capture_output=True, text=True,
                              env=environment(), timeout=PATIENCE)
        self.assertIn(done.returncode, (0, 78), done.stderr)
        return done.returncode == 78, done.stdout

    def test_what_is_wrong_is_refused_by_both(self):
        for path, what in self.wrong.items():
            with self.subTest(what):
                self.assertTrue(self.refused_by_taplo(path), "the schema lets it through")
                self.assertTrue(self.refused_by_the_reader(path)[0], "the reader lets it through")

    def test_what_is_good_is_accepted_by_both(self):
        for path, what in self.good.items():
            with self.subTest(what):
                self.assertFalse(self.refused_by_taplo(path), self.said)
                wrong, words = self.refused_by_the_reader(path)
                self.assertFalse(wrong, words)

    # --- the line at the head of a file ---

    def test_every_example_names_a_schema_that_is_there_and_fits(self):
        for path in EXAMPLES:
            self.assertTrue((path.parent / self.schema_of(path)).is_file(), path)
        self.assertEqual(self.refused_by_taplo(*SHIPPED), set(), self.said)

    def schema_of(self, path):
        found = NAMED_IN.match(path.read_text("utf-8"))
        self.assertTrue(found, f"{path} does not begin with #:schema")
        return found.group(1)

    def test_installed_examples_name_the_installed_schemas(self):
        for path in self.installed:
            named = (path.parent / self.schema_of(path)).resolve()
            self.assertEqual(named.read_bytes(), (self.home / "usr/share/triggerd/schema" / named.name).read_bytes())
        # The package's own file is edited in place, far from them.
        packaged = self.schema_of(ROOT / "systemd/package/triggerd.toml")
        self.assertTrue((self.home / packaged.lstrip("/")).is_file(), packaged)
        self.assertEqual(self.refused_by_taplo(*self.installed, self.broken), {str(self.broken)}, self.said)


if __name__ == "__main__":
    unittest.main(verbosity=2)
