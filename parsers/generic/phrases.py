"""Set phrases of lines that stand inside stories but are no part of them, in the languages of large news sites."""

import re
from typing import Final

from parsers.fields.words import finder, pattern, texts
from parsers.reading.asides import ADVERT

_POINTERS: Final = ("elsewhere", "follow", "credit")

# Looked for at the beginning of a line in lower case: patterns that ignore case take ten times as long, since they try
# each alternative in full.
_POINTER: Final = re.compile(f"(?:{ADVERT}$|{'|'.join(pattern('phrases', name) for name in _POINTERS)})")
# Anywhere in a short text in lower case.
_find_request: Final = finder(texts("phrases", "requests"))
# At the end of a short text: `A street in Bergen. | © Jane Doe/Some Agency`.
_CREDITED: Final = re.compile(
    r"(?:[|(/]\s?(?:©|(?:foto|photo|credit|bild|image|picture)s?\b)|©|getty images|istock|shutterstock"
    r"|picture[- ]alliance|imago)[^.!?]{0,60}\)?$"
)
# Words and signs that such an end has: to look for them first is faster.
_MAKERS: Final = ("©", "foto", "photo", "credit", "bild", "ima", "picture", "getty", "istock", "shutter")
# Ends of sentences in any language, with what may close after them.
_END: Final = re.compile(r"[.!?…。！？؟।۔።][\"”’'“»)\]」』]*$")
_TIME: Final = re.compile(r"\d{1,2}[:.h]\d{2}|(?:19|20)\d\d")
_WORD: Final = re.compile(r"\w+")
# Letters of a text that can be one of these; longer ones are paragraphs.
_LONGEST_POINTER: Final = 250
_LONGEST_REQUEST: Final = 400
_LONGEST_DATELINE: Final = 90
_LINE: Final = 80
# Shares inside links from which a line leads elsewhere rather than naming something.
_SOME_LINKED: Final = 0.1
_MUCH_LINKED: Final = 0.2
# A shorter heading, or one of fewer words, says too little to know a title by; as does one with fewer in common.
_LEAST_TITLE: Final = 9
_LEAST_WORDS: Final = 4
_COMMON: Final = 0.7


def is_aside(text: str, size: float, linked: float, *, marked: bool) -> bool:
    """Whether a line asks for something, leads elsewhere or names a picture's maker; `marked`: bold or a heading."""
    if size >= _LONGEST_REQUEST:
        return False
    lowered = text.lower()
    if (size < _LONGEST_REQUEST / 2 or linked > _SOME_LINKED) and _find_request(lowered):
        return True
    if size > _LONGEST_POINTER:
        return False
    if _POINTER.match(lowered):
        return linked > _MUCH_LINKED or size < _LINE or marked
    end = lowered[-_LINE:]
    return any(map(end.__contains__, _MAKERS)) and _CREDITED.search(end) is not None


def is_sentence(text: str) -> bool:
    """Whether a text ends as sentences do."""
    return _END.search(text) is not None


def is_dateline(text: str, size: float) -> bool:
    """Whether a line says when the story was published."""
    return size < _LONGEST_DATELINE and len(_TIME.findall(text)) > 1


class Title:
    """The titles that a page states, to know its headline by."""

    def __init__(self, *stated: str | None) -> None:
        self._folded = "\n".join(filter(None, stated)).casefold()
        self._words = frozenset(_WORD.findall(self._folded))

    def is_said_by(self, heading: str, size: float) -> bool:
        """Whether a heading says what a title says, give or take the name of the site, by its weighted letters too."""
        folded = heading.casefold()
        if max(len(folded), size) >= _LEAST_TITLE and folded in self._folded:
            return True
        words = set(_WORD.findall(folded))
        return len(words) >= _LEAST_WORDS and len(words & self._words) > _COMMON * len(words)
