"""`newslake parse`: look at what a parser makes of pages, without a lake and without Prefect."""

import dataclasses
import gzip
import sys
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from flows.console import ExitCode, JsonOption, stderr, stdout
from infra.errors import UsageError
from parsers.article import Article
from parsers.capture import Capture, CapturedAtBasis, MediaType
from parsers.outcome import Outcome, Parsed, Rejected

_GZIP_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Case:
    """One page to parse, with the id it is reported under."""

    id: str
    capture: Capture


def parse(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE…", help="HTML or text files (.txt), gzipped or not.")
    ] = None,
    cases: Annotated[
        Path | None,
        typer.Option(metavar="CASES.jsonl", help="A line a case: id, file, url, captured_at, source."),
    ] = None,
    source: Annotated[
        str | None, typer.Option(help="Parse as this source instead of finding it out. See `newslake sources`.")
    ] = None,
    url: Annotated[str | None, typer.Option(help="Address of the page, for a single FILE.")] = None,
    as_json: JsonOption = False,
) -> int:
    """Show what the parsers make of saved pages. Writes nothing.

    [bold]Examples[/bold]

    newslake parse page.html --url https://apnews.com/article/x

    newslake parse --cases cases.jsonl > parsed.jsonl
    """
    if bool(files) == bool(cases):
        raise UsageError("parse takes either FILEs or --cases", "Try: newslake parse page.html")
    if url and len(files or ()) != 1:
        raise UsageError("--url goes with exactly one FILE", "Use --cases for several pages with addresses.")
    _require_known(source)
    found = _read_cases(cases, source) if cases else _read_files(files or [], source, url)
    rejected = 0
    for case, outcome in _parse_all(found):
        rejected += isinstance(outcome, Rejected)
        if cases or as_json:
            sys.stdout.buffer.write(orjson.dumps(outcome_as_json(case.id, outcome), option=orjson.OPT_APPEND_NEWLINE))
            sys.stdout.buffer.flush()
        else:
            _show(case.id, outcome)
    if rejected and not cases:
        stderr().print(f"{rejected} rejected", style="yellow")
    return ExitCode.DONE


def outcome_as_json(case_id: str, outcome: Outcome) -> dict[str, Any]:
    """The line that `--cases` prints.

    Returns:
        `{"id", "outcome": "parsed" | "rejected", "reason", "article"}`; the article has the keys of the Article
        dataclass, times as ISO 8601, blocks as `{"type", "text"}`, images as `{"url", "caption", "credit"}`.
    """
    if isinstance(outcome, Parsed):
        article = dataclasses.asdict(outcome.article)
        return {"id": case_id, "outcome": "parsed", "reason": None, "article": article}
    return {
        "id": case_id,
        "outcome": "rejected",
        "reason": outcome.reason.value,
        "detail": outcome.detail,
        "article": None,
    }


def _require_known(source: str | None) -> None:
    from parsers.registry import sources

    if source is not None and source not in sources():
        raise UsageError(f"there is no source {source!r}", "`newslake sources` lists them.")


def _parse_all(cases: Iterable[Case]) -> Iterator[tuple[Case, Outcome]]:
    from infra.parse_pool import ParsePool
    from infra.settings import load_settings

    settings = load_settings()
    listed = list(cases)  # so that a case that cannot be read stops the command before it prints anything
    workers = min(settings.workers, len(listed) or 1)
    with ParsePool(workers, settings.page_deadline_seconds, max_page_bytes=settings.max_page_bytes) as pool:
        outcomes = pool.parse(case.capture for case in listed)
        for case, (_, outcome) in zip(listed, outcomes, strict=True):
            yield case, outcome


def _read_files(files: list[Path], source: str | None, url: str | None) -> Iterator[Case]:
    for path in files:
        yield Case(str(path), _capture(path, url=url, source=source, captured_at=None))


def _read_cases(path: Path, source: str | None) -> Iterator[Case]:
    lines = _read(path).splitlines()
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        place = f"{path}, line {number}"
        try:
            case = orjson.loads(line)
            case_id, file = str(case["id"]), str(case["file"])
        except (orjson.JSONDecodeError, KeyError, TypeError) as error:
            raise UsageError(
                f"{place} is no case ({error})", 'A case is {"id": …, "file": …, …}, one a line.'
            ) from error
        capture = _capture(
            path.parent / file,
            url=case.get("url"),
            source=source or case.get("source"),
            captured_at=_time(case.get("captured_at"), place),
        )
        yield Case(case_id, capture)


def _time(text: str | None, place: str) -> datetime | None:
    if text is None:
        return None
    try:
        time = datetime.fromisoformat(text)
    except (TypeError, ValueError) as error:
        raise UsageError(f"{place}: captured_at {text!r} is no ISO 8601 time", "Write 2017-05-11T00:00:00Z.") from error
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _capture(path: Path, *, url: str | None, source: str | None, captured_at: datetime | None) -> Capture:
    """A file as a capture; without a time of its own it has that of the file, which no year is taken from."""
    body = _read(path)
    if captured_at is None:
        captured_at, basis = datetime.fromtimestamp(path.stat().st_mtime, UTC), CapturedAtBasis.MTIME
    else:
        basis = CapturedAtBasis.MANIFEST
    media_type = MediaType.TEXT if path.name.removesuffix(".gz").endswith(".txt") else MediaType.HTML
    return Capture(
        body=body, media_type=media_type, captured_at=captured_at, captured_at_basis=basis, url=url, source=source
    )


def _read(path: Path) -> bytes:
    try:
        body = path.read_bytes()
        return gzip.decompress(body) if body.startswith(_GZIP_MAGIC) else body
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UsageError(f"{path} is damaged: {error}", "Get the file again.") from error
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}", "Check the path.") from error


def _show(name: str, outcome: Outcome) -> None:
    """The record, for people: long lists and the body folded to their beginning."""
    from rich.markup import escape
    from rich.table import Table

    console = stdout()
    if isinstance(outcome, Rejected):
        console.print(
            f"[bold]{escape(name)}[/bold]  [red]rejected: {outcome.reason.value}[/red]  {escape(outcome.detail)}"
        )
        return
    console.print(f"[bold]{escape(name)}[/bold]  [green]parsed[/green]")
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for column, text in _shown_columns(outcome.article):
        table.add_row(column, escape(text))
    console.print(table)


def _shown_columns(article: Article) -> Iterator[tuple[str, str]]:
    for column in dataclasses.fields(article):
        value = getattr(article, column.name)
        if value is None or value == ():
            continue
        if column.name == "body":
            for number, block in enumerate(article.body):
                yield ("body" if number == 0 else ""), f"{block.type}: {block.text}"
        elif column.name == "images":
            for number, image in enumerate(article.images):
                yield (
                    ("images" if number == 0 else ""),
                    " · ".join(filter(None, (image.url, image.caption, image.credit))),
                )
        elif isinstance(value, tuple):
            yield column.name, "; ".join(value)
        else:
            yield column.name, str(value)
