"""One request, one run: what most of the work is."""

import time

import rivals
from origin import Origin
from row import Goal, Row, measurement, ratio
from service import Service

JOB = """[job.each]
type = "batch"
task = "bench"
targets = ["*"]
parallel = {parallel}
send = "each"
items_from = {{ ndjson = "HOME/items.ndjson" }}
map = {{ payload = "{{{{ item }}}}" }}
"""
ITEM = '{{"customer":{n},"plan":"pro","note":"a short text that stands for what a small event carries"}}\n'


def of_triggerd(stand, targets, units, each, latency_ms=0, live=None, http=None, under=()):
    """`each`: requests in flight of one target; `live`: of so many targets only."""
    live = live or targets
    with Origin(stand.programs, "--latency-ms", latency_ms, tls=stand.tls if http else None) as origin:
        url = origin.tls_url if http else origin.url
        of_target = f'http = "{http}"\ntls = {{ ca = "{stand.tls.authority}" }}' if http else ""
        daemon = Service(stand.programs, url, targets, JOB.format(parallel=live), in_flight=each, of_target=of_target,
                         part=lambda n: "live" if n < live else "idle", under=under)
        per_target = units // live
        (daemon.home / "items.ndjson").write_text("".join(ITEM.format(n=n) for n in range(per_target)))
        with daemon:
            before, begun = daemon.cpu(), time.monotonic()
            fire = daemon.ask("run", "each", "--on", "part=live")["fire"]
            seen = origin.until(lambda now: now["by_endpoint"]["trigger"] >= per_target * live)
            wall = time.monotonic() - begun
            peak = daemon.memory("VmHWM")
            cpu = daemon.cpu() - before
            if seen["keys"] != per_target * live or seen["repeated_keys"]:
                raise RuntimeError(f"the origin counted other keys than were planned: {seen}")
            ended = daemon.ended(fire)
            legs = ended["legs"]
            if sum(leg["done"] for leg in legs) != per_target * live:
                raise RuntimeError(f"the ledger counts other triggers than the origin: {ended['state']}")
    return measurement(per_target * live, cpu, wall, rss_mib=peak,
                       p50_ms=sorted(leg["p50_ms"] for leg in legs)[live // 2], p99_ms=max(leg["p99_ms"] for leg in legs))


def of_rival(run, units, targets, in_flight, latency_ms=0, *more):
    def contend(stand):
        with Origin(stand.programs, "--latency-ms", latency_ms) as origin:
            return run(stand, origin.url, "trigger", targets, stand.scaled(units), in_flight, *more)
    return contend


def of_script(runtime, file, units, targets, in_flight, *more):
    return of_rival(lambda stand, *words: rivals.script(stand, runtime, file, *words), units, targets, in_flight, 0, *more)


def of_wrk(stand):
    with Origin(stand.programs) as origin:
        return rivals.wrk(stand, origin.url, 3, 64)


HUNDRED = Row(
    "triggers", "Triggers: 100 targets, one request in flight at each", "trigger",
    {"triggerd": lambda stand: of_triggerd(stand, 100, stand.scaled(20_000), 1),
     "bare libcurl loop": of_rival(rivals.bare, 20_000, 100, 100),
     "SDK on Node": of_script("node", "sdk.mjs", 3_000, 100, 100),
     "SDK on Bun": of_script("bun", "sdk.mjs", 6_000, 100, 100),
     "fetch on Node": of_script("node", "fetch.mjs", 6_000, 100, 100),
     "wrk": of_wrk},
    [Goal("CPU per trigger, to the SDK on Node", ratio("cpu_us", "triggerd", "SDK on Node"), 1 / 15, form="{:.3f}"),
     Goal("CPU per trigger, to the SDK on Bun", ratio("cpu_us", "triggerd", "SDK on Bun"), 1 / 3),
     Goal("CPU per trigger, to the bare loop", ratio("cpu_us", "triggerd", "bare libcurl loop"), 2),
     Goal("triggers a second, to the bare loop", ratio("per_s", "triggerd", "bare libcurl loop"), 0.5, least=True)])

ONE = Row(
    "triggers-one", "Triggers: one target, 64 requests in flight", "trigger",
    {"triggerd": lambda stand: of_triggerd(stand, 1, stand.scaled(20_000), 64),
     "bare libcurl loop": of_rival(rivals.bare, 20_000, 1, 64),
     "SDK on Node": of_script("node", "sdk.mjs", 3_000, 1, 64)})

TEN_THOUSAND = Row(
    "triggers-10000", "Triggers: 1,000 live of 10,000 targets", "trigger",
    {"triggerd, 100 targets": lambda stand: of_triggerd(stand, 100, stand.scaled(20_000), 1),
     "triggerd": lambda stand: of_triggerd(stand, 10_000, stand.scaled(20_000), 1, live=1_000)},
    [Goal("CPU per trigger, to that at 100", ratio("cpu_us", "triggerd", "triggerd, 100 targets"), 2)])

FAR = Row(
    "triggers-50ms", "Triggers: 100 targets, 50 ms away, one request in flight at each", "trigger",
    {"triggerd": lambda stand: of_triggerd(stand, 100, stand.scaled(10_000), 1, latency_ms=50),
     "bare libcurl loop": of_rival(rivals.bare, 10_000, 100, 100, 50),
     "SDK on Node": of_rival(lambda stand, *words: rivals.script(stand, "node", "sdk.mjs", *words), 3_000, 100, 100, 50)})


def of_bare_tls(http):
    def contend(stand):
        with Origin(stand.programs, tls=stand.tls) as origin:
            return rivals.bare(stand, origin.tls_url, "trigger", 100, stand.scaled(10_000), 100, "--http", http, "--ca",
                               stand.tls.authority)
    return contend


TLS = Row(
    "triggers-tls", "Triggers over TLS: 100 targets, one request in flight at each", "trigger",
    {"triggerd, HTTP/1.1": lambda stand: of_triggerd(stand, 100, stand.scaled(10_000), 1, http="1.1"),
     "triggerd, HTTP/2": lambda stand: of_triggerd(stand, 100, stand.scaled(10_000), 1, http="2"),
     "bare libcurl loop, HTTP/1.1": of_bare_tls("1.1"), "bare libcurl loop, HTTP/2": of_bare_tls("2")})

ROWS = [HUNDRED, ONE, TEN_THOUSAND, FAR, TLS]
