"""`newslake query`, `export`: what the lake holds, in SQL and as text."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from enum import StrEnum
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Any, Final
from uuid import uuid4

import typer
from rich.text import Text

from flows.commands import options
from flows.commands.console import ExitCode, stderr, stdout
from flows.reports.text import counted
from infra.base.errors import NewslakeError, UsageError
from infra.base.stop import stop_at_waits

# Each runs as it stands; docs/reading.md explains the views.
EXAMPLES: Final = (
    ("Articles of each source", "SELECT source, count(*) AS articles FROM articles GROUP BY ALL ORDER BY 2 DESC"),
    ("The newest", "SELECT published_at, source, title FROM articles ORDER BY 1 DESC NULLS LAST LIMIT 20"),
    ("All of one article", "SELECT * FROM articles ORDER BY published_at DESC NULLS LAST LIMIT 1"),
    ("A word in the text", "SELECT date, source, title FROM articles WHERE text ILIKE '%ferry%' ORDER BY 1 LIMIT 20"),
    (
        "Who writes most",
        "SELECT author, count(*) FROM (SELECT unnest(authors) AS author FROM articles) GROUP BY 1 ORDER BY 2 DESC",
    ),
    (
        "Why pages gave no article",
        "SELECT source, reason, count(*) AS pages FROM rejects WHERE state = 'open' GROUP BY ALL ORDER BY 3 DESC",
    ),
    (
        "Addresses still to come",
        "SELECT source, date, url, reason, due_at FROM fetches WHERE outcome = 'pending' ORDER BY due_at",
    ),
    ("What each run brought", "SELECT * FROM runs ORDER BY started_at DESC LIMIT 20"),
    ("The sources of a country", "SELECT source, title, language FROM sources WHERE country = 'gb' ORDER BY 1"),
)


class TextFormat(StrEnum):
    """What `export` writes."""

    JSONL = "jsonl"
    MARKDOWN = "markdown"
    TEXT = "text"


Output = Annotated[
    str | None,
    typer.Option(
        "--output", "-o", metavar="FILE", help="Write to this file, on disk or s3://…; it must not exist yet."
    ),
]


def query(
    sql: Annotated[
        str,
        typer.Argument(
            metavar="[SQL]", help="One SELECT on articles, rejects, fetches, runs and sources, in DuckDB's SQL."
        ),
    ] = "",
    source: options.AnySource = None,
    start: options.Start = None,
    end: options.End = None,
    output: Output = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV on stdout.")] = False,
    lake: options.Lake = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object per row on stdout.")] = False,
    examples: Annotated[bool, typer.Option("--examples", help="List questions to begin with.")] = False,
) -> int:
    """Query the lake with SQL. --source, --start and --end limit which partitions are read.

    Days are publication days of articles and capture days of rejects; --start and --end leave undated articles out.
    Rows too wide for the terminal are shown as records. In CSV, text that a spreadsheet would run gets an apostrophe.

    [bold]Examples[/bold]

    newslake query "SHOW TABLES"

    newslake query "SELECT source, count(*) AS articles FROM articles GROUP BY source"

    newslake query "SELECT reason, detail, url FROM rejects WHERE state = 'open'" --csv

    newslake query "SELECT title, text FROM articles" --source tass --start 2017-05-01 --end 2017-05-08 -o may.parquet
    """
    if examples:
        for question, statement in EXAMPLES:
            stdout().print(
                Text(f"{question}:", "bold"), Text(f'newslake query "{statement}"\n'), sep="\n", soft_wrap=True
            )
        return ExitCode.DONE
    if not sql:
        raise UsageError("there is no question", "Write one SELECT, or see `newslake query --examples`.")
    if sum((as_csv, as_json, output is not None)) > 1:
        raise UsageError("--csv, --json and --output exclude each other", "Give one of them.")
    from flows.jobs.start import open_lake
    from flows.reports import answers
    from infra.lake.query import Selection, run_query

    written: dict[str, Callable[[Any], str | bytes]] = {
        ".parquet": answers.as_parquet, ".csv": answers.as_csv, ".jsonl": answers.as_json_lines
    }  # fmt: skip
    kind = Path(output).suffix.lower() if output else ""
    if output and kind not in written:
        raise UsageError(f"{output} is of no kind that can be written", f"End its name in {', '.join(written)}.")
    answer = run_query(open_lake(lake), sql, Selection(source, start, end))
    if output:
        _write_new(output, written[kind](answer))
    elif as_json or as_csv:
        sys.stdout.write((answers.as_json_lines if as_json else answers.as_csv)(answer))
    else:
        out = stdout()
        out.print(*answers.as_shown(answer, out.width), sep="\n")
    if not (as_json or as_csv):
        where = f" in {output}" if output else ""
        stderr().print(Text(f"{counted(answer.num_rows, 'row')}{where}", "dim"))
    return ExitCode.DONE


def export(
    source: options.AnySource = None,
    start: options.Start = None,
    end: options.End = None,
    form: Annotated[TextFormat, typer.Option("--format", help="How each article is written.")] = TextFormat.JSONL,
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write to this file, on disk; it must not exist yet."),
    ] = None,
    lake: options.Lake = None,
) -> int:
    """Write articles as text, for people and for language models: one a line (JSONL), as Markdown, or plain.

    By source and day of publication, a partition in memory at a time. The text is what the page shows, block by block.
    JSONL has id, source, date, address, title, authors, language, published_at and text.

    [bold]Example[/bold]

    newslake export --source tass --start 2017-05-01 --end 2017-05-08 --format markdown -o may.md
    """
    if output and "://" in output:
        raise UsageError(
            f"export writes to the disk, not to {output}",
            "Write a file and copy it there, or have `newslake query 'FROM articles' -o s3://bucket/name.jsonl` do it.",
        )
    from flows.jobs.start import open_lake
    from flows.reports import answers
    from infra.lake.query import Selection, articles_of

    written, between = {
        TextFormat.JSONL: (answers.as_json_line, ""),
        TextFormat.MARKDOWN: (answers.as_markdown, "\n---\n\n"),
        TextFormat.TEXT: (answers.as_text, f"\n{'═' * 40}\n\n"),
    }[form]
    count = 0
    with _new_file(Path(output)) if output else nullcontext(sys.stdout) as stream:
        for row in articles_of(open_lake(lake), Selection(source, start, end)):
            stream.write((between if count else "") + written(row))
            count += 1
    stderr().print(Text(f"{counted(count, 'article')}{f' in {output}' if output else ''}", "dim"))
    return ExitCode.DONE


def _write_new(address: str, answer: str | bytes) -> None:
    body = answer if isinstance(answer, bytes) else answer.encode()
    if "://" not in address:
        with _new_file(Path(address)) as stream:
            stream.buffer.write(body)
        return
    from infra.store.object_store import ConflictError
    from infra.store.open_store import open_store

    folder, slash, name = address.rpartition("/")
    try:
        open_store(folder + slash).put(name, body, if_match=None)
    except ConflictError as error:
        raise _exists(address) from error


@contextmanager
def _new_file(path: Path) -> Iterator[TextIOWrapper]:
    """A file that gets its name once it is whole, and never replaces another, even one that appeared meanwhile."""
    if path.exists():
        raise _exists(path)
    temporary = path.with_name(f".tmp-{uuid4().hex}")
    try:
        with temporary.open("x", encoding="utf-8") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        _name(temporary, path)
    except FileExistsError as error:
        raise _exists(path) from error
    except OSError as error:
        raise NewslakeError(
            f"{path} cannot be written: {error.strerror}", "See that its folder exists and has room."
        ) from error
    finally:
        temporary.unlink(missing_ok=True)


def _name(file: Path, path: Path) -> None:
    """Give a file a name that must be free: a rename would replace what is there."""
    try:
        path.hardlink_to(file)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        with stop_at_waits():
            path.touch(exist_ok=False)
            file.replace(path)


def _exists(path: str | Path) -> NewslakeError:
    return NewslakeError(f"{path} exists", "Name another file, or delete it first.")
