"""Names out of bylines: `By Jane Doe and John Roe` gives the two people."""

import re

from parsers.characters import clean, unique

_BY = r"(?:(?:written|reporting|words|story|text|photos?) )?by\b|text\b|texto\b|autor(?:in)?\b"
_BY_OR_OF = r"(?:von|par|por|di|door|av|af)\b"  # names begin with these words too: Di Maio, Von Hoffman
_BYLINE_PREFIX = re.compile(rf"^(?:{_BY}|{_BY_OR_OF})(?:[:\s]+|$)", re.I)
_NAME_PREFIX = re.compile(rf"^(?:(?:{_BY})[:\s]+|{_BY_OR_OF}(?::|(?=\s\S+\s\S))\s*)", re.I)
# A capital between two names is an initial: `Michael E Mann`.
_SEPARATORS = re.compile(r"\s*(?:[,;|/·•]|\s&\s|\s(?:and|AND|und|UND|et|ET|y|e|og|och|en)\s)\s*")


def split_names(byline: str) -> tuple[str, ...]:
    """The names in a byline, in order, each once. The word before them (`By`, `Von` …) is removed.

    Commas separate names here, so a source whose bylines add a title or an employer after a comma selects the names
    themselves instead (`Layout.authors`).
    """
    return unique([clean(name) for name in _SEPARATORS.split(_BYLINE_PREFIX.sub("", clean(byline)))])


def strip_prefix(name: str) -> str:
    """One name without the word before it: `By Jane Doe` gives `Jane Doe`, `Di Maio` stays."""
    return _NAME_PREFIX.sub("", clean(name))
