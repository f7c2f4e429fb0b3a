"""Where pictures are: figures, and what sites without figures set around a picture and its caption; and who made it."""

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from itertools import islice

from parsers.fields.characters import clean
from parsers.page.html import Node, ancestors, holders, outermost, select, text_of, without_nested
from parsers.page.page import Page
from parsers.source.definition import EMBEDS, Layout

FIGURES = "figure, .wp-caption"
_PICTURES = frozenset({"img", "amp-img"})
PICTURES = ", ".join(sorted(_PICTURES))
_CAPTIONS = 'figcaption, [class*="caption" i], [itemprop="caption"]'  # `imageCaption`, `tr-caption`, `media__caption`
_LEVELS = 3  # between a caption and what it shares with its picture
_REST = 100  # characters beside the caption of a picture: a credit, words on buttons
_MOST = 150  # elements in what holds one picture: its sources, buttons, drawings
_LONGEST = 600  # characters of a caption; longer ones are texts that are named so


@dataclass(frozen=True, slots=True)
class Frame:
    """An element with one picture, or with several that share a caption."""

    node: Node
    captions: list[Node]


def find_frames(page: Page, layout: Layout, containers: Sequence[Node]) -> list[Frame]:
    """The innermost elements with pictures, in page order: a gallery is a figure of figures."""
    if layout.figures:
        frames = [Frame(node, []) for node in page.select(layout.figures)]
    else:
        frames = _wanted(_framed(containers), layout, containers)
    holding = set(holders([frame.node for frame in frames]).values())
    return [
        replace(frame, captions=frame.captions or _captions(frame.node, layout))
        for frame in frames
        if frame.node.mem_id not in holding
    ]


def _captions(figure: Node, layout: Layout) -> list[Node]:
    return outermost(figure, layout.caption) or ([] if layout.figures else outermost(figure, _CAPTIONS))


def remove_captions(frames: Sequence[Frame]) -> None:
    """Remove from the text what describes pictures that no figure holds."""
    for frame in frames:
        if frame.node.tag != "figure":
            told = {node.mem_id: node for node in (*named_credits(frame.node, frame.captions), *frame.captions)}
            for node in without_nested(list(told.values())):
                node.decompose()


def _framed(containers: Sequence[Node]) -> list[Frame]:
    found = [node for container in containers for node in select(container, f"{FIGURES}, {_CAPTIONS}")]  # one walk
    figures = {node.mem_id: Frame(node, []) for node in found if _is_figure(node)}
    ends = figures.keys() | {container.mem_id for container in containers}
    captions = without_nested([node for node in found if node.mem_id not in figures and not _holds(node, _PICTURES)])
    frames: dict[int, Frame] = {}  # in page order, by `mem_id`
    described: set[int] = set()
    around = {node.mem_id: _around(node, ends) for node in captions}
    for node in found:
        holder = around.get(node.mem_id)
        if holder is not None:
            frames.setdefault(holder.mem_id, Frame(holder, [])).captions.append(node)
            described.update(figure.mem_id for figure in holder.css("figure"))
        elif node.mem_id in figures:
            frames[node.mem_id] = figures[node.mem_id]
    return [frame for mem_id, frame in frames.items() if mem_id not in described]


def _is_figure(node: Node) -> bool:
    return node.tag == "figure" or "wp-caption" in (node.attributes.get("class") or "").split()


def _around(caption: Node, ends: Set[int]) -> Node | None:
    """The nearest element around a caption that holds a picture, below the `ends` and if it holds little else."""
    text = clean(caption.text())
    node = caption.parent
    for _ in range(_LEVELS if 0 < len(text) <= _LONGEST else 0):
        if node is None or node.mem_id in ends or len(_few(node)) > _MOST:
            return None
        if _holds(node, _PICTURES):
            few = len(node.css("figure")) <= 1 and len(clean(node.text())) <= len(text) + _REST
            return node if few else None
        node = node.parent
    return None


