"""Plain-text captures: pages without their markup. Lines are all that is left of the structure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from parsers.fields.characters import clean
from parsers.fields.dates import DateBasis, Stamp, from_visible
from parsers.record.article import Block, BlockType
from parsers.record.capture import Capture

# Some corpora put ` date 2017-05-04 ` before every text: the publication day, added by the corpus, not by the site.
_CORPUS_DATE = re.compile(r"^\s?date (\d{4}-\d{2}-\d{2}) ")


@dataclass(frozen=True)
class TextPage:
    """A text capture as a layout reads it; `timezone` is the IANA zone of the source."""

    capture: Capture
    text: str
    timezone: str

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """Cleaned lines without the corpus date; empty ones are kept as "", since they separate."""
        return tuple(clean(line) for line in _CORPUS_DATE.sub("", self.text, count=1).splitlines())

    def published(self, shown: str) -> Stamp:
        """A visible date; a missing year comes from the corpus date, or else from a trusted capture time."""
        stamp = from_visible(shown, self.timezone)
        if stamp.at is not None:
            return stamp
        header = _CORPUS_DATE.match(self.text)
        if header:
            day, basis = from_visible(header[1], "UTC").at, DateBasis.VISIBLE_TEXT_YEAR_FROM_HEADER
        else:
            day, basis = self.capture.captured_at, DateBasis.VISIBLE_TEXT_YEAR_FROM_CAPTURE
            if not self.capture.captured_at_basis.trusted:
                return stamp
        return from_visible(shown, self.timezone, not_after=day.date(), basis=basis) if day else stamp


def prose(lines: Iterable[str]) -> list[Block]:
    """Non-empty lines as blocks. A short line without final punctuation between two paragraphs is a heading."""
    return [Block(BlockType.HEADING if is_heading(line) else BlockType.PARAGRAPH, line) for line in lines if line]


# Crossheads of the sample sources have up to 11 words; sentences that end without a full stop are longer.
MAX_HEADING_WORDS = 14
# Full stops, question marks and the like of all scripts, before closing quotation marks and brackets.
_SENTENCE_END = re.compile(r"[.!?:;,…。｡．！？：；，、؟۔؛،।॥։·።፧។៕。][\"”’'»›)\]」』】）》]*$")
_QUOTED = re.compile(r"^‘.*’$")
# Scripts that put no spaces between words, and about how many of their letters are one.
_UNSPACED = (
    (re.compile("[\u3040-\u30ff\u3400-\u9fff]"), 2),
    (re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]"), 4),
)


def is_heading(line: str) -> bool:
    """Whether a line of prose reads as a crosshead: short, and quoted as a whole or not ended like a sentence."""
    words = len(line.split())
    if not line.isascii():
        words += sum(len(letter.findall(line)) // size for letter, size in _UNSPACED)
    return words <= MAX_HEADING_WORDS and (not _SENTENCE_END.search(line) or bool(_QUOTED.match(line)))
