"""Names out of bylines: `By Jane Doe and John Roe, Associated Press` gives the two people and leaves the rest."""

import re

from parsers.characters import clean, unique

_PREFIX = re.compile(
    r"^(?:by|von|par|por|di|door|av|af|written by|reporting by|words by|text|texto|autor(?:in)?|story by)\b[:\s]+", re.I
)
_SEPARATORS = re.compile(r"\s*(?:[,;|/·•]|\s&\s|\s(?:and|und|et|y|e|og|och|en)\s)\s*", re.I)


def split_names(byline: str) -> tuple[str, ...]:
    """The names in a byline, in order, each once. The word before them (`By`, `Von` …) is removed.

    Commas separate names here, so a source whose bylines add a title or an employer after a comma selects the names
    themselves instead (`Layout.authors`).
    """
    return unique([clean(name) for name in _SEPARATORS.split(_PREFIX.sub("", clean(byline)))])


def strip_prefix(name: str) -> str:
    """One name without the word before it: `By Jane Doe` gives `Jane Doe`."""
    return _PREFIX.sub("", clean(name))
