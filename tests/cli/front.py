"""A server between a daemon and its sandbox: it passes requests on, or answers in its own words. A room for tests,
without any of its own."""

import http.client
import http.server
import threading
import urllib.parse

HOP = {"connection", "transfer-encoding", "content-length", "host", "keep-alive"}


class Front:
    """`answer(request)` gives (status, content type, text) for what it answers itself, else None. `url` is its address."""

    def __init__(self, test, behind, answer):
        self.behind = urllib.parse.urlsplit(behind).netloc
        self.answer = answer
        front = self

        class Handler(_Handler):
            owner = front

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        test.addCleanup(self.server.server_close)
        test.addCleanup(self.server.shutdown)


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    owner = None

    def log_message(self, *_):
        pass

    def body(self):
        if "chunked" not in self.headers.get("transfer-encoding", ""):
            return self.rfile.read(int(self.headers.get("content-length", 0)))
        whole = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            whole += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return whole

    def pass_on(self):
        door = http.client.HTTPConnection(self.owner.behind, timeout=60)
        try:
            kept = {name: value for name, value in self.headers.items() if name.lower() not in HOP}
            door.request(self.command, self.path, self.sent, kept)
            reply = door.getresponse()
            return reply.status, reply.getheaders(), reply.read()
        finally:
            door.close()

    def serve(self):
        self.sent = self.body()
        own = self.owner.answer(self)
        if own is None:
            status, headers, text = self.pass_on()
        else:
            status, kind, text = own[0], own[1], own[2].encode()
            headers = [("content-type", kind)]
        self.send_response(status)
        for name, value in headers:
            if name.lower() not in HOP:
                self.send_header(name, value)
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = serve
