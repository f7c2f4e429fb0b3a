"""`python -m infra.demo_site`: the demo site on a port of this machine, until Ctrl-C or SIGTERM."""

import argparse
import re
import signal
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from threading import Event
from typing import Final

from infra.base.days import parse_day
from infra.base.errors import NewslakeError, UsageError
from infra.demo_site.archive import MAX_DAYS, MAX_PER_DAY
from infra.demo_site.faults import FAULTS, Fault
from infra.demo_site.server import Request
from infra.demo_site.site import DemoSite

_DEFAULT_PORT: Final = 8700
_MAX_PORT: Final = 65_535
_EXAMPLE: Final = "Write it as NAME[:TIMES]=HOST/PATH, for example rate_limited:2=tass.com/society/."


def run(arguments: Sequence[str], ended: Event) -> None:
    """Serve until `ended` is set.

    Args:
        arguments: of the command line.
        ended: set by a signal, or a test.

    Raises:
        UsageError: a day or a fault is not written as it must be.
        NewslakeError: the port is taken.
    """
    options = _parser().parse_args(arguments)
    today = parse_day(options.today, "--today") if options.today else datetime.now(UTC).date()
    try:
        site = DemoSite(
            today,
            days=options.days,
            per_day=options.per_day,
            port=options.port,
            bind=options.bind,
            faults=dict(map(read_fault, options.fault)),
            on_answer=_log,
        )
    except OSError as error:
        raise NewslakeError(
            f"port {options.port} can't be listened on: {error.strerror}", "Name another: --port."
        ) from error
    with site:
        _say(f"The demo site of newslake, {options.days} days up to {today}: {site.url}")
        _say(f"  plays {', '.join(site.hosts)}")
        _say("To let newslake fetch from it, in another terminal:")
        _say(f"  export NEWSLAKE_ORIGINS={site.origins}")
        _say("Ctrl-C ends it.")
        ended.wait()


def read_fault(text: str) -> tuple[str, Fault]:
    """A fault as the command line has it, `NAME[:TIMES]=HOST/PATH`.

    Returns:
        Where it is played, and the fault.

    Raises:
        UsageError: there is no such fault, or the text is not of that form.
    """
    what, _, where = text.partition("=")
    name, _, times = what.partition(":")
    if name not in FAULTS:
        raise UsageError(f"there is no fault {name!r}", f"There are {', '.join(FAULTS)}.")
    if not where or not re.fullmatch(r"[0-9]{0,6}", times):
        raise UsageError(f"--fault {text!r} can't be read", _EXAMPLE)
    return where, FAULTS[name](int(times) if times else None)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m infra.demo_site", description="Made-up news sites, to try newslake on.")
    parser.add_argument(
        "--port", type=_number(0, _MAX_PORT), default=_DEFAULT_PORT, help="to listen on; 0: a free one (%(default)s)"
    )
    parser.add_argument("--bind", default="127.0.0.1", help="address to listen on (%(default)s)")
    parser.add_argument("--today", help="last day with articles, UTC, YYYY-MM-DD (today)")
    parser.add_argument("--days", type=_number(1, MAX_DAYS), default=31, help="days with articles (%(default)s)")
    parser.add_argument(
        "--per-day", type=_number(1, MAX_PER_DAY), default=6, help="articles a day and source (%(default)s)"
    )
    parser.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="NAME[:TIMES]=HOST/PATH",
        help=f"what goes wrong at addresses that begin so; may be repeated. NAME: {', '.join(FAULTS)}",
    )
    return parser


def _number(least: int, most: int) -> Callable[[str], int]:
    """A reader of numbers from `least` to `most`."""

    def read(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,6}", text) or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"{text!r} is no number from {least} to {most}")
        return int(text)

    return read


def _log(request: Request) -> None:
    sys.stderr.write(f"{datetime.now(UTC):%H:%M:%S} {request.status or '---'} {request.host}{request.path}\n")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(arguments: Sequence[str]) -> int:
    """Serve until Ctrl-C or SIGTERM; an error that a user can mend is one line. Returns the exit code."""
    interrupted = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: interrupted.set())
    try:
        run(arguments, interrupted)
    except NewslakeError as error:
        sys.stderr.write(f"error: {error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
