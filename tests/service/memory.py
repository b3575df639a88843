"""Takes the memory away from one process, by a control group of this side."""

import contextlib
import os
import pathlib

OLD = pathlib.Path("/sys/fs/cgroup/memory")  # where the host has a tree for each controller
LIMIT = 64 * 1024


def limited():
    return os.access(OLD / "memory.limit_in_bytes", os.F_OK)


@contextlib.contextmanager
def starved(pid):
    """What it asks for from here on it does not get; the kernel then ends it."""
    group = OLD / f"triggerd-{pid}"
    group.mkdir()
    try:
        (group / "memory.limit_in_bytes").write_text(str(LIMIT))
        (group / "cgroup.procs").write_text(str(pid))
        yield
    finally:
        group.rmdir()
