"""The daemon's socket, spoken by hand: a program for each call would cost more than the call."""

import json
import socket

INTERFACE = "io.triggerd.Control"
PATIENCE = 60  # seconds for a reply; a daemon that is killed hangs up at once


class Gone(Exception):
    """Nobody answers any more."""


class Refused(Exception):
    """The daemon said no; its words."""


def call(path, method, **parameters):
    """One call, one reply."""
    message = json.dumps({"method": f"{INTERFACE}.{method}", "parameters": parameters}).encode() + b"\0"
    try:
        with socket.socket(socket.AF_UNIX) as door:
            door.settimeout(PATIENCE)
            door.connect(str(path))
            door.sendall(message)
            reply = _whole(door)
    except OSError as why:
        raise Gone(str(why)) from why
    if "error" in reply:
        raise Refused(f"{reply['error']} {reply.get('parameters')}")
    return reply["parameters"]


def _whole(door):
    got = bytearray()
    while not got.endswith(b"\0"):
        more = door.recv(65536)
        if not more:
            raise Gone("it hung up")
        got += more
    return json.loads(got[:-1])


def fires(path, **which):
    """Every fire of the ledger with its legs, oldest first."""
    found, page = [], {}
    while page is not None:
        reply = call(path, "Fires", limit=500, **which, **page)
        found += reply["fires"]
        page = {"before": reply["next_before"]} if reply.get("next_before") else None
    return found[::-1]


def actions(path, fire):
    found, start = [], 0
    while start is not None:
        reply = call(path, "Fire", id=fire, limit=1000, **{"from": start})
        found += reply["actions"]
        start = reply.get("next_from")
    return found
