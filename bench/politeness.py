"""How near to the permitted rate many hosts are asked, and what a page costs: `python -m bench politeness`.

Forty host names lead to one local server that takes 20 ms an answer, each to be asked once a second. The server notes
when it was asked. Afterwards the same pages are got by bare `requests.get`, one after the other.
"""

import argparse
import json
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from itertools import pairwise

import requests

from bench.slow_site import LOG, slow_site
from infra.base.settings import Settings
from infra.intake.web.polite_client import PoliteClient
from infra.work.live.fetch_pages import fetch_pages

HOSTS = 40
SECONDS = 15
INTERVAL = 1.0
BARE_PAGES = 300


@dataclass(frozen=True, slots=True)
class Measured:
    """What a run gave.

    Attributes:
        share: requests that came in the time, of those permitted.
        least_gap: least seconds between two requests to one host, as the server saw them. A busy machine passes some on
            later than others, so it may be some hundredths below the interval.
        highest_rate: requests per interval of the host that was asked most often, over the whole time.
        client_ms, bare_ms: CPU time a page, all threads together.
    """

    hosts: int
    seconds: float
    requests: int
    share: float
    least_gap: float
    highest_rate: float
    client_ms: float
    bare_ms: float


def main(arguments: Sequence[str]) -> int:
    """Measure and print; exit code 0."""
    parser = argparse.ArgumentParser(prog="python -m bench politeness", description=__doc__)
    parser.add_argument("--hosts", type=int, default=HOSTS, help="(default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of fetching (default: %(default)s)")
    parser.add_argument("--bare-pages", type=int, default=BARE_PAGES, help="by requests.get (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(arguments)
    measured = measure(options.hosts, options.seconds, options.bare_pages)
    if options.json:
        print(json.dumps(asdict(measured), indent=1))
        return 0
    print(f"{measured.hosts} hosts, one request every {INTERVAL:g} s each, for {measured.seconds:g} s")
    print(f"requests        {measured.requests:>8}   {measured.share:.1%} of those permitted, robots files included")
    print(f"least gap       {measured.least_gap:>8.3f} s between two requests to one host, seen by the server")
    print(f"highest rate    {measured.highest_rate:>8.3f} of the permitted one, of any host")
    print(f"CPU a page      {measured.client_ms:>8.2f} ms   bare requests.get: {measured.bare_ms:.2f} ms")
    return 0


def measure(hosts: int, seconds: float, bare_pages: int) -> Measured:
    """Ask `hosts` hosts for some seconds, then one for `bare_pages` pages without manners."""
    names = [f"paper{number}.example" for number in range(hosts)]
    with slow_site() as address:
        settings = Settings(
            origins=",".join(f"{name}={address}" for name in names),
            host_interval_seconds=INTERVAL,
            request_budget=10**9,
        )
        pages, client_seconds = _fetch_politely(names, settings, seconds)
        asked = requests.get(address + LOG, timeout=30).json()
        bare_seconds = _fetch_barely(address, bare_pages)
    times = [time for host in asked.values() for time in host]
    repeated = [host for host in asked.values() if len(host) > 1]  # on a busy machine a short run may ask once
    in_time = sum(time < min(times) + seconds for time in times)
    return Measured(
        hosts=hosts,
        seconds=seconds,
        requests=in_time,
        share=in_time / (hosts * seconds / INTERVAL),
        highest_rate=max(((len(host) - 1) * INTERVAL / (host[-1] - host[0]) for host in repeated), default=0.0),
        least_gap=min((later - earlier for host in repeated for earlier, later in pairwise(host)), default=0.0),
        client_ms=client_seconds / pages * 1000,
        bare_ms=bare_seconds / max(bare_pages, 1) * 1000,
    )


def _fetch_politely(names: Sequence[str], settings: Settings, seconds: float) -> tuple[int, float]:
    """Fetch for some seconds; pages that came, and the CPU time of this process meanwhile."""
    each = int(seconds / INTERVAL) + 2
    wanted = [(f"https://{name}/{number}", None) for number in range(each) for name in names]
    began, used = time.monotonic(), time.process_time()
    pages = 0
    with PoliteClient.open(settings) as client, closing(fetch_pages(wanted, client)) as found:
        for page in filter(None, found):
            if page.error:
                raise page.error
            pages += 1
            if time.monotonic() - began > seconds:
                break
    return pages, time.process_time() - used


def _fetch_barely(address: str, pages: int) -> float:
    """CPU seconds of as many `requests.get`."""
    used = time.process_time()
    for number in range(pages):
        requests.get(f"{address}/{number}", timeout=30)
    return time.process_time() - used
