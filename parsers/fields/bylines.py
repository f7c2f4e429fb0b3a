"""Names in bylines: `By Jane Doe and John Roe` gives two people."""

import re

from parsers.fields.characters import clean, unique

_BY = r"(?:(?:written|reporting|words|story|text|photos?) )?by\b|text\b|texto\b|autor(?:in)?\b"
_BY_OR_OF = r"(?:von|par|por|di|door|av|af)\b"  # names begin with these words too: Di Maio, Von Hoffman
_BYLINE_PREFIX = re.compile(rf"^(?:{_BY}|{_BY_OR_OF})(?:[:\s]+|$)", re.I)
_NAME_PREFIX = re.compile(rf"^(?:(?:{_BY})[:\s]+|{_BY_OR_OF}(?::|(?=\s\S+\s\S))\s*)", re.I)
# A capital between two names is an initial: `Michael E Mann`.
_SEPARATORS = re.compile(r"\s*(?:[,;|/·•]|\s&\s|\s(?:and|AND|und|UND|et|ET|y|e|og|och|en)\s)\s*")


def split_names(byline: str) -> tuple[str, ...]:
    """The names in a byline, in order, each once, without the word before them (`By`, `Von` …).

    Commas separate names: a source whose bylines add a title or an employer after a comma should select the names
    themselves (`Layout.authors`).
    """
    return unique([clean(name) for name in _SEPARATORS.split(_BYLINE_PREFIX.sub("", clean(byline)))])


MAX_WORDS = 4  # longer parts of bylines name posts, publishers or places
# Words that follow a name, or name a desk or a publisher, and are never part of a person's name.
_NO_PERSON = re.compile(
    r"\b(?:agenc(?:y|ies)|agence|agentur|analyst|associate|associated|board|broadcasting|bureau|chief|columnist|"
    r"commentator|contributors?|correspondents?|daily|desk|director|editor(?:s|ial)?|freelance|head|institute|"
    r"journalists?|magazine|media|minister|ministry|network|news|newsroom|online|post|president|press|producer|"
    r"professor|radio|redaktion|redakteur(?:in)?|reporters?|reporting|staff|team|times|tribune|university|writers?)\b",
    re.I,
)


def split_people(text: str) -> tuple[str, ...]:
    """The names in a text that may be one name or a whole byline; split only if every part reads as a name.

    A name has two to four words, the first and the last capitalised (`Nidal al-Amin`), or one word in a script without
    capitals. So `Jane Doe, Political Editor` and `Marsh, Fenn and Partners` stay whole.
    """
    names = split_names(text)
    return names if all(map(_is_name, names)) else unique([strip_prefix(text)])


def _is_name(text: str) -> bool:
    words = text.split()
    if _NO_PERSON.search(text) or any(map(str.isdigit, text)):
        return False
    if len(words) == 1:
        return text[0].isalpha() and text[0].upper() == text[0].lower()
    return len(words) <= MAX_WORDS and not words[0].islower() and not words[-1].islower()


def strip_prefix(name: str) -> str:
    """One name without the word before it: `By Jane Doe` gives `Jane Doe`, `Di Maio` stays."""
    return _NAME_PREFIX.sub("", clean(name))
