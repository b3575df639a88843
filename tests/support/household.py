"""A folder of its own with the programs that live in it. A room for rehearsals, without any of its own."""

import pathlib
import shutil
import tempfile


class Household:
    def __init__(self, programs, name, world):
        self.programs = pathlib.Path(programs).resolve()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix=f"triggerd-{name}-"))
        self.socket = self.folder / "run" / "control"
        self.keep = False
        self._world = world
        self._children = []
        for part in ("run", "state"):
            (self.folder / part).mkdir(mode=0o700)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for child in reversed(self._children):
            if child.poll() is None:
                child.kill()
                child.wait()
        if self.keep:
            print(f"Everything is left in {self.folder}")
        else:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _sandbox_words(self, *more):
        return [self.programs / "triggerd-sandbox", "--world", self._world, *more]
