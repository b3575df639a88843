"""The server of one run: started with what a row asks of it, and asked what reached it."""

import json
import subprocess
import time
import urllib.request


class Origin:
    def __init__(self, programs, *options, tls=None):
        words = [programs / "bench_origin", *map(str, options)]
        if tls is not None:
            words += ["--tls-listen", "127.0.0.1:0", "--cert", tls.certificate, "--key", tls.key]
        self._child = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL)
        listens = json.loads(self._child.stdout.readline())
        self.url = "http://" + listens["listen"]
        self.tls_url = "https://localhost:" + listens["tls_listen"].rpartition(":")[2] if tls is not None else None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._child.kill()
        self._child.wait()
        self._child.stdout.close()

    def stats(self):
        with urllib.request.urlopen(self.url + "/stats", timeout=60) as reply:
            return json.load(reply)

    def reset(self):
        urllib.request.urlopen(urllib.request.Request(self.url + "/stats/reset", method="POST"), timeout=60).close()

    def until(self, enough, within=300):
        """Looks until the counts are `enough`; gives them. Its looks are cheap for the origin, and nobody else's."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            seen = self.stats()
            if enough(seen):
                return seen
            time.sleep(0.02)
        raise RuntimeError(f"not within {within} s: {seen}")
