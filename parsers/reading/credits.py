"""Who made a picture: its credit, apart from its caption."""

import re
from typing import Final

from parsers.fields.characters import clean

_KINDS: Final = (
    r"(?:photo(?:graph)?|image|picture|illustration|composite|graphic|artwork|foto|bild|grafik|quelle|source|credit"
    r"|фото|источник|fotoğraf|사진)s?(?: credits?)?"
)
# The words before the name in a credit. Without a colon or `by` they may be a part of it: `Photo Press`.
_LABEL: Final = re.compile(rf"(?:(?:[©ⓒ]|\(c\)|copyright\b|{_KINDS}\s?(?:[:=©ⓒ]|\b(?:by|von)\b:?))\s?)+", re.I)
# The same where a credit begins. Longer texts behind such a word are captions, and so is all behind `FILE PHOTO:`.
_LABELLED: Final = rf"(?<!FILE )(?:\b{_KINDS}(?: (?:by|von))? ?:|[©ⓒ])\s?[^\s:].{{1,100}}?"
_HOUSES: Final = "AP|AFP|EPA|EFE|PA|dpa|Reuters|SIPA|Getty|via|Wire"
# How captions end that name a maker, on sites of all kinds; group 1 is the credit. Each needs one of the signs before
# it: to look for them first is faster.
_USUAL: Final = (
    (("＝",), re.compile(r"＝(ＡＰ|ＡＦＰ|ロイター|共同)$")),
    (("撮影）", "提供）"), re.compile(r"（([^（）]{1,30}?)(?:さん)?(?:撮影|提供)）$")),  # taken by, provided by
    (("[사진",), re.compile(r"\[사진(?: ?출처)? ?[=:] ?([^\[\]]+)\]$")),
    (("REUTERS",), re.compile(r"((?:\S+[ /])?via REUTERS|REUTERS(?:/[\w'’ -]+)+)")),  # links to licences follow
    ((")",), re.compile(rf"\(({_LABELLED}|(?:photos?|image|illustration) by [^()]+)\)\.?$", re.I)),
    ((":", "©", "ⓒ"), re.compile(rf"({_LABELLED})$", re.I)),
    # `… in Kyiv. (AP Photo/Jane Roe)`, `… in Kyiv. | Jane Roe/AFP`
    ((")", "|"), re.compile(rf"(?:\((?=[^()]*\)\.?$)|\|)\s?([^()|]*\b(?:{_HOUSES})\b[^()|]*)\)?\.?$")),
)
_BETWEEN: Final = " -–—|/"  # what parts caption and credit


def part_credit(caption: str, own: re.Pattern[str] | None) -> tuple[str | None, str | None]:
    """The caption without the credit, and the credit: what the site's `own` pattern finds, or else a usual one."""
    usual = (pattern for signs, pattern in _USUAL if any(map(caption.__contains__, signs)))
    patterns = (*filter(None, (own,)), *usual)
    match = next(filter(None, (pattern.search(caption) for pattern in patterns)), None)
    if match is None:
        return caption or None, None
    rest = f"{caption[: match.start()].rstrip(_BETWEEN)} {caption[match.end() :]}"
    return clean(rest) or None, without_label(match[1])


def without_label(credit: str) -> str | None:
    """The name alone: `(Foto: © Jane Doe)` gives `Jane Doe`."""
    bare = clean(credit)
    if bare.startswith("(") and bare.endswith(")"):
        bare = bare[1:-1]
    label = _LABEL.match(bare)
    return clean(bare[label.end() :] if label else bare) or None
