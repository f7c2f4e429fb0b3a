"""Options and arguments that several commands take."""

from datetime import date
from typing import Annotated, Any

import typer

from infra.base.choices import Only
from infra.base.days import parse_day


def day(option: str, meaning: str) -> Any:
    """An option that takes a day, and is named by the error about a wrong one."""
    return typer.Option(option, metavar="DATE", parser=lambda text: parse_day(text, option), help=meaning)


def known(names: str | list[str] | None) -> str | list[str] | None:
    """A callback that refuses sources that do not exist."""
    from infra.base.known_sources import require_source
    from infra.base.settings import load_settings

    if names:
        load_settings()  # which say where sources are
    for name in [names] if isinstance(names, str) else names or []:
        require_source(name)
    return names


def known_or_unknown(name: str | None) -> str | None:
    """The same for commands that read the lake, which has folders that no source file is for."""
    from infra.base.known_sources import UNKNOWN_SOURCE
    from parsers.generic.reader import WEB

    return name if name in (UNKNOWN_SOURCE, WEB) else str(known(name)) if name else None


Json = Annotated[bool, typer.Option("--json", help="Print one JSON document (or one line a row) on stdout.")]
Lake = Annotated[
    str | None,
    typer.Option("--lake", metavar="FOLDER|s3://…", help="Where the lake is. Default: NEWSLAKE_LAKE, else ./lake."),
]
Source = Annotated[
    str, typer.Argument(metavar="SOURCE", callback=known, help="Name of a source. See `newslake sources`.")
]
Sources = Annotated[
    list[str] | None,
    typer.Argument(metavar="SOURCE…", callback=known, help="Names of sources. Default: all that the lake knows."),
]
AnySource = Annotated[
    str | None,
    typer.Option(
        "--source",
        callback=known_or_unknown,
        help="Only this source; or `web`: hosts without a source; or `_unknown`: rejected pages of no known source.",
    ),
]
Start = Annotated[date | None, day("--start", "First day, UTC, YYYY-MM-DD. Default: the earliest.")]
End = Annotated[date | None, day("--end", "The day after the last, UTC. Default: no limit.")]
MaxActive = Annotated[int, typer.Option(metavar="N", help="How many sources to work on at once, 1 to 16.")]
Remote = Annotated[
    bool,
    typer.Option(
        "--remote",
        help="Run in the workers of PREFECT_API_URL's server, and follow the log. Ctrl-C only stops following.",
    ),
]
Generic = Annotated[
    bool,
    typer.Option("--generic", help="Also read pages of hosts without a source, as source `web` (NEWSLAKE_GENERIC)."),
]
OnlyArchive = Annotated[
    Only | None, typer.Option("--only", help="Use only archived pages; send no request to the source.")
]
