"""`newslake parse`: for those who work on parsers."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO, Final

import orjson
import typer

from flows.commands import options
from flows.commands.console import ExitCode, stderr, stdout
from flows.reports.explanation import outcome_as_json, show_explanation, show_record
from flows.reports.text import json_line
from infra.base.days import parse_instant
from infra.base.errors import UsageError
from parsers.record.capture import Capture, CapturedAtBasis, MediaType
from parsers.record.outcome import Rejected

if TYPE_CHECKING:
    from parsers.explain import Explanation

_FEW: Final = 4  # pages that are parsed sooner than worker processes start


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
        Path | None, typer.Option(metavar="CASES.jsonl", help="One case a line: id, file, url, captured_at, source.")
    ] = None,
    source: Annotated[
        str | None, typer.Option(callback=options.known, help="Parse as this source. Default: by address or content.")
    ] = None,
    url: Annotated[str | None, typer.Option(help="Address of the page, if FILE is a single one.")] = None,
    generic: options.Generic = False,
    explained: Annotated[
        bool,
        typer.Option(
            "--explain",
            help="Show why: the article that was chosen, each field's origin, what else the page says of it, and the "
            "text that was left out.",
        ),
    ] = False,
    as_json: options.Json = False,
) -> int:
    """Show what the parsers make of saved pages. Writes nothing to the lake.

    [bold]Examples[/bold]

    newslake parse page.html --url https://apnews.com/article/x

    newslake parse page.html --generic --explain

    newslake parse --cases cases.jsonl > parsed.jsonl
    """
    if bool(files) == bool(cases):
        raise UsageError("parse takes either FILEs or --cases", "Try: newslake parse page.html")
    if url and len(files or ()) != 1:
        raise UsageError("--url goes with exactly one FILE", "Use --cases for several pages with addresses.")
    named = [Case(str(path), path, url, source) for path in files or []]
    found = list(read_cases(cases, source)) if cases else named
    for case in found:  # a file that cannot be read must stop us before anything is printed
        with _opened(case.path):
            pass
    rejected = 0
    read = _outcomes(found, explained=explained, generic=generic)
    for case, explanation in zip(found, read, strict=True):
        rejected += isinstance(explanation.outcome, Rejected)
        if cases or as_json:
            line = outcome_as_json(case.id, explanation, explained=explained)
            sys.stdout.buffer.write(json_line(line, option=0).encode())
            sys.stdout.buffer.flush()
        else:
            show_record(stdout(), case.id, explanation, explained=explained)
            if explained:
                show_explanation(stdout(), explanation)
    if rejected and not cases:
        stderr().print(f"{rejected} rejected", style="yellow")
    return ExitCode.DONE


def _outcomes(cases: Sequence[Case], *, explained: bool, generic: bool) -> Iterator["Explanation"]:
    """The outcome of each case, in order; a few are parsed in this process, which a person can interrupt."""
    from infra.base.settings import load_settings
    from parsers.explain import Explanation, explain
    from parsers.parse import parse as parse_page

    settings = load_settings()
    settings = settings.model_copy(update={"generic": generic or settings.generic})
    captures = (read_case(case, settings.max_page_bytes) for case in cases)
    if not explained and len(cases) > _FEW:
        from infra.work.parse_pool import ParsePool

        with ParsePool(settings, workers=min(settings.workers, len(cases))) as pool:
            yield from (Explanation(outcome) for _, outcome in pool.parse(captures))
        return
    for capture, problem in captures:
        if explained and not problem:
            yield explain(capture, generic=settings.generic)
        else:
            yield Explanation(problem or parse_page(capture, generic=settings.generic))


def read_cases(path: Path, source: str | None) -> Iterator[Case]:
    """The cases of a file, a JSON line each; `source` wins over what they say."""
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


def read_case(case: Case, max_bytes: int) -> tuple[Capture, Rejected | None]:
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
