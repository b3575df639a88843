"""The files the rules look at, and C++ text without what the compiler does not read."""

import pathlib
import re
import subprocess


def files(root):
    """Paths of the clone as text relative to root: what git tracks or would, or everything of an unpacked archive."""
    root = pathlib.Path(root)
    listed = subprocess.run(
        ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
        check=False,
    )
    if listed.returncode == 0 and (root / ".git").exists():
        names = listed.stdout.decode().split("\0")
    else:
        names = [str(p.relative_to(root)) for p in root.rglob("*")]
        names = [n for n in names if not n.startswith((".git/", "build/"))]
    return sorted(n for n in names if n and (root / n).is_file())


def read(root, name):
    """The text of a file, or None when it is not text."""
    data = (pathlib.Path(root) / name).read_bytes()
    if b"\0" in data:
        return None
    return data.decode("utf-8", "replace")


_SKIPPED = re.compile(
    r'R"(?P<tag>[^()\s\\]{0,16})\(.*?\)(?P=tag)"'  # raw string
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'(?:\\.|[^'\\\n])+'"
    r"|//[^\n]*"
    r"|/\*.*?\*/",
    re.S,
)
_DIGIT_SEPARATOR = re.compile(r"(?<=[0-9a-fA-F])'(?=[0-9a-fA-F])")


def code_only(text):
    """Strings become "" and comments a blank; every line keeps its number."""

    def blank(match):
        start = match.group(0)
        kept = "" if start.startswith("/") else '""'
        return kept + "\n" * start.count("\n")

    return _SKIPPED.sub(blank, _DIGIT_SEPARATOR.sub("_", text))


def line_of(text, position):
    return text.count("\n", 0, position) + 1
