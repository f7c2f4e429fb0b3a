"""`newslake demo`: from an empty folder to a query in one command, with a live site and saved pages."""

import atexit
import os
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from threading import Event
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from flows.commands import options
from flows.commands.console import ExitCode, stderr, stdout
from flows.commands.lake import status
from flows.commands.query import query
from infra.base.days import Days
from infra.base.errors import NewslakeError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.work.run import RunReport

CAPTURES = "captures"  # folder of `flows.demo`: pages written for newslake, in the layouts of three sources
SOURCES = ("globalresearch", "tass", "theissue")  # those that the demo site plays
DAYS = 3  # what is landed from the demo site: enough to see, a few seconds of work
INTERVAL_SECONDS = "0.02"  # our own server on this machine: nobody needs the pause that real sites get
GAPS = """\
What the signs mean here:
■  asked for, and every page that the site's lists name has been read
◐  not asked for: these stories stood in the lists of the days beside it
▤  saved pages, which come without lists: nobody knows what else there was; ▲ with a page that was rejected
·  nobody asked, or the site's lists do not reach so far back (tass lists two days)
`newslake rejects` shows each rejected page and why: a gallery is no article. One page is closed by robots.txt."""
QUERY = "SELECT source, date, title, word_count FROM articles ORDER BY date DESC, source, title LIMIT 8"


def demo(
    lake: options.Lake = None,
    serve: Annotated[bool, typer.Option("--serve", help="Only serve the demo site, until Ctrl-C.")] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="With --serve: where to listen. 0: a free port.")] = 8700,
    bind: Annotated[str, typer.Option(help="With --serve: the address to listen on.")] = "127.0.0.1",
) -> int:
    """Run the real flows: fetch three days of news from a demo site, ingest saved pages, show the lake.

    Needs no server and no network: the demo site, with made-up news, runs on this machine meanwhile. Running it again
    fetches only what is not archived yet.

    [bold]Example[/bold]

    newslake demo --serve --port 8700
    """
    from importlib.resources import as_file, files

    from flows.demo.server import DemoSite
    from flows.jobs.start import load_run_settings, open_checked_store

    if serve:
        return _serve(port, bind)
    settings = load_run_settings(lake)
    open_checked_store(settings)
    today = datetime.now(UTC).date()
    days = Days(today - timedelta(days=DAYS), today)
    with as_file(files("flows.demo") / CAPTURES) as folder, DemoSite(today) as site, _environment(site.origins):
        fetched, ingested = _run_flows(str(folder), days, settings.lake)
        requests = site.answered
    _show(fetched, ingested, days, requests, settings.lake)
    return ExitCode.DONE


def _serve(port: int, bind: str) -> int:
    from flows.demo.server import DemoSite

    say = stderr().out
    try:
        site = DemoSite(datetime.now(UTC).date(), port=port, bind=bind, log=say)
    except OSError as error:
        raise NewslakeError(f"port {port} can't be listened on: {error.strerror}", "Name another: --port.") from error
    with site:
        say(f"The demo site of newslake: {site.url}\nTo let newslake fetch from it, in another terminal:")
        say(f"  export NEWSLAKE_ORIGINS={site.origins}\nCtrl-C ends it.")
        Event().wait()
    return ExitCode.DONE


@contextmanager
def _environment(origins: str) -> "Iterator[None]":
    """Settings that lead to the demo site, and a Prefect of its own unless a server is configured."""
    from flows.server.serve import isolated

    before = dict(os.environ)
    os.environ |= {"NEWSLAKE_ORIGINS": origins, "NEWSLAKE_HOST_INTERVAL_SECONDS": INTERVAL_SECONDS}
    if not os.environ.get("PREFECT_API_URL"):
        # A new one: a temporary server frees no slot, so the next demo would wait for ever for that of a killed one.
        home = Path(mkdtemp(prefix="newslake-demo-"))
        atexit.register(rmtree, home, ignore_errors=True)  # before Prefect's own, so after its server has stopped
        # The log of a temporary server is of no use to a newcomer; what goes wrong is raised all the same.
        os.environ |= isolated(home) | {"PREFECT_LOGGING_LEVEL": "CRITICAL"}
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _run_flows(folder: str, days: Days, lake: str) -> "tuple[RunReport, RunReport]":
    where = os.environ.get("PREFECT_API_URL")
    server = f"on {where}" if where else "on a temporary Prefect server (up to 15 seconds to start)"
    with stderr().status("loading Prefect …") as shown:
        from flows.jobs.backfill import backfill
        from flows.jobs.ingest import ingest

        shown.update(f"running the flow [bold]backfill[/bold] {server} …")
        fetched = backfill(days.start, days.end, list(SOURCES), max_active=len(SOURCES), lake=lake)
        shown.update(f"running the flow [bold]ingest[/bold] {server} …")
        return fetched, ingest([folder], lake=lake)


def _show(fetched: "RunReport", ingested: "RunReport", days: Days, requests: int, lake: str) -> None:
    from flows.reports.report import look_at, summary_rows
    from flows.reports.text import counts_table, shown
    from infra.store.open_store import open_store

    console, uri = stdout(), open_store(lake).uri

    def head(command: str, told: str = "") -> None:
        console.rule(Text.assemble((command, "bold"), told), align="left")

    head("newslake backfill", f" --start {days.start} --end {days.end}: a live site, {requests} requests")
    console.print(counts_table(summary_rows(fetched)))
    for line in look_at(fetched, 1.0):
        console.print(Text(shown(line), "yellow"), soft_wrap=True)
    head("newslake ingest", " flows/demo/captures: saved pages")
    console.print(counts_table(summary_rows(ingested)))
    head("newslake status", " --all: articles by source and day")
    status(lake=lake, everything=True)
    console.print(GAPS, style="dim", soft_wrap=True)
    head("newslake query", f' "{QUERY}"')
    query(QUERY, lake=lake)
    head("Where it is")
    console.print(f"Parquet, for any reader   {uri}/articles/", soft_wrap=True)
    console.print(f"raw pages, byte for byte  {uri}/raw/", soft_wrap=True)
    head("What to type next")
    console.print("newslake ingest PATH…    your own pages: files, folders, WARC, zip, s3://")
    console.print("newslake sources         what can be fetched live; newslake run SOURCE fetches it")
    console.print("newslake up              the same flows with a UI; --source NAME asks that source on schedule")
    console.print("newslake --help          everything else")
