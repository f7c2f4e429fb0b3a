"""Who made a picture: its credit, apart from its caption."""

import re
from collections.abc import Sequence
from typing import Final

from parsers.fields.characters import clean
from parsers.page.html import Node, ancestors, select, text_of, without_nested

_KINDS: Final = (
    r"(?:photo(?:graph)?|image|picture|illustration|composite|graphic|artwork|foto|bild|grafik|quelle|source|credit"
    r"|фото|источник|fotoğraf|사진)s?(?: credits?)?"
)
# The words before the name in a credit. Without a colon or `by` they may be a part of it: `Photo Press`.
_LABEL: Final = re.compile(rf"(?:(?:[©ⓒ]|\(c\)|copyright\b|{_KINDS}\s?(?:[:=©ⓒ]|\b(?:by|von)\b:?))\s?)+", re.I)
_BARE_LABEL: Final = re.compile(rf"(?:{_KINDS}\s?:?)?", re.I)
# The same where a credit begins. Longer texts behind such a word are captions, and so is all behind `FILE PHOTO:`.
_LABELLED: Final = rf"(?<!FILE )(?:\b{_KINDS}(?: (?:by|von))? ?:|[©ⓒ])\s?[^\s:].{{1,100}}?"
_HOUSES: Final = "AP|AFP|EPA|EFE|PA|dpa|Reuters|SIPA|Getty|via|Wire"
_ENDS: Final = (".", "!", "?", "。")
# Behind the last sentence, which no initial (`F.`) and no title (`Dr.`) ends.
_AFTER_ALL: Final = r"(?:(?<=[.!?。])|(?<=[.!?][\"”»]))(?<!\b[A-Za-z]\.)(?<!\b[A-Z][a-z]\.) ?"
_NAME: Final = r"[^\W\d_a-z][^\s/]{0,40}(?<![.,;:\"”»])"  # it begins with a capital, or in a script that has none
# How captions end that name a maker, on sites of all kinds; group 1 is the credit. Each needs one of the signs before
# it: to look for them first is faster.
_USUAL: Final = (
    (("＝",), re.compile(r"＝(ＡＰ|ＡＦＰ|ロイター|共同)$")),
    (("撮影）", "提供）"), re.compile(r"（([^（）]{1,30}?)(?:さん)?(?:撮影|提供)）$")),  # taken by, provided by
    (("[사진",), re.compile(r"\[사진(?: ?출처)? ?[=:] ?([^\[\]]+)\]$")),
    (("REUTERS",), re.compile(r"((?:\S+[ /])?via REUTERS|REUTERS(?:/[\w'’ -]+)+)")),  # links to licences follow
    ((")",), re.compile(rf"\(({_LABELLED}|(?:photos?|image|illustration) by [^()]+)\)\.?$", re.I)),
    ((":", "©", "ⓒ"), re.compile(rf"({_LABELLED})$", re.I)),
    # `… in Kyiv. (Jane Roe/The Paper)`, `… in Kyiv. Jane Roe / The Paper`
    (_ENDS, re.compile(rf"{_AFTER_ALL}\(([^()/]{{2,40}}/[^()]{{2,40}})\)$")),
    (_ENDS, re.compile(rf"{_AFTER_ALL}({_NAME}(?:(?: ?/ ?| (?:via |v[ao]n |del? )?){_NAME}){{0,4}}(?: \([^()]+\))?)$")),
    # `… in Kyiv. (AP Photo/Jane Roe)`, `… in Kyiv. | Jane Roe/AFP`
    ((")", "|"), re.compile(rf"(?:\((?=[^()]*\)\.?$)|\|)\s?([^()|]*\b(?:{_HOUSES})\b[^()|]*)\)?\.?$")),
)
BETWEEN: Final = " -–—|/"  # what parts caption and credit

# Elements in which pages name the maker of a picture: by a word in their class, or by microdata.
_WORDS: Final = (
    "credit", "copyright", "photograph", "fotograf", "source", "author", "agency", "distributor", "byline", "quelle",
)  # fmt: skip
_NAMED: Final = ", ".join(f'[class*="{word}" i]' for word in _WORDS) + (
    ', [itemprop="copyrightHolder"], [itemprop="creditText"], [itemprop="author"], cite, small'
)
_MOST: Final = 20  # of them; a frame with more is a text of its own


def named_credits(frame: Node, captions: Sequence[Node]) -> list[Node]:
    """The elements in or beside the captions of a picture that name its maker, and say no more than that."""
    holding = {frame.mem_id, *(above for node in captions for above in ancestors(node))}
    found = [node for node in select(frame, _NAMED) if node.mem_id not in holding]
    if not 0 < len(found) <= _MOST:
        return []
    around = {above for node in found for above in ancestors(node)}.union(node.mem_id for node in captions)
    wholes = set(map(text_of, captions))

    def is_credit(node: Node) -> bool:
        text, names = text_of(node), (node.attributes.get("class") or "").lower()
        plain = any(name.endswith(("credit", "credits", "copyright")) for name in names.split())
        if not plain and node.mem_id in around and "caption" in names:
            return False
        whole = text in wholes and (node.mem_id in around or node.tag == "small")
        return not (_BARE_LABEL.fullmatch(text) or (whole and not plain and not _LABEL.match(text)))

    return without_nested(list(filter(is_credit, found)))


def part_credit(caption: str, own: re.Pattern[str] | None) -> tuple[str | None, str | None]:
    """The caption without the credit, and the credit: what the site's `own` pattern finds, or else a usual one."""
    usual = (pattern for signs, pattern in _USUAL if any(map(caption.__contains__, signs)))
    patterns = (*filter(None, (own,)), *usual)
    match = next(filter(None, (pattern.search(caption) for pattern in patterns)), None)
    if match is None:
        return caption or None, None
    rest = f"{caption[: match.start()].rstrip(BETWEEN)} {caption[match.end() :]}"
    return clean(rest) or None, without_label(match[1])


def without_label(credit: str) -> str | None:
    """The name alone: `(Foto: © Jane Doe)` gives `Jane Doe`."""
    bare = clean(credit)
    if bare.startswith("(") and bare.endswith(")"):
        bare = bare[1:-1].strip()
    label = _LABEL.match(bare)
    return clean(bare[label.end() :] if label else bare) or None
