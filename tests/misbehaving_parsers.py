"""Parse functions that misbehave on request. Module-level, since worker processes import them by name."""

import os
import signal
import time

from parsers.parse import parse
from parsers.record.capture import Capture
from parsers.record.outcome import Outcome, Rejected, RejectReason


def parse_as_told(capture: Capture) -> Outcome:
    """Do what the page says: hang, exit, segfault, raise, overflow; else a rejection with its text."""
    order = capture.body.decode()
    match order.split()[0]:
        case "hang":
            time.sleep(600)
        case "exit":
            os._exit(7)
        case "segfault":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "raise":
            raise ValueError(f"no such thing: {object()}\nsecond line")
        case "overflow":
            return parse_as_told(capture)
    return Rejected(RejectReason.LAYOUT, order)


def parse_unless_told(capture: Capture) -> Outcome:
    """Parse real pages; do what the others say."""
    return parse(capture) if capture.body.startswith(b"<") else parse_as_told(capture)
