"""One request, one run: what most of the work is."""

import statistics
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
overlap = "allow"
send = "each"
items_from = {{ ndjson = "HOME/items.ndjson" }}
map = {{ payload = "{{{{ item }}}}" }}
"""
ITEM = '{{"customer":{n},"plan":"pro","note":"a short text that stands for what a small event carries"}}\n'


def of_triggerd(stand, targets, units, in_flight, latency_ms=0, live=None, http=None, under=()):
    """`live`: the work goes to so many targets only. `in_flight`: requests of all of them together. Of more targets than
    that, so many are fired at once, and the next when these have had their requests."""
    live = live or targets
    waves = [range(first, min(first + in_flight, live)) for first in range(0, live, in_flight)]
    with Origin(stand.programs, "--latency-ms", latency_ms, tls=stand.tls if http else None) as origin:
        url = origin.tls_url if http else origin.url
        of_target = f'http = "{http}"\ntls = {{ ca = "{stand.tls.authority}" }}' if http else ""
        daemon = Service(stand.programs, url, targets, JOB.format(parallel=in_flight), in_flight=max(1, in_flight // live),
                         of_target=of_target, part=lambda n: f"wave{n // in_flight}" if n < live else "idle", under=under)
        per_target = max(1, units // live)
        (daemon.home / "items.ndjson").write_text("".join(ITEM.format(n=n) for n in range(per_target)))
        with daemon:
            before, begun = daemon.cpu(), time.monotonic()
            fires = []
            for number, wave in enumerate(waves):
                fires.append(daemon.ask("run", "each", "--on", f"part=wave{number}")["fire"])
                seen = origin.until(lambda now: now["by_endpoint"]["trigger"] >= per_target * wave.stop)
            wall = time.monotonic() - begun
            peak = daemon.memory("VmHWM")
            cpu = daemon.cpu() - before
            if seen["keys"] != per_target * live or seen["repeated_keys"]:
                raise RuntimeError(f"the origin counted other keys than were planned: {seen}")
            legs = daemon.settled(fires, per_target * live)
    return measurement(per_target * live, cpu, wall, rss_mib=peak,
                       p50_ms=statistics.median(leg["p50_ms"] for leg in legs), p99_ms=max(leg["p99_ms"] for leg in legs))


def triggerd(targets, units, in_flight, **how):
    return lambda stand: of_triggerd(stand, targets, stand.scaled(units), in_flight, **how)


def rival(run, targets, units, in_flight, *more, latency_ms=0):
    def contend(stand):
        with Origin(stand.programs, "--latency-ms", latency_ms) as origin:
            return run(stand, origin.url, "trigger", targets, stand.scaled(units), in_flight, *more)
    return contend


def of_wrk(stand):
    with Origin(stand.programs) as origin:
        return rivals.wrk(origin.url, 64)


HUNDRED = Row(
    "triggers", "Triggers: 100 targets, 64 requests in flight", "trigger",
    {"triggerd": triggerd(100, 20_000, 64),
     "bare libcurl loop": rival(rivals.bare, 100, 20_000, 64),
     "SDK on Node": rival(rivals.sdk_on_node, 100, 3_000, 64),
     "SDK on Node, auth.withAuth": rival(rivals.sdk_on_node, 100, 3_000, 64, "--mode", "withAuth"),
     "SDK on Bun": rival(rivals.sdk_on_bun, 100, 6_000, 64),
     "fetch on Node": rival(rivals.fetch_on_node, 100, 6_000, 64),
     "wrk": of_wrk},
    [Goal("CPU per trigger, to the SDK on Node", ratio("cpu_us", "triggerd", "SDK on Node"), 1 / 15, form="{:.3f}"),
     Goal("CPU per trigger, to the SDK on Bun", ratio("cpu_us", "triggerd", "SDK on Bun"), 1 / 3),
     Goal("CPU per trigger, to the bare loop", ratio("cpu_us", "triggerd", "bare libcurl loop"), 2),
     Goal("triggers a second, to the bare loop", ratio("per_s", "triggerd", "bare libcurl loop"), 0.5, least=True)])


def beside_two(name, title, targets, in_flight, units, sdk_units, **how):
    """triggerd, the floor of what it is made of, and the official client."""
    return Row(name, title, "trigger",
               {"triggerd": triggerd(targets, units, in_flight, **how),
                "bare libcurl loop": rival(rivals.bare, targets, units, in_flight, **how),
                "SDK on Node": rival(rivals.sdk_on_node, targets, sdk_units, in_flight, **how)})


TEN_THOUSAND = Row(
    "triggers-10000", "Triggers: 1,000 live of 10,000 targets, 64 requests in flight", "trigger",
    {"triggerd, 100 targets": triggerd(100, 20_000, 64), "triggerd": triggerd(10_000, 20_000, 64, live=1_000)},
    [Goal("CPU per trigger, to that at 100", ratio("cpu_us", "triggerd", "triggerd, 100 targets"), 2)])


def over_tls(call):
    def contend(stand):
        with Origin(stand.programs, tls=stand.tls) as origin:
            return call(stand, origin.tls_url)
    return contend


def of_bare_tls(http):
    return over_tls(lambda stand, url: rivals.bare(stand, url, "trigger", 100, stand.scaled(10_000), 64, "--http", http,
                                                   "--ca", stand.tls.authority))


TLS = Row(
    "triggers-tls", "Triggers over TLS: 100 targets, 64 requests in flight", "trigger",
    {"triggerd, HTTP/1.1": triggerd(100, 10_000, 64, http="1.1"), "triggerd, HTTP/2": triggerd(100, 10_000, 64, http="2"),
     "bare libcurl loop, HTTP/1.1": of_bare_tls("1.1"), "bare libcurl loop, HTTP/2": of_bare_tls("2"),
     "SDK on Node, HTTP/1.1": over_tls(
         lambda stand, url: rivals.sdk_on_node(stand, url, "trigger", 100, stand.scaled(3_000), 64)),
     "h2load, HTTP/1.1": over_tls(lambda stand, url: rivals.h2load(url, stand.scaled(10_000), 64, "--h1")),
     "h2load, HTTP/2": over_tls(lambda stand, url: rivals.h2load(url, stand.scaled(10_000), 64))})

ROWS = [HUNDRED,
        beside_two("triggers-lone", "Triggers: one target, one request in flight", 1, 1, 2_000, 1_000),
        beside_two("triggers-one", "Triggers: one target, 64 requests in flight", 1, 64, 20_000, 3_000),
        beside_two("triggers-1000", "Triggers: 1,000 targets, 512 requests in flight", 1_000, 512, 20_000, 3_000),
        TEN_THOUSAND,
        beside_two("triggers-50ms", "Triggers: 100 targets, 50 ms away, 64 requests in flight", 100, 64, 4_000, 2_000,
                   latency_ms=50),
        TLS]
