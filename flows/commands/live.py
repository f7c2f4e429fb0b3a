"""`newslake run` and `newslake fetch`: the commands that ask live sites."""

import re
import sys
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.commands.console import ExitCode, JsonOption, LakeOption, print_json, stderr, stdout
from flows.commands.runs import PrefectOption, SourceArgument, finish, progress, under_prefect
from infra.base.choices import Only, Preference

if TYPE_CHECKING:
    from infra.base.days import Days
    from infra.work.live.fetch_urls import UrlOutcome
    from infra.work.live.plan import FetchPolicy, LivePlan
    from infra.work.run import Run

PreferOption = Annotated[
    Preference,
    typer.Option(
        help="Where pages come from first, after the raw archive: the CDX index (NEWSLAKE_CDX_URL) or the source.",
    ),
]
OnlyOption = Annotated[Only | None, typer.Option(help="Only what is archived; no request to the source.")]
CREDENTIALS = re.compile(r"(?<=//)[^/?#]*@")  # in an address; not to be left on a terminal
SHORT_SECONDS = 120  # people think of what takes longer in minutes


def run(
    source: SourceArgument,
    day: Annotated[
        str | None, typer.Option(metavar="DATE", help="Publication day, UTC, YYYY-MM-DD. Default: yesterday.")
    ] = None,
    prefer: PreferOption = Preference.ARCHIVE,
    only: OnlyOption = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only read feeds, and print what would be fetched. Lands nothing.")
    ] = False,
    lake: LakeOption = None,
    prefect: PrefectOption = False,
    as_json: JsonOption = False,
) -> int:
    """Land one publication day of one source: what is archived, and what the source lists beyond that.

    Pages that were captured before are never fetched again. Interrupt it at any time: the same command goes on.

    [bold]Examples[/bold]

    newslake run tass

    newslake run tass --day 2026-11-22 --dry-run

    newslake run tass --day 2017-05-10 --only archive
    """
    from flows.jobs.start import begin_run
    from infra.base.days import Days, parse_day, require_begun
    from infra.base.known_sources import require_source
    from infra.work.live.plan import FetchPolicy

    require_source(source)
    now = datetime.now(UTC)
    days = Days.one(parse_day(day, "--day") if day else (now - timedelta(days=1)).date())
    require_begun(days, now)
    policy = FetchPolicy(prefer, only_archive=only is Only.ARCHIVE, rebuild=only is Only.ARCHIVE)
    context = begin_run(lake)
    if dry_run:
        return _show_plan(source, days, policy, context, as_json)
    if under_prefect(prefect):
        from flows.jobs.run import run as flow

        report = flow(
            source, days.start, prefer=policy.prefer.value, only_archive=policy.only_archive,
            lake=context.settings.lake,
        )  # fmt: skip
        return finish(report, context, as_json)
    return _run_here(source, days, policy, context, as_json)


def _run_here(source: str, days: "Days", policy: "FetchPolicy", run: "Run", as_json: bool) -> int:
    from infra.work.live.run_days import run_days

    with progress(f"asking {source} what it published on {days.described()}") as advance:

        def on_plan(plan: "LivePlan") -> None:
            stderr().print(f"[dim]{plan.summary()}[/dim]")
            advance(total=len(plan.wanted), description=f"fetching from {source}")

        report = run_days(
            source, days, policy, run, on_plan=on_plan, on_page=lambda _: advance(1), on_wait=_say_waiting
        )
    if not (report.captures or report.discovered):
        stderr().print(f"nothing is archived, or listed by {source}, for {days.described()}: nothing to do.")
    return finish(report, run, as_json)


def _show_plan(source: str, days: "Days", policy: "FetchPolicy", run: "Run", as_json: bool) -> int:
    from infra.work.live.run_days import preview_days

    plan, interval = preview_days(source, days, policy, run, on_wait=_say_waiting)
    budget = run.settings.request_budget
    if as_json:
        print_json({"source": source, **plan.as_json(), "interval_seconds": interval, "request_budget": budget})
        return ExitCode.DONE
    out = stdout()
    out.print(f"{source}, {days.described()}: {plan.summary()}", soft_wrap=True)
    out.print(f"at one request every {interval:g} s: about {_minutes(len(plan.wanted) * interval)}; "
              f"{budget:,} requests allowed a run (NEWSLAKE_REQUEST_BUDGET)", soft_wrap=True)  # fmt: skip
    for link in plan.wanted:
        out.print(f"{link.hint:%Y-%m-%d %H:%M}  " if link.hint else " " * 18, link.url, sep="", soft_wrap=True)
    return ExitCode.DONE


def _minutes(seconds: float) -> str:
    return f"{seconds:.0f} seconds" if seconds < SHORT_SECONDS else f"{seconds / 60:.0f} minutes"


def _say_waiting(source: str) -> None:
    stderr().print(f"[dim]another run is at {source}: waiting for it[/dim]")


def fetch(
    urls: Annotated[list[str] | None, typer.Argument(metavar="URL…", help="Addresses of articles.")] = None,
    url_file: Annotated[
        str | None, typer.Option(metavar="FILE", help="File with an address a line; - for standard input.")
    ] = None,
    source: Annotated[str | None, typer.Option(help="Source of all pages. Default: by address.")] = None,
    lake: LakeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Fetch given addresses: politely, into the raw archive, and land what can be read.

    An address is asked for each time that it is given here. With --json a line an address: url, outcome, reason.
    Outcomes: landed; archived (kept, but no source claims its host); rejected
    (refused, or not an article, for good); failed (another try may help). Exits 3 if more pages gave no article than
    NEWSLAKE_QUARANTINE_LIMIT allows; pages that the server says do not exist are not counted. Private addresses need
    NEWSLAKE_ALLOWED_PRIVATE_HOSTS.

    [bold]Examples[/bold]

    newslake fetch https://tass.com/world/1234567

    newslake fetch --url-file addresses.txt --json
    """
    from flows.jobs.start import begin_run
    from infra.base.errors import UsageError
    from infra.base.known_sources import require_source
    from infra.lake.rejects import writable
    from infra.work.live.fetch_urls import fetch_urls

    if source is not None:
        require_source(source)
    wanted = [*(urls or []), *(_read_list(url_file) if url_file else [])]
    if not wanted:
        raise UsageError("no address is given", "Name some, or a file of them with --url-file.")
    run = begin_run(lake)
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
    lost = report.suspect_findings or report.lost_share > run.settings.quarantine_limit
    return ExitCode.OVER_QUARANTINE_LIMIT if lost else ExitCode.DONE


def _read_list(name: str) -> list[str]:
    from infra.base.errors import UsageError

    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{name} can't be read as a list of addresses ({error})", "Name a UTF-8 text file.") from error
    return [line.strip() for line in text.split("\n") if line.strip() and not line.startswith("#")]


def _show_outcomes(outcomes: Iterable["UrlOutcome"]) -> None:
    from rich.table import Table
    from rich.text import Text

    from flows.reports.record_text import shown

    styles = {"landed": "green", "archived": "cyan", "rejected": "yellow", "failed": "red"}
    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
    for column in ("outcome", "reason", "address"):
        table.add_column(column, overflow="fold")
    for each in outcomes:
        reason = f"{each.reason}: {each.detail}" if each.reason else f"article {each.article_id}"
        url = CREDENTIALS.sub("", each.url)
        table.add_row(Text(each.outcome, styles[each.outcome]), Text(shown(reason, 100)), Text(shown(url, 200)))
    stdout().print(table)
