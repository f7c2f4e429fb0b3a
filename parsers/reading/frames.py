"""Where pictures are: figures, and what sites without figures set around a picture and its caption."""

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
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
    """Figures; and, with its captions, what holds a picture and elements that are named so."""
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
    """The frames that are not furniture, embedded posts or what the layout drops."""
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
