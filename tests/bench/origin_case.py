"""What the tests of the origin share: one that they own, in the build directory that they are given."""

import http.client
import json
import pathlib
import sys
import unittest

import origin

BUILD = pathlib.Path(sys.argv.pop(1) if len(sys.argv) > 1 else "build/release")


class Origin(origin.Origin):
    def __init__(self, *options, tls=None):
        super().__init__(BUILD, *options, tls=tls)
        host, port = self.url.removeprefix("http://").split(":")
        self.where = (host, int(port))
        self.line = http.client.HTTPConnection(*self.where, timeout=10)

    def close(self):
        self.line.close()
        self.__exit__()

    def ask(self, method, path, body=None, key="tr_prod_acme", headers=(), **more):
        text = json.dumps(body, separators=(",", ":")) if isinstance(body, (dict, list)) else body
        self.line.request(method, path, text, {"authorization": "Bearer " + key, **dict(headers)}, **more)
        reply = self.line.getresponse()
        said = reply.read()
        return reply, json.loads(said)

    def stats(self):  # over the one connection, which the counts tell too
        return self.ask("GET", "/stats")[1]

    def trigger(self, key=None):
        options = {"idempotencyKey": key} if key else {}
        return self.ask("POST", "/api/v1/tasks/hello/trigger", {"payload": {"n": 1}, "options": options})


class Case(unittest.TestCase):
    options = ()

    def setUp(self):
        self.origin = Origin(*self.options)
        self.addCleanup(self.origin.close)
        self.ask = self.origin.ask
