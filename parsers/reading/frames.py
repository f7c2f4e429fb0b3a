"""Where pictures are: figures, and what sites without figures set around a picture and its caption."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import islice

from parsers.fields.characters import clean
from parsers.page.html import Node, holders, outermost, select, without_nested
from parsers.page.page import Page
from parsers.reading.credits import named_credits
from parsers.source.definition import EMBEDS, Layout

FIGURES = "figure, .wp-caption"
_PICTURES = frozenset({"img", "amp-img"})
PICTURES = ", ".join(sorted(_PICTURES))
_CAPTIONS = 'figcaption, [class*="caption" i], [itemprop="caption"]'  # `imageCaption`, `tr-caption`, `media__caption`
_LEVELS = 3  # between a caption and what it shares with its picture
_BESIDE = 100  # characters beside the caption of a picture: a credit, words on buttons
_MOST = 150  # elements in what holds one picture: its sources, buttons, drawings
_LONGEST = 600  # characters of a caption; longer ones are texts that are named so


@dataclass(frozen=True, slots=True)
class Frame:
    """An element with one picture, or with several that share a caption."""

    node: Node
    captions: Sequence[Node]


def find_frames(page: Page, layout: Layout, containers: Sequence[Node]) -> list[Frame]:
    """The innermost elements with pictures, in page order: a gallery is a figure of figures."""
    if layout.figures:
        frames: Mapping[Node, Node | None] = dict.fromkeys(page.select(layout.figures))
    else:
        frames = _wanted(_framed(containers), layout, containers)
    holding = set(holders(list(frames)).values())
    return [
        Frame(node, [caption] if caption else _captions(node, layout))
        for node, caption in frames.items()
        if node.mem_id not in holding
    ]


def _captions(figure: Node, layout: Layout) -> Sequence[Node]:
    return outermost(figure, layout.caption) or (() if layout.figures else outermost(figure, _CAPTIONS))


def remove_captions(frames: Sequence[Frame]) -> None:
    """Remove from the text what describes pictures that no figure holds."""
    for frame in frames:
        if frame.node.tag != "figure":
            for node in (*named_credits(frame.node, frame.captions), *frame.captions):
                node.decompose()


def _framed(containers: Sequence[Node]) -> dict[Node, Node | None]:
    """Figures; and what holds a picture and, in an element of that name, its caption, with that."""
    found = [node for container in containers for node in select(container, f"{FIGURES}, {_CAPTIONS}")]  # one walk
    figures = {node.mem_id for node in found if _is_figure(node)}
    ends = figures.union(container.mem_id for container in containers)
    captions = without_nested([node for node in found if node.mem_id not in figures and not _holds(node, _PICTURES)])
    around = {node.mem_id: frame for node in captions if (frame := _around(node, ends)) is not None}
    described = {node.mem_id for frame in around.values() for node in frame.css("figure")}
    alone = figures - described
    return {
        around.get(node.mem_id, node): node if node.mem_id in around else None
        for node in found
        if node.mem_id in around or node.mem_id in alone
    }


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
            few = len(node.css("figure")) <= 1 and len(clean(node.text())) <= len(text) + _BESIDE
            return node if few else None
        node = node.parent
    return None


def _holds(node: Node, tags: Set[str]) -> bool:
    return any(inner.tag in tags for inner in _few(node))


def _few(node: Node) -> list[Node]:
    """A node and those below it, as far as a frame may hold them: to look further for each caption takes too long."""
    return list(islice(node.traverse(), _MOST + 1))


def _wanted(
    frames: Mapping[Node, Node | None], layout: Layout, containers: Sequence[Node]
) -> Mapping[Node, Node | None]:
    """The frames that are not furniture, embedded posts or what the layout drops."""
    if not frames:
        return frames
    css = ", ".join(filter(None, ("aside, nav, footer", EMBEDS, layout.drop, layout.related)))
    unwanted = [node for container in containers for node in container.css(css)]
    above = holders([*frames, *unwanted])
    known = {0: False, **{node.mem_id: True for node in unwanted}}  # `mem_id` -> whether it is or is in one of them
    for node in frames:
        climbed = []
        mem_id = node.mem_id
        while mem_id not in known:
            climbed.append(mem_id)
            mem_id = above[mem_id]
        known.update(dict.fromkeys(climbed, known[mem_id]))
    return {node: caption for node, caption in frames.items() if not known[node.mem_id]}
