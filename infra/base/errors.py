"""Errors for the person at the terminal: what is wrong, and what to do about it."""

from typing import ClassVar, Final

from typing_extensions import override

# Set to anything, it shows the traceback of unexpected exceptions. Not a setting: it must work when those are wrong.
DEBUG_VARIABLE: Final = "NEWSLAKE_DEBUG"


class NewslakeError(Exception):
    """Something failed for a reason a user can act on.

    `what` names the thing (path, bucket, variable) that is wrong, without a full stop; `remedy` is a full sentence.
    Both are arguments of the exception, so that it survives pickling on its way back from a worker process.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, what: str, remedy: str) -> None:
        """Fold line breaks in either to spaces."""
        self.what = " ".join(what.split()).rstrip(".")
        self.remedy = " ".join(remedy.split())
        super().__init__(self.what, self.remedy)

    @override
    def __str__(self) -> str:
        """The one line that users see."""
        return f"{self.what}. {self.remedy}"


class UsageError(NewslakeError):
    """A command, option, setting or input path is wrong, and nothing was tried yet."""

    exit_code: ClassVar[int] = 2
