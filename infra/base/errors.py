"""Errors meant for the person at the terminal: what is wrong, and what to do about it."""

from typing import ClassVar, Final

from typing_extensions import override

# Set to anything: unexpected exceptions come with their traceback. No setting, since it must work where those do not.
DEBUG_VARIABLE: Final = "NEWSLAKE_DEBUG"


class NewslakeError(Exception):
    """Something failed for a reason a user can act on.

    `str()` is one line, `<what>. <remedy>`. Both are positional arguments of the exception, so that it survives
    pickling on its way back from a worker process.

    Attributes:
        what: what is wrong, naming the thing (path, bucket, variable) concerned; no full stop at its end.
        remedy: what to do about it; a full sentence.
        exit_code: what the command line exits with (docs: 1 failed, 2 wrong use).
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, what: str, remedy: str) -> None:
        """Take what is wrong and its remedy; line breaks in either are folded to spaces."""
        self.what = " ".join(what.split()).rstrip(".")
        self.remedy = " ".join(remedy.split())
        super().__init__(self.what, self.remedy)

    @override
    def __str__(self) -> str:
        """The one line shown to the user."""
        return f"{self.what}. {self.remedy}"


class UsageError(NewslakeError):
    """The command, an option, a setting or an input path is wrong: nothing was tried yet."""

    exit_code: ClassVar[int] = 2
