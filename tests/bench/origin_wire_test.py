#!/usr/bin/env python3
"""However a request is cut up and encrypted, the benchmark's origin reads it. Takes the build directory; without curl's HTTP/2
that part is left out."""

import json
import socket
import subprocess
import tempfile
import unittest

from origin_case import BUILD, Case, Origin
from stand import Stand


class Bodies(Case):
    def raw(self, text):
        with socket.create_connection(self.origin.where, timeout=10) as line:
            line.sendall(text)
            line.shutdown(socket.SHUT_WR)
            said = b""
            while piece := line.recv(65536):
                said += piece
        return said

    def test_chunks_are_one_body(self):
        pieces = iter([b'{"options":{"idempo', b'tencyKey":"in pieces"}}'])
        path = "/api/v1/tasks/t/trigger"
        _, first = self.ask("POST", path, pieces, headers={"transfer-encoding": "chunked"}, encode_chunked=True)
        _, again = self.ask("POST", path, '{"options":{"idempotencyKey":"in pieces"}}')
        self.assertEqual((first["id"], again["isCached"]), (again["id"], True))

    def test_requests_in_one_packet_are_all_answered(self):
        one = b"POST /api/v1/tasks/t/trigger HTTP/1.1\r\nauthorization: Bearer tr_prod_a\r\ncontent-length: 2\r\n\r\n{}"
        last = one.replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n")
        self.assertEqual(self.raw(one * 20 + last).count(b"HTTP/1.1 200 OK"), 21)

    def test_a_client_that_expects_to_go_on_may(self):
        asked = (b"POST /api/v1/tasks/t/trigger HTTP/1.1\r\nauthorization: Bearer tr_prod_a\r\nexpect: 100-continue\r\n"
                 b"connection: close\r\ncontent-length: 2\r\n\r\n{}")
        self.assertTrue(self.raw(asked).startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK"))

    def test_without_a_credential_nothing_is_opened(self):
        self.assertIn(b" 401 ", self.raw(b"GET /api/v1/runs HTTP/1.1\r\nconnection: close\r\n\r\n"))


def speaks_http2():
    said = subprocess.run(["curl", "--version"], capture_output=True, text=True)
    return said.returncode == 0 and "HTTP2" in said.stdout


@unittest.skipUnless(speaks_http2(), "curl without HTTP/2")
class Http2(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.tls = Stand(BUILD, folder.name, 1).tls
        self.origin = Origin(tls=self.tls)
        self.addCleanup(self.origin.close)

    def curl(self, *words):
        argv = ["curl", "-sS", "--cacert", self.tls.authority, "-H", "authorization: Bearer tr_prod_a", "-w", "\n%{http_version} "
                "%{http_code}", *words]
        return subprocess.run(argv, capture_output=True, text=True, check=True).stdout

    def test_every_way_to_speak_reaches_the_same_server(self):
        clear, encrypted = (url + "/api/v1/tasks/t/trigger" for url in (self.origin.url, self.origin.tls_url))
        for version, words in (("1.1", [clear]), ("2", ["--http2-prior-knowledge", clear]), ("2", [encrypted]),
                               ("1.1", ["--http1.1", encrypted])):
            with self.subTest(words=words):
                said = self.curl("-d", '{"options":{"idempotencyKey":"' + "".join(words) + '"}}', *words)
                self.assertTrue(said.endswith(f"\n{version} 200"), said)
                self.assertIn('"isCached":false', said)
        self.assertEqual(self.origin.stats()["keys"], 4)

    def test_a_large_body_over_http2_is_read(self):
        batches = self.origin.tls_url + "/api/v3/batches"
        made = json.loads(self.curl("-d", '{"runCount":1000}', batches).rsplit("\n", 1)[0])
        with tempfile.NamedTemporaryFile("w") as lines:
            for i in range(1000):
                lines.write(json.dumps({"index": i, "task": "t", "payload": "x" * 3000}) + "\n")
            lines.flush()
            said = self.curl("-H", "content-type: application/x-ndjson", "--data-binary", "@" + lines.name,
                             f"{batches}/{made['id']}/items")
        self.assertIn('"sealed":true', said)


if __name__ == "__main__":
    unittest.main()
