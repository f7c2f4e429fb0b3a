"""Notes of the editors at the end of a story, which are no part of it."""

import re
from collections.abc import Sequence
from typing import Final

from parsers.record.article import Block

_CLOSING: Final = re.compile(
    r".{0,200}\bcontributed to this (?:report|story|article)\b"
    r"|(?:\(?(?:additional )?(?:reporting|writing) by\b.*)?\bediting by\b"
    r"|This (?:story|article|report) (?:has been|was) (?:\w+ )?"
    r"(?:amended|corrected|edited|first|funded|originally|produced|published|revised|supported|translated|updated)\b",
    re.I,
)
# They say what the page was at that moment.
_UNFINISHED: Final = re.compile(
    r"(?:this is a (?:breaking|developing) (?:news )?story|more (?:to )?follows?)\b.{0,60}", re.I
)
_LONGEST: Final = 400  # characters of a note; a longer block is a paragraph, whatever it begins with


def without_notes(body: Sequence[Block], own: re.Pattern[str] | None) -> list[Block]:
    """The body without the notes at its end, usual ones or such as the site's `own` pattern matches."""
    blocks = [block for block in body if not _UNFINISHED.fullmatch(block.text)]
    while blocks and _is_note(blocks[-1].text, own):
        blocks.pop()
    return blocks


def _is_note(text: str, own: re.Pattern[str] | None) -> bool:
    if own is not None and own.match(text):
        return True
    return len(text) <= _LONGEST and _CLOSING.match(text) is not None