def _holds(node: Node, tags: Set[str]) -> bool:
    return any(inner.tag in tags for inner in _few(node))


def _few(node: Node) -> list[Node]:
    """A node and those below it, as far as a frame may hold them: to look further for each caption takes too long."""
    return list(islice(node.traverse(), _MOST + 1))


def _wanted(frames: list[Frame], layout: Layout, containers: Sequence[Node]) -> list[Frame]:
    if not frames:
        return frames
    css = ", ".join(filter(None, ("aside, nav, footer", EMBEDS, layout.drop, layout.related)))
    unwanted = [node for container in containers for node in container.css(css)]
    above = holders([*(frame.node for frame in frames), *unwanted])
    known = {0: False, **{node.mem_id: True for node in unwanted}}  # `mem_id` -> whether it is or is in one of them
    for frame in frames:
        climbed = []
        mem_id = frame.node.mem_id
        while mem_id not in known:
            climbed.append(mem_id)
            mem_id = above[mem_id]
        known.update(dict.fromkeys(climbed, known[mem_id]))
    return [frame for frame in frames if not known[frame.node.mem_id]]


_KINDS = (
    r"(?:photo(?:graph)?|image|picture|illustration|composite|graphic|artwork|foto|bild|grafik|quelle|source|credit"
    r"|фото|источник|fotoğraf|사진)s?(?: credits?)?"
)
# The words before the name in a credit. Without a colon or `by` they may be a part of it: `Photo Press`.
_LABEL = re.compile(rf"(?:(?:[©ⓒ]|\(c\)|copyright\b|{_KINDS}\s?(?:[:=©ⓒ]|\b(?:by|von)\b:?))\s?)+", re.I)
_BARE_LABEL = re.compile(rf"(?:{_KINDS}\s?:?)?", re.I)
# The same where a credit begins. Longer texts behind such a word are captions, and so is all behind `FILE PHOTO:`.
_LABELLED = rf"(?<!FILE )(?:\b{_KINDS}(?: (?:by|von))? ?:|[©ⓒ])\s?[^\s:].{{1,100}}?"
_HOUSES = "AP|AFP|EPA|EFE|PA|dpa|Reuters|SIPA|Getty|via|Wire"
_ENDS = (".", "!", "?", "。")
# Behind the last sentence, which no initial (`F.`) and no title (`Dr.`) ends.
_AFTER_ALL = r"(?:(?<=[.!?。])|(?<=[.!?][\"”»]))(?<!\b[A-Za-z]\.)(?<!\b[A-Z][a-z]\.) ?"
_NAME = r"[^\W\d_a-z][^\s/]{0,40}(?<![.,;:\"”»])"  # it begins with a capital, or in a script that has none
# How captions end that name a maker, on sites of all kinds; group 1 is the credit. Each needs one of the signs before
# it: to look for them first is faster.
_USUAL = (
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
BETWEEN = " -–—|/"  # what parts caption and credit

# Elements in which pages name the maker of a picture: by a word in their class, or by microdata.
_WORDS = (
    "credit", "copyright", "photograph", "fotograf", "source", "author", "agency", "distributor", "byline", "quelle",
)  # fmt: skip
_NAMED = ", ".join(f'[class*="{word}" i]' for word in _WORDS) + (
    ', [itemprop="copyrightHolder"], [itemprop="creditText"], [itemprop="author"], cite, small'
)
_MOST_NAMED = 20  # of them; a frame with more is a text of its own


def named_credits(frame: Node, captions: Sequence[Node]) -> list[Node]:
    """The elements in or beside the captions of a picture that name its maker, and say no more than that."""
    holding = {frame.mem_id, *(above for node in captions for above in ancestors(node))}
    found = [node for node in select(frame, _NAMED) if node.mem_id not in holding]
    if not 0 < len(found) <= _MOST_NAMED:
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
