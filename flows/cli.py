"""The command line. Commands import what they need only when they run, so that `--help` answers at once."""

import errno
import os
import sys
from collections.abc import Callable
from functools import cache, wraps
from io import BufferedWriter, FileIO, RawIOBase, TextIOWrapper
from pathlib import Path
from threading import Event
from typing import Annotated, Any, NoReturn

import typer

from flows.commands import backfill, demo, lake, live, new_source, parse, query, runs, server, show, sources
from flows.commands.console import ExitCode, stderr
from flows.monitoring import log_lines, telemetry
from infra.base.measures import span

PROGRAM = "newslake"
INTERRUPTED = "interrupted. Nothing is half-written; run the same command again to finish."
_ended = Event()  # the last command has said how it ended

app = typer.Typer(
    name=PROGRAM,
    add_completion=False,
    add_help_option=False,  # see _program
    pretty_exceptions_enable=False,  # main() prints one line instead
    rich_markup_mode="rich",
    help=(
        "Turn news pages, live or archived, into a Parquet lake that can always be rebuilt.\n\n"
        "Start with [bold]newslake demo[/bold]. Then: [bold]newslake ingest PATH[/bold], "
        "[bold]newslake status[/bold], [bold]newslake query 'SELECT …'[/bold].\n\n"
        "Exit codes: 0 done, 1 failed, 2 wrong use, 3 done, but look: too many pages pending or "
        "without an article (NEWSLAKE_QUARANTINE_LIMIT), or a suspect day, 130 stopped by Ctrl-C or "
        "SIGTERM: the same command goes on."
    ),
)


def _show_help(context: typer.Context, asked: bool) -> None:
    if asked:
        typer.echo(context.get_help())
        raise typer.Exit


def _show_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"{PROGRAM} {version(PROGRAM)}")
        raise typer.Exit


@app.callback(no_args_is_help=False)
def _program(
    __: Annotated[
        bool,
        typer.Option(
            log_lines.OPTION,
            metavar="|".join(log_lines.FORMATS),
            help="How to log: text, or json, one object a line. Default: NEWSLAKE_LOG_FORMAT, text.",
        ),
    ] = False,
    _: Annotated[bool, typer.Option("--help", is_eager=True, callback=_show_help, help="Show this message.")] = False,
    ___: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_show_version, help="Show the version.")
    ] = False,
) -> None:
    # For all but flags, and its own --help, Typer imports pydantic (0.15 s) to convert a missing value. So the first
    # of these is for the list of options only: `run` takes it.
    pass


def _watched(name: str, command: Callable[..., int]) -> Callable[..., int]:
    """Run a command as a span, and send its measures at its end; `--help` starts nothing."""

    @wraps(command)
    def run_watched(*arguments: Any, **options: Any) -> int:
        log_lines.begin()
        telemetry.start()
        try:
            with span(name):
                return command(*arguments, **options)
        finally:
            telemetry.flush()

    return run_watched


PANELS: dict[str, tuple[Callable[..., int], ...]] = {
    "Start here": (demo.demo, server.up, server.deploy, server.alerts),
    "Fill the lake": (runs.ingest, live.run, live.fetch, backfill.backfill, runs.reparse),
    "Look at it": (
        lake.status,
        query.query,
        query.export,
        lake.browse,
        show.show,
        show.rejects,
        lake.verify,
        lake.doctor,
        server.metrics,
    ),
    "Keep it in shape": (backfill.maintain, lake.expire),
    "Work on parsers": (new_source.new_source, parse.parse, sources.sources),
}
for panel, commands in PANELS.items():
    for command in commands:
        command_name = command.__name__.replace("_", "-")
        app.command(name=command_name, rich_help_panel=panel)(_watched(command_name, command))


@cache
def _command() -> typer.core.TyperGroup:
    group = typer.main.get_group(app)
    for each in (group, *group.commands.values()):
        for option in each.get_params(typer.Context(each)):
            if getattr(option, "is_flag", False) and option.metavar is None:
                option.metavar = ""  # else its help says `<bool>`, which nobody can type
    return group


