"""`newslake parse`, `suggest-checks`: commands for those who work on parsers."""

import dataclasses
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import orjson
import typer
from rich.table import Table
from rich.text import Text

from flows.commands import options
from flows.commands.console import ExitCode, print_json, stderr, stdout
from flows.reports.record_text import LONGEST_ORIGIN, lines_of, shown
from flows.reports.tables import table
from infra.base.days import parse_instant
from infra.base.errors import UsageError
from parsers.record.capture import Capture, CapturedAtBasis, MediaType
from parsers.record.outcome import Outcome, Parsed, Rejected

JUDGED_DAYS = 90  # a season: holidays are among them, the redesign before the last is not


@dataclass(frozen=True, slots=True)
class Case:
    """A file to parse, what the user says of it, and the id to report it under."""

    id: str
    path: Path
    url: str | None = None
    source: str | None = None
    captured_at: datetime | None = None


def parse(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE…", help="HTML or text files (.txt), gzipped or not.")
    ] = None,
    cases: Annotated[
        Path | None,
        typer.Option(metavar="CASES.jsonl", help="One case a line: id, file, url, captured_at, source."),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(callback=options.known, help="Parse as this source. Default: by address or content."),
    ] = None,
    url: Annotated[str | None, typer.Option(help="Address of the page, if FILE is a single one.")] = None,
    generic: options.Generic = False,
    origins: Annotated[bool, typer.Option("--origins", help="Show where in the page each field stands.")] = False,
    as_json: options.Json = False,
) -> int:
    """Show what the parsers make of saved pages. Writes nothing to the lake.

    [bold]Examples[/bold]

    newslake parse page.html --url https://apnews.com/article/x

    newslake parse --cases cases.jsonl > parsed.jsonl
    """
    if bool(files) == bool(cases):
        raise UsageError("parse takes either FILEs or --cases", "Try: newslake parse page.html")
    if url and len(files or ()) != 1:
        raise UsageError("--url goes with exactly one FILE", "Use --cases for several pages with addresses.")
    named = [Case(str(path), path, url, source) for path in files or []]
    found = list(_read_cases(cases, source)) if cases else named
    for case in found:  # a file that cannot be read must stop us before anything is printed
        with _opened(case.path):
            pass
    rejected = 0
    for case, outcome in _parse_all(found, generic=generic):
        rejected += isinstance(outcome, Rejected)
        if cases or as_json:
            sys.stdout.buffer.write(
                orjson.dumps(outcome_as_json(case.id, outcome, origins=origins), option=orjson.OPT_APPEND_NEWLINE)
            )
            sys.stdout.buffer.flush()
        else:
            _show(case.id, outcome, origins=origins)
    if rejected and not cases:
        stderr().print(f"{rejected} rejected", style="yellow")
    return ExitCode.DONE


def outcome_as_json(case_id: str, outcome: Outcome, *, origins: bool = False) -> dict[str, Any]:
    """The line that `--cases` prints; the article has the keys of the Article dataclass."""
    if isinstance(outcome, Parsed):
        article = dataclasses.asdict(outcome.article)
        told = {"origins": outcome.origins} if origins else {}
        return {"id": case_id, "outcome": "parsed", "reason": None, "article": article, **told}
    rejection = {"reason": outcome.reason.value, "detail": outcome.detail}
    return {"id": case_id, "outcome": "rejected", **rejection, "article": None}


def _parse_all(cases: Sequence[Case], *, generic: bool) -> Iterator[tuple[Case, Outcome]]:
    """Each case with its outcome, in order. Files are read when their turn comes, each up to the page limit."""
    from infra.base.settings import load_settings
    from infra.work.parse_pool import ParsePool

    settings = load_settings()
    if generic:
        settings = settings.model_copy(update={"generic": True})
    limit = settings.max_page_bytes
    with ParsePool.of(settings, workers=min(settings.workers, len(cases) or 1)) as pool:
        outcomes = pool.parse(_read_page(case, limit) for case in cases)
        yield from ((case, outcome) for case, (_, outcome) in zip(cases, outcomes, strict=True))


