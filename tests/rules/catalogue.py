"""The catalogue of error codes: a page for every code that the sources declare, in a form that a parser can cut and a
terminal can show."""

import re

from tree import line_of

FILE = "config/errors.md"
WIDEST = 78

_DECLARED = re.compile(r'\berror_code\s+\w+\s*\{\s*"([^"]+)"')
_HEADING = re.compile(r"^## (.*)\n", re.M)
_POINTS = r"(?:- \S.*\n(?:  \S.*\n)*)+"
_PAGE = re.compile(rf"\n(?:[^\s#-].*\n)+\nLikely causes:\n{_POINTS}\nWhat to do:\n{_POINTS}\n?")
_INTRODUCTION = re.compile(r"# Error codes\n\n(?:.+\n|\n)+")


def declared(sources):
    """sources: {name: text}. Returns {code: "file:line" of its declaration}."""
    return {m.group(1): f"{name}:{line_of(text, m.start())}" for name, text in sources.items()
            for m in _DECLARED.finditer(text)}


def pages_of(text):
    """The introduction, and a list of (line, code, page)."""
    introduction, *parts = _HEADING.split(text)
    lines = [line_of(text, m.start()) for m in _HEADING.finditer(text)]
    return introduction, list(zip(lines, parts[0::2], parts[1::2]))


def check(sources, text):
    """Returns complaints, each "file:line: words". text: what the catalogue holds; "" when there is none."""
    codes = declared(sources)
    introduction, pages = pages_of(text)
    complaints = []
    if text and not _INTRODUCTION.fullmatch(introduction):
        complaints.append(f"{FILE}:1: begins with '# Error codes' and an introduction")
    last = ""
    for line, code, page in pages:
        where = f"{FILE}:{line}"
        if code not in codes:
            complaints.append(f"{where}: no source declares {code}")
        if code == last:
            complaints.append(f"{where}: {code} has a page already")
        elif code < last:
            complaints.append(f"{where}: {code} stands behind {last}; pages are sorted")
        if not _PAGE.fullmatch(page):
            complaints.append(f"{where}: {code} needs what it means, 'Likely causes:' and 'What to do:' with their points")
        last = code
    known = {code for _, code, _ in pages}
    complaints += [f"{where}: {code} has no page in {FILE}" for code, where in codes.items() if code not in known]
    for number, content in enumerate(text.splitlines(), 1):
        if len(content) > WIDEST and "://" not in content:
            complaints.append(f"{FILE}:{number}: {len(content)} columns; a terminal shows {WIDEST}")
    return complaints
