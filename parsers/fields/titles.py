"""Headlines without the name of the site, which pages put before or after them in their titles."""

import re
from collections.abc import Container, Iterable

from parsers.fields.characters import letters

# White space around a hyphen tells it from one in a word; bars and underscores need none.
_SEPARATOR = re.compile(r"\s+[-–—―·•:»«/]+\s+|\s*[|｜ㅣ_]+\s*|\s*(?:\s::\s)\s*")
# What may also part a headline and the name of the site, but as well parts of a headline.
_NAME_SEPARATOR = re.compile(rf"{_SEPARATOR.pattern}|\s+[›‹>⋆★~]+\s+|[,:]\s+|\s+[(\[]")
MAX_TITLE = 1_000  # characters; a longer one is none, and taking names off it would take seconds
MIN_HEADLINE = 8  # letters of a heading that can't begin a longer headline by chance


def without_site(title: str, sites: Container[str], headings: Iterable[str] = ()) -> str:
    """The title (`Boats stop - The Issue`) without `sites` (the `letters` of names), or the heading it only adds to."""
    for heading in headings:
        rest = title.removeprefix(heading)
        if len(letters(heading)) >= MIN_HEADLINE and rest != title and _SEPARATOR.match(rest):
            return heading
    if len(title) > MAX_TITLE or not _NAME_SEPARATOR.search(title):
        return title
    while (shorter := _without_end(title, sites)) != title:
        title = shorter
    return title


def _without_end(title: str, sites: Container[str]) -> str:
    for separator in _NAME_SEPARATOR.finditer(title):
        before, after = title[: separator.start()], title[separator.end() :]
        if before and letters(after) in sites:
            return before
        if after and letters(before) in sites:
            return after
    return title
