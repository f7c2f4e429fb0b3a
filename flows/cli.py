"""The command line. Commands import what they need when they run, so that `--help` answers at once."""

import os
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from flows.commands import (
    backfill,
    checks,
    demo,
    deploy,
    doctor,
    expire,
    lake,
    live,
    maintain,
    parse,
    rejects,
    reparse,
    runs,
    show,
    up,
)
from flows.commands.console import ExitCode, stderr

PROGRAM = "newslake"

app = typer.Typer(
    name=PROGRAM,
    add_completion=False,
    add_help_option=False,  # see _program
    pretty_exceptions_enable=False,  # main() prints one line instead
    rich_markup_mode="rich",
    help=(
        "News pages, live or archived, into a Parquet lake that can always be rebuilt.\n\n"
        "Start with [bold]newslake demo[/bold]. Then: [bold]newslake ingest PATH[/bold], "
        "[bold]newslake status[/bold], [bold]newslake query 'SELECT …'[/bold].\n\n"
        "Exit codes: 0 done, 1 failed, 2 wrong use, 3 done with more pages quarantined than "
        "NEWSLAKE_QUARANTINE_LIMIT allows."
    ),
)


def _show_help(context: typer.Context, asked: bool) -> None:
    if asked:
        typer.echo(context.get_help())
        raise typer.Exit


@app.callback(no_args_is_help=False)
def _program(
    _: Annotated[bool, typer.Option("--help", is_eager=True, callback=_show_help, help="Show this message.")] = False,
) -> None:
    # Typer's own option has no value where it is not given, and Typer takes pydantic (0.15 s) to make that a bool.
    pass


app.command(name="demo", rich_help_panel="Start here")(demo.demo)
app.command(name="up", rich_help_panel="Start here")(up.up)
app.command(name="deploy", rich_help_panel="Start here")(deploy.deploy)
app.command(name="ingest", rich_help_panel="Fill the lake")(runs.ingest)
app.command(name="run", rich_help_panel="Fill the lake")(live.run)
app.command(name="fetch", rich_help_panel="Fill the lake")(live.fetch)
app.command(name="backfill", rich_help_panel="Fill the lake")(backfill.backfill)
app.command(name="reparse", rich_help_panel="Fill the lake")(reparse.reparse)
app.command(name="release", rich_help_panel="Fill the lake")(checks.release)
app.command(name="status", rich_help_panel="Look at it")(lake.status)
app.command(name="query", rich_help_panel="Look at it")(lake.query)
app.command(name="show", rich_help_panel="Look at it")(show.show)
app.command(name="rejects", rich_help_panel="Look at it")(rejects.rejects)
app.command(name="verify", rich_help_panel="Look at it")(lake.verify)
app.command(name="doctor", rich_help_panel="Look at it")(doctor.doctor)
app.command(name="maintain", rich_help_panel="Keep it in shape")(maintain.maintain)
app.command(name="expire", rich_help_panel="Keep it in shape")(expire.expire)
app.command(name="parse", rich_help_panel="Work on parsers")(parse.parse)
app.command(name="suggest-checks", rich_help_panel="Work on parsers")(checks.suggest_checks)
app.command(name="sources", rich_help_panel="Work on parsers")(lake.sources)


def main() -> NoReturn:
    """Run the command line; every error that a user can mend is one line, never a traceback."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command.

    Args:
        arguments: what follows `newslake` on the command line.

    Returns:
        The exit code.
    """
    from infra.base.errors import DEBUG_VARIABLE, NewslakeError

    try:
        code = app(args=arguments or ["--help"], prog_name=PROGRAM, standalone_mode=False)
    except NewslakeError as error:
        return _say(str(error), error.exit_code)
    except typer.TyperException as error:  # a wrong option or a missing argument
        context = getattr(error, "ctx", None)
        command = context.command_path if context else PROGRAM
        said = error.format_message().rstrip(".").replace("Value error, ", "")  # which pydantic puts before its reason
        return _say(f"{said}. Try `{command} --help`.", ExitCode.WRONG_USE)
    except (KeyboardInterrupt, typer.Abort):  # the latter at a question
        code = ExitCode.INTERRUPTED
    except Exception as error:  # whatever it is: a traceback is for those who mend newslake
        if os.environ.get(DEBUG_VARIABLE):
            raise
        return _say(_bug(error), ExitCode.FAILED)
    if code == ExitCode.INTERRUPTED:  # Typer returns it where it caught the interrupt itself
        _say("interrupted. Nothing is half-written; run the same command again to finish.", ExitCode.INTERRUPTED)
    return int(code or ExitCode.DONE)


def _bug(error: Exception) -> str:
    """One line for an exception that nobody foresaw, with the innermost place in newslake that it came through."""
    import traceback

    root = Path(__file__).parents[1]
    ours = tuple(f"{root / layer}{os.sep}" for layer in ("flows", "infra", "parsers"))
    frame = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(ours)][-1]
    place = f"{Path(frame.filename).relative_to(root)}:{frame.lineno}"
    message = " ".join(f"{type(error).__name__}: {error}".split())
    return f"this is a bug in newslake: {message} ({place}). Please report it; set NEWSLAKE_DEBUG=1 for the traceback."


def _say(message: str, code: int) -> int:
    from rich.markup import escape

    stderr().print(f"[bold red]error:[/bold red] {escape(message)}")
    return code
