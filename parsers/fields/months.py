"""Numbers of months by their names, in 57 languages.

A word that several languages share means the same month in all of them, except that Croatian names four months by words
that mean others in Polish and Czech.
"""

import re
import unicodedata

from parsers.fields.words import by_word

# A word in the place of a month. Combining marks are no letters to `\w`; two words are months of the Levant.
NAME = r"(?:(?:كانون|تشرين) [^\s\d,]+|[^\W\d_][^\s\d,;/()\[\]|–—-]{1,20})"


def _letters(word: str) -> str:
    """The word without points, with those letters unified that differ only in case: `ı`, `İ` and `i`."""
    folded = unicodedata.normalize("NFC", word).casefold()
    return folded.replace("\u0307", "").replace("ı", "i").replace(".", "").replace("’", "'")


_NUMBERS = {name.replace("_", " "): int(number) for name, number in by_word("months").items()}
_CROATIAN = {"listopad": 10, "listopada": 10, "lis": 10, "lip": 6, "srp": 7}
_CROATIAN_ZONES = frozenset({"Europe/Zagreb", "Europe/Sarajevo"})
# Words of one letter that languages write together with the name: `ב` (in), `d'` (of).
_PREFIX = re.compile("^(?:ב|d')")


def month_of(word: str, zone: str) -> int | None:
    """The number of the month that a word names in a source of that IANA zone."""
    letters = _letters(word)
    if zone in _CROATIAN_ZONES and letters in _CROATIAN:
        return _CROATIAN[letters]
    return _NUMBERS.get(letters) or _NUMBERS.get(_PREFIX.sub("", letters))
