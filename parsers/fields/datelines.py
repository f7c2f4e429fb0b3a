"""Datelines of wire copy: `MOSCOW, April 13. /TASS/.`, `LONDON, March 4 (Reuters) -`, `PUTRAJAYA, Nov 22 —`."""

import re
from dataclasses import dataclass

from parsers.fields.words import texts

AGENCIES = texts("people", "agencies")

# 80 characters hold the longest real datelines (two cities, a state, a date).
_LONGEST = 100  # the agency begins within these, after the place and a mark
_AGENCY = "|".join(re.escape(agency) for agency in AGENCIES)
_DATELINE = re.compile(
    rf"^(?:(?P<place>[^\W\d_][^()\n]{{1,79}}?)[,.]?\s*)?[(/](?P<agency>{_AGENCY})[)/]\s*[.:\u2014\u2013-]{{1,2}}\s"
)
_DATE = re.compile(r",?\s*(?:[A-Z][a-z]{2,8}\.? \d{1,2}|\d{1,2}\.? [A-Z][a-zäé]{2,8}\.?)\.?$")
# Without an agency only the date tells a place from any other word in capitals: `EXCLUSIVE —`.
_DATED = re.compile(r"^(?P<place>[^\W\d_a-z][^()\n:]{1,59}?)(?P<date>, [^()\n,]{4,14}) [\u2014\u2013-] ")
MAX_PARTICLE = 3  # letters of small words in place names: Rio de Janeiro, Frankfurt am Main


@dataclass(frozen=True, slots=True)
class Dateline:
    """Where and by whom a wire story was filed. `city` is None in `(Reuters) - …`, `agency` in `ROME, May 3 — …`."""

    city: str | None
    agency: str | None


def read_dateline(paragraph: str) -> Dateline | None:
    """The dateline at the start of a paragraph: the first city, in title case if it is all capitals, and the agency."""
    start = paragraph[:_LONGEST]
    match = _DATELINE.match(paragraph) if "(" in start or "/" in start else None  # looking takes a tenth of matching
    if match is None:
        dated = _DATED.match(start)
        is_place = dated is not None and dated["place"].isupper() and _DATE.fullmatch(dated["date"])
        return Dateline(dated["place"].split("/")[0].title(), None) if dated and is_place else None
    place = _DATE.sub("", match["place"] or "").split(",")[0].split("/")[0].strip()
    # Else the words before the agency are a sentence: `He said so in Moscow. /TASS/.`
    if any(word[0].islower() and len(word) > MAX_PARTICLE for word in place.split()):
        return None
    return Dateline((place.title() if place.isupper() else place) or None, match["agency"])
