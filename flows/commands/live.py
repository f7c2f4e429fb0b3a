"""`newslake run` and `newslake fetch`: the commands that ask live sites."""

import re
import sys
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from flows.commands import options
from flows.commands.console import ExitCode, print_json, stderr, stdout
from flows.commands.remote import run_remotely
from flows.commands.runs import finish, progress
from flows.reports.text import counted, shown, table
from infra.base.choices import Only
from infra.base.errors import UsageError

if TYPE_CHECKING:
    from infra.base.days import Days
    from infra.work.live.plan import FetchPolicy, LivePlan
    from infra.work.live.run_days import UrlOutcome
    from infra.work.run import Run

CREDENTIALS = re.compile(r"(?<=//)[^/?#]*@")  # in an address; not to be left on a terminal


def run(
    source: options.Source,
    day: Annotated[date | None, options.day("--day", "Publication day, UTC, YYYY-MM-DD. Default: yesterday.")] = None,
    only: options.OnlyArchive = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Read only the source's lists, and print what would be fetched.")
    ] = False,
    lake: options.Lake = None,
    remote: options.Remote = False,
    as_json: options.Json = False,
) -> int:
    """Land one publication day of a source: archived pages first, then whatever else the source lists.

    Never fetches a page twice. Interrupt it at any time: the same command continues where it stopped.

    [bold]Example[/bold]

    newslake run tass --day 2026-11-22 --dry-run
    """
    from flows.jobs.start import begin_run
    from infra.base.days import Days, require_begun
    from infra.work.live.plan import FetchPolicy
    from infra.work.live.run_days import run_days

    now = datetime.now(UTC)
    days = Days.one(day or (now - timedelta(days=1)).date())
    require_begun(days, now)
    policy = FetchPolicy(only_archive=only is Only.ARCHIVE, rebuild=only is Only.ARCHIVE)
    if remote:
        asked = {"source": source, "day": f"{days.start}", "dry_run": dry_run, "only_archive": policy.only_archive}
        return run_remotely("run", {**asked, "lake": lake}, as_json=as_json)
    context = begin_run(lake)
    if dry_run:
        return _show_plan(source, days, policy, context, as_json)
    with progress(f"asking {source} what it published on {days.described()}") as advance:

        def on_plan(plan: "LivePlan") -> None:
            stderr().print(plan.summary(), style="dim")
            advance(total=len(plan.wanted), description=f"fetching from {source}")

        report = run_days(
            source, days, policy, context, on_plan=on_plan, on_page=lambda _: advance(1), on_wait=_say_waiting
        )
    if not (report.captures or report.discovered or report.unreached or report.alarms):
        stderr().print(f"nothing is archived, or listed by {source}, for {days.described()}: nothing to do.")
    return finish(report, context, as_json)


def _show_plan(source: str, days: "Days", policy: "FetchPolicy", run: "Run", as_json: bool) -> int:
    from infra.work.live.run_days import preview_days

    plan, interval = preview_days(source, days, policy, run, on_wait=_say_waiting)
    budget = run.settings.request_budget
    if as_json:
        print_json({"source": source, **plan.as_json(), "interval_seconds": interval, "request_budget": budget})
        return ExitCode.DONE
    out = stdout()
    out.print(f"{source}, {days.described()}: {plan.summary()}", soft_wrap=True)
    took = counted(ceil(len(plan.wanted) * interval / 60), "minute")
    out.print(f"at one request every {interval:g} s: about {took}; "
              f"{budget:,} requests allowed a run (NEWSLAKE_REQUEST_BUDGET)", soft_wrap=True)  # fmt: skip
    for link in plan.wanted:
        out.print(f"{link.hint:%Y-%m-%d %H:%M}  " if link.hint else " " * 18, link.url, sep="", soft_wrap=True)
    return ExitCode.DONE


def _say_waiting(source: str) -> None:
    stderr().print(f"another run is at {source}: waiting for it", style="dim")


def fetch(
    urls: Annotated[list[str] | None, typer.Argument(metavar="URL…", help="URLs of articles.")] = None,
    url_file: Annotated[
        str | None, typer.Option(metavar="FILE", help="File with one URL per line; - reads standard input.")
    ] = None,
    source: Annotated[
        str | None, typer.Option(callback=options.known, help="Source of all pages. Default: by URL.")
    ] = None,
    generic: options.Generic = False,
    lake: options.Lake = None,
    as_json: options.Json = False,
) -> int:
    """Fetch the given URLs politely into the raw archive, and land the articles.

    Fetches each URL even if it is already archived. Outcomes: landed; archived (no source claims the host); rejected
    (refused or not an article, for good); failed (retrying may help). Exits with 3 if the share of pages without an
    article exceeds NEWSLAKE_QUARANTINE_LIMIT, not counting pages that no longer exist. Private addresses need
    NEWSLAKE_ALLOWED_PRIVATE_HOSTS.

    [bold]Examples[/bold]

    newslake fetch https://tass.com/world/1234567

    newslake fetch --url-file addresses.txt --json
    """
    from flows.jobs.start import begin_run
    from infra.lake.rejects import writable
    from infra.work.live.run_days import fetch_urls

    wanted = [*(urls or []), *(_read_list(url_file) if url_file else [])]
    if not wanted:
        raise UsageError("no address is given", "Name some, or a file of them with --url-file.")
    run = begin_run(lake, generic=generic)
    outcomes: list[UrlOutcome] = []
    with progress("fetching", len(wanted)) as advance:

        def on_outcome(outcome: "UrlOutcome") -> None:
            advance(1)
            outcomes.append(outcome)
            if as_json:
                print_json({**asdict(outcome), "url": writable(outcome.url)})  # arguments may hold any bytes
                sys.stdout.flush()

        report = fetch_urls(wanted, run, source=source, on_outcome=on_outcome, on_wait=_say_waiting)
    if not as_json:
        _show_outcomes(outcomes)
    lacking = report.is_lacking(run.settings.quarantine_limit)
    return ExitCode.OVER_QUARANTINE_LIMIT if lacking else ExitCode.DONE


def _read_list(name: str) -> list[str]:
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{name} can't be read as a list of addresses ({error})", "Name a UTF-8 text file.") from error
    return [line.strip() for line in text.split("\n") if line.strip() and not line.startswith("#")]


def _show_outcomes(outcomes: "list[UrlOutcome]") -> None:
    from infra.lake.rejects import writable

    styles = {"landed": "green", "archived": "cyan", "rejected": "yellow", "failed": "red"}
    rows = table("outcome", "reason", "address")
    for each in outcomes:
        reason = f"{each.reason}: {each.detail}" if each.reason else f"article {each.article_id}"
        url = CREDENTIALS.sub("", writable(each.url))
        rows.add_row(Text(each.outcome, styles[each.outcome]), Text(shown(reason, 100)), Text(shown(url, 200)))
    stdout().print(rows)
