"""Looks for secrets in bytes, in whatever form they may have left: as they are, escaped, or encoded. A room for tests."""

import base64
import json
import re
import urllib.parse

PIECE = 14  # bytes of a secret's beginning and of its end: a value that is cut has leaked too


def _base64(piece):
    """At each of the three places where it may begin inside a longer text."""
    for before in range(3):
        whole = base64.b64encode(bytes(before) + piece)
        first = -(-before * 8 // 6)  # characters that hold bits of what stands before
        last = (before + len(piece)) * 8 // 6  # and those after it that hold bits of what follows
        yield whole[first:last]
        yield base64.urlsafe_b64encode(bytes(before) + piece)[first:last]


def _printable(piece):
    return b"".join(bytes([b]) if 0x20 <= b != 0x7F else b"\\x%02x" % b for b in piece)


def forms(piece):
    """(form, bytes) of every way in which a piece may be written."""
    text = piece.decode()
    once = json.dumps(text)[1:-1]
    percent = [urllib.parse.quote(text, safe=""), urllib.parse.quote(text), urllib.parse.quote_plus(text)]
    yield "as it is", piece
    yield "printable", _printable(piece)
    yield "JSON", once.encode()
    yield "JSON twice", json.dumps(once)[1:-1].encode()
    for form in (piece.hex(), piece.hex().upper()):
        yield "hex", form.encode()
    for form in percent + [re.sub("%..", lambda hit: hit[0].lower(), one) for one in percent]:
        yield "percent", form.encode()
    for form in _base64(piece):
        yield "base64", form


class Net:
    """Knows the secrets by name, and finds them."""

    def __init__(self, secrets):
        self.needles = {}
        for name, value in secrets.items():
            value = value.encode()
            assert len(value) >= PIECE, name
            for piece in (value[:PIECE], value[-PIECE:]):
                for form, needle in forms(piece):
                    self.needles.setdefault(needle, f"{name} ({form})")

    def leaks(self, places):
        """One line for each secret in one of the places, which are bytes by name."""
        found = set()
        for place, content in places.items():
            found |= {f"{what} in {place}" for needle, what in self.needles.items() if needle in content}
        return sorted(found)