def main() -> NoReturn:
    """Run the command line; Ctrl-C and SIGTERM end it within five seconds, whatever it does."""
    from infra.base.stop import before_hard_end, leave, stop_on_signals

    before_hard_end(_say_interrupted)
    stop_on_signals()
    out = sys.stdout = sys.stdout or TextIOWrapper(FileIO(os.devnull, "w"))  # it is None where it is closed
    if isinstance(out.buffer, RawIOBase):  # PYTHONUNBUFFERED: what a pipe or disk takes in part is cut, unsaid
        sys.stdout = TextIOWrapper(BufferedWriter(out.buffer), out.encoding, out.errors, line_buffering=True)
    code = run(sys.argv[1:])
    if code == ExitCode.INTERRUPTED:
        leave()
    try:
        sys.stdout.flush()
    except OSError:  # already reported; at exit, Python would report it again
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code; every error is one line, never a traceback."""
    from infra.base.stop import signal_came

    _ended.clear()
    try:
        arguments = log_lines.obeyed(arguments) or ["--help"]
        code = int(_command()(arguments, prog_name=PROGRAM, standalone_mode=False) or ExitCode.DONE)
        sys.stdout.flush()
    except (KeyboardInterrupt, typer.Abort):  # the latter at a question
        code = ExitCode.INTERRUPTED
    except BrokenPipeError:  # the reader left, as `head` does: no fault
        code = ExitCode.FAILED
    except Exception as error:
        # Libraries wrap a StoppedError that reaches them in errors of their own.
        code = ExitCode.INTERRUPTED if signal_came() else _say_error(error)
    if code == ExitCode.INTERRUPTED:  # Typer returns it if it caught the interrupt itself
        _say(INTERRUPTED, code)
    _ended.set()
    return code


def _say_error(error: Exception) -> int:
    from infra.base.errors import DEBUG_VARIABLE, NewslakeError, UsageError

    if isinstance(error, NewslakeError):
        return _say(str(error), error.exit_code)
    if isinstance(error, typer.TyperException):  # a wrong option or a missing argument
        context = getattr(error, "ctx", None)
        command = context.command_path if context else PROGRAM
        said = error.format_message().replace("Value error, ", "")  # which pydantic puts before its reason
        return _say(str(UsageError(said, f"Try `{command} --help`.")), ExitCode.WRONG_USE)
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):  # of stdout or a temporary file
        return _say(
            str(NewslakeError(str(error.strerror), "Free some space, then run the same again.")), ExitCode.FAILED
        )
    if os.environ.get(DEBUG_VARIABLE):  # a traceback is only for those who work on newslake
        raise error
    return _say(_bug(error), ExitCode.FAILED)


def _bug(error: Exception) -> str:
    """One line for an unforeseen exception, with the innermost place in newslake that it passed."""
    import traceback

    root = Path(__file__).parents[1]
    ours = tuple(f"{root / layer}{os.sep}" for layer in ("flows", "infra", "parsers"))
    frame = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(ours)][-1]
    place = f"{Path(frame.filename).relative_to(root)}:{frame.lineno}"
    message = " ".join(f"{type(error).__name__}: {error}".split())
    return f"this is a bug in newslake: {message} ({place}). Please report it; set NEWSLAKE_DEBUG=1 for the traceback."


def _say_interrupted() -> None:
    """Say it for a command that can't: past all buffers and locks, which may be held for good."""
    if not _ended.is_set():
        said = f"\nerror: {INTERRUPTED}"  # something may stand in the line
        os.write(2, f"{log_lines.said_line(INTERRUPTED) if log_lines.is_json() else said}\n".encode())


def _say(message: str, code: int) -> int:
    from rich.text import Text

    stderr().print(Text.assemble(("error:", "bold red"), f" {message}"))
    return code
