#!/usr/bin/env python3
"""The official SDK against the sandbox: each family of calls has a file here, and a sandbox of its own. The SDK holds
every answer to its own schemas."""

import pathlib
import shutil
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1] / "cli"), str(HERE.parents[1] / "support")]

import npm  # noqa: E402
from house import BUILD, PATIENCE, House, environment, invented_keys  # noqa: E402

SDK = "@trigger.dev/sdk@4.8.3"
PLACE = BUILD / "sdk"  # the packages, kept for later runs, and a copy of the tests beside them
OLDEST_NODE = (18, 20)  # what the SDK's own package asks for


def quoted(what, done):
    return f"{what} ended with {done.returncode}:\n{done.stdout}{done.stderr}"


class Sdk(House):
    """Its tests are the files beside this one."""

    @classmethod
    def setUpClass(cls):
        npm.check_node(OLDEST_NODE)
        npm.install(PLACE, SDK)
        for file in PLACE.glob("*.mjs"):
            file.unlink()
        for file in HERE.glob("*.mjs"):
            shutil.copy(file, PLACE)

    def speak(self, file):
        world = ["--world", HERE / "world.toml"]
        self.open_sandbox(*world)
        seen = environment(**invented_keys(*world), SANDBOX_URL=self.url, TOKEN_TOOL=str(BUILD / "token_tool"))
        done = subprocess.run(["node", "--test", "--test-reporter=spec", file], capture_output=True, text=True, cwd=PLACE,
                              env=seen, timeout=4 * PATIENCE)
        self.assertEqual(done.returncode, 0, f"{quoted(file, done)}\n{self.sandbox.said()}")


def add_tests():
    for path in sorted(HERE.glob("*.mjs")):
        if path.name != "house.mjs":
            setattr(Sdk, f"test_{path.stem}", lambda self, file=path.name: self.speak(file))


add_tests()

if __name__ == "__main__":
    unittest.main(verbosity=2)