def _read_cases(path: Path, source: str | None) -> Iterator[Case]:
    with _opened(path) as stream:
        lines = stream.read().splitlines()
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        place = f"{path}, line {number}"
        try:
            case = orjson.loads(line)
            case_id, file = str(case["id"]), str(case["file"])
        except (orjson.JSONDecodeError, KeyError, TypeError) as error:
            raise UsageError(f"{place} is not a case ({error})", 'Write one {"id": …, "file": …, …} a line.') from error
        time = case.get("captured_at")
        captured_at = None if time is None else parse_instant(str(time), f"{place}: captured_at")
        yield Case(case_id, path.parent / file, case.get("url"), source or case.get("source"), captured_at)


def _read_page(case: Case, max_bytes: int) -> tuple[Capture, Rejected | None]:
    """A file as a capture, and its rejection if it can't be a page.

    A case without a time gets that of the file, from which no parser takes a year.
    """
    from infra.intake.files.page_bytes import read_page

    with _opened(case.path) as stream:
        page = read_page(stream, max_bytes)
    if case.captured_at is None:
        captured_at, basis = datetime.fromtimestamp(case.path.stat().st_mtime, UTC), CapturedAtBasis.MTIME
    else:
        captured_at, basis = case.captured_at, CapturedAtBasis.MANIFEST
    capture = Capture(
        body=page.body,
        media_type=MediaType.TEXT if case.path.name.removesuffix(".gz").endswith(".txt") else MediaType.HTML,
        captured_at=captured_at,
        captured_at_basis=basis,
        url=case.url,
        source=case.source,
    )
    return capture, Rejected(page.problem.reason, page.problem.detail) if page.problem else None


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        with path.open("rb") as stream:
            yield stream
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}", "Check the path.") from error


def _show(name: str, outcome: Outcome, *, origins: bool) -> None:
    """Print the record for people."""
    console = stdout()
    if isinstance(outcome, Rejected):
        reason = (f"rejected: {outcome.reason.value}", "red")
        console.print(Text.assemble((shown(name), "bold"), "  ", reason, "  ", shown(outcome.detail)))
        return
    console.print(Text.assemble((shown(name), "bold"), "  ", ("parsed", "green")))
    fields = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    fields.add_column(style="dim", no_wrap=True)
    fields.add_column(overflow="fold")
    fields.add_column(overflow="fold", max_width=LONGEST_ORIGIN)
    known = outcome.origins if origins else {}
    for field, value in dataclasses.asdict(outcome.article).items():
        for number, line in enumerate(lines_of(field, value)):
            label, origin = ("", "") if number else (field, shown(known.get(field, "")))
            fields.add_row(label, Text(line), Text(origin, "dim italic"))
    console.print(fields)


def suggest_checks(source: options.Source, lake: options.Lake = None, as_json: options.Json = False) -> int:
    """Propose numbers for a source's checks from its landed days, ready to paste."""
    from flows.jobs.start import open_lake
    from infra.work.history import History
    from parsers.source.suggested_checks import as_code, suggest

    history = History(open_lake(lake), source)
    newest = history.newest()
    days = history.near(newest.isoformat(), JUDGED_DAYS) if newest else []
    suggestions = suggest(days)
    code = as_code(suggestions) if suggestions else None
    if as_json:
        found = [dataclasses.asdict(each) for each in suggestions]
        print_json({"source": source, "days": len(days), "suggestions": found, "code": code})
    elif not suggestions:
        stdout().print(f"{len(days)} days of {source} are landed: too few to say what is usual; five are needed.")
    else:
        numbers = ("proposed", "median", "least", "most", "days")
        rows = table("check", *numbers, "basis", numbers=numbers)
        for each in suggestions:
            name = f"{each.check} {each.field}" if each.field else each.check
            proposed = "-" if each.proposed is None else f"{each.proposed:g}"
            seen = (f"{value:.4g}" for value in (each.usual, each.least, each.most))
            rows.add_row(name, proposed, *seen, str(each.days), each.basis)
        stdout().print(rows)
        stderr().print(
            f"[dim]from {len(days)} days, {days[0].date} to {days[-1].date}; for the file of {source}:[/dim]"
        )
        stdout().print(code, markup=False, soft_wrap=True)
    return ExitCode.DONE
