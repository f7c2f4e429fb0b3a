"""Words of a closed list, as users write them."""

from enum import StrEnum
from typing import TypeVar

from infra.base.errors import UsageError

Choice = TypeVar("Choice", bound=StrEnum)


def parse_choice(choices: type[Choice], text: str, name: str) -> Choice:
    """The member that a user named.

    Args:
        choices: the closed list.
        text: as the user wrote it.
        name: what it is for; named in the message.

    Raises:
        UsageError: there is no such member; lists those there are.
    """
    try:
        return choices(text)
    except ValueError as error:
        raise UsageError(f"{name} {text!r} is not known", f"Choose one of: {', '.join(choices)}.") from error
