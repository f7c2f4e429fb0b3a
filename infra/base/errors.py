"""Errors for the person at the terminal: what is wrong, and what to do about it."""

import re
from typing import ClassVar, Final

from typing_extensions import override

# Set to anything, it shows the traceback of unexpected exceptions. Not a setting: it must work when those are wrong.
DEBUG_VARIABLE: Final = "NEWSLAKE_DEBUG"
# Controls but line breaks; bidi controls, which reorder what a person reads; lone surrogates, which can't be printed.
UNSAFE: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class NewslakeError(Exception):
    """Something failed for a reason a user can act on: `what` is wrong, without a full stop; `remedy` is a sentence."""

    exit_code: ClassVar[int] = 1

    def __init__(self, what: str, remedy: str) -> None:
        self.what = " ".join(what.split()).rstrip(".")
        self.remedy = " ".join(remedy.split())
        super().__init__(self.what, self.remedy)  # both, so that it survives pickling on its way from a worker process

    @override
    def __str__(self) -> str:
        """The one line that users see."""
        return f"{self.what}{'' if self.what.endswith('?') else '.'} {self.remedy}"


class UsageError(NewslakeError):
    """A command, option, setting or input path is wrong, and nothing was tried yet."""

    exit_code: ClassVar[int] = 2
