"""The pictures of a page: address, caption and credit; each once, whatever its crops and sizes."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile
from operator import itemgetter
from urllib.parse import unquote

from parsers.fields.characters import clean_markup, letters, unique
from parsers.page.html import Node, ancestors, inside, outermost, select, text_of, upward
from parsers.page.metadata import Json, Metadata, as_text
from parsers.page.page import Page
from parsers.reading.frames import BETWEEN, FIGURES, PICTURES, Frame, named_credits, part_credit, without_label
from parsers.record.article import Image
from parsers.record.draft import BODY_FIGURES, BODY_IMAGES, FIGURE_ABOVE, Draft, by_layout
from parsers.source.definition import Layout

_Offer = tuple[int, float, str]  # rank of its kind, width in pixels (or density), address of a picture
# File names of what lazy loading or a site shows instead of a picture. A photograph of a logo is a picture; a drawing
# of one is the site's own.
_PLACEHOLDER = re.compile(
    r"placeholder|default[-_]?(?:image|share)|logo[^/]*\.svg$"
    r"|^(?:blank|spacer|pixel|transparent|clear|empty|loading|loader|lazy|1x1)\.(?:gif|png|svg)$",
    re.I,
)
# Of a class or a file name: faces, signs and adverts. Words only, since `silicon` ends in one.
_SIGN = re.compile(
    r"(?<![a-z])(?:avatar|author|icons?|logo|emoji|smiley|badge|banner|button|share|ads?|pixel)(?![a-z])|\.svg$", re.I
)
_SMALL = 120  # pixels, of a side: faces, signs
_LOGO = re.compile("logo", re.I)  # as the leading picture of the metadata: the site's own
# Libraries for lazy loading keep the address in these attributes, while `src` is a placeholder or missing.
_LAZY = ("data-src", "data-original", "data-lazy-src", "data-lazy", "data-flickity-lazyload", "data-url", "data-image")
# In other attributes only what is plainly the address of a picture is one.
_ADDRESS = re.compile(r"(?:https?:)?/\S+\.(?:jpe?g|png|webp|avif|gif)(?:[?#]\S*)?", re.I)
_BACKGROUND = re.compile(r"""background(?:-image)?\s*:[^;]*?url\(\s*['"]?([^'")]+)""", re.I)
_DRAWN = '[style*="url("], [data-src], [data-bg], [data-background-image]'  # in figures without an element for pictures
# An address in a `srcset` with its width (`640w`) or density (`2x`); addresses may hold commas. Possessive, since real
# ones have kilobytes.
_CANDIDATE = re.compile(r"(\S++)(?:\s++(\d++(?:\.\d++)?+)[wx](?:\s++\d++h)?+)?+,?")
_QUERY = re.compile("[?&#]")
_BESIDE = frozenset({"aside", "nav", "footer"})  # a figure in one of these is of another story
# The parts of an address that differ between sizes and crops of one picture: `-1024x576`, `/0_184_5067_3040/`,
# `/w_300,h_200/`, the format. The lookahead is for speed: few characters of an address can begin one.
_SIZE = re.compile(
    r"(?=[-_/.,])(?:.\d{2,4}x\d{2,4}(?!\d)|/\d+_\d+_\d+_\d+(?=/)|/(?:[a-z_]+,)?[wh]_\d+(?:,[^/]*)?(?=/)"
    r"|(?:\.(?:jpe?g|png|webp|avif|gif))+$)"
)


def note_pictures(
    page: Page, layout: Layout, containers: Sequence[Node], frames: Sequence[Frame], draft: Draft
) -> None:
    """Give a draft its pictures and who made them."""
    draft.images, draft.origins["images"] = read_pictures(page, layout, containers, frames)
    draft.photo_credits = unique(image.credit for image in draft.images if image.credit)
    draft.origins["photo_credits"] = "credits of the pictures"


def read_pictures(
    page: Page, layout: Layout, containers: Sequence[Node], frames: Sequence[Frame]
) -> tuple[tuple[Image, ...], str]:
    """The pictures in page order, and their origin. The leading one of the metadata comes first.

    It is left out if it is among the others or `layout.figures` found any. An element of `layout.figures` that has a
    caption but no picture, which a script would load, describes the leading one. If nothing else does, the figure above
    the text stands in its place, or describes it.
    """
    leading, stated = _leading(page, layout)
    if leading and containers and not (layout.figures or leading.caption):
        above = _above(page, layout, containers[0], leading)
        leading, stated = above, stated if above is leading else FIGURE_ABOVE
    shown = by_layout(layout.figures) if layout.figures else BODY_FIGURES
    found: dict[str, Image] = {}
    for frame in frames:
        for address, caption, credit in _read_frame(frame, layout):
            url = page.absolute(address)
            if url is None and layout.figures and leading and (caption or credit):
                url = leading.url
            if url:
                _add(found, Image(url, caption, credit))
    if not (leading or found or layout.figures):
        return _bare(page, containers), BODY_IMAGES
    if leading and found and picture_key(leading.url) in found:
        _add(found, leading)
    elif leading and not (layout.figures and found):
        return (leading, *found.values()), f"{stated}; {shown}" if found else stated
    return tuple(found.values()), shown


def _bare(page: Page, containers: Sequence[Node]) -> tuple[Image, ...]:
    """Pictures of the text of a page that has neither figures nor a leading one: all that are no sign or face."""
    found: dict[str, Image] = {}
    for picture in (node for container in containers for node in select(container, PICTURES)):
        offer = _best(picture)
        url = page.absolute(offer[2]) if offer else None
        names = picture.attributes.get("class") or ""
        if url and not (
            _SIGN.search(names)
            or _SIGN.search(_file_name(url))
            or _is_small(picture)
            or inside(picture, _BESIDE, set())
        ):
            _add(found, Image(url))
    return tuple(found.values())


def _is_small(picture: Node) -> bool:
    sides = (picture.attributes.get(side) or "" for side in ("width", "height"))
    return any(side.isdecimal() and int(side) < _SMALL for side in sides)


def _above(page: Page, layout: Layout, container: Node, leading: Image) -> Image:
    """The picture of the nearest figure above the text that has a caption or credit; without one, the leading one."""
    for before in _before(container):
        for node in select(before, FIGURES):
            for address, caption, credit in _read_frame(Frame(node, outermost(node, layout.caption)), layout):
                if (caption or credit) and not inside(node, _BESIDE, set()):
                    url = page.absolute(address) or leading.url
                    if picture_key(url) == picture_key(leading.url):
                        return Image(leading.url, caption, credit or leading.credit)
                    return leading if leading.credit not in (None, credit) else Image(url, caption, credit)
    return leading


def _before(container: Node) -> Iterator[Node]:
    for node in takewhile(lambda part: part.tag not in ("article", "main", "body"), upward(container)):
        sibling = node.prev
        while sibling is not None:
            if sibling.is_element_node:
                yield sibling
            sibling = sibling.prev


def _add(found: dict[str, Image], image: Image) -> None:
    key = picture_key(image.url)
    known = found.setdefault(key, image)
    if not (known.caption or known.credit):
        found[key] = Image(known.url, image.caption, image.credit)


def picture_key(url: str) -> str:
    """A key that the addresses of all sizes and crops of a picture share."""
    _host, slash, path = _original(url).partition("/")
    return (_SIZE.sub("", slash + path) if path else "") or url


def _original(url: str) -> str:
    """Host and path of an address, or of the original in the address of a resizing service."""
    plain = unquote(url) if "%" in url else url
    return _QUERY.split(plain.rpartition("://")[2], maxsplit=1)[0]


def _file_name(url: str) -> str:
    return _original(url).rpartition("/")[2]


def _read_frame(frame: Frame, layout: Layout) -> list[tuple[str | None, str | None, str | None]]:
    pictures = select(frame.node, PICTURES) or select(frame.node, "picture source") or select(frame.node, _DRAWN)
    offers = [offer for offer in map(_best, pictures) if offer]
    captions = frame.captions
    if len(offers) > 1 and len(captions) > 1:
        distinct: dict[str, _Offer] = {}
        for offer in offers:
            distinct.setdefault(picture_key(offer[2]), offer)
        if len(distinct) == len(captions):
            return [
                (offer[2], *_caption([caption], caption, layout))
                for offer, caption in zip(distinct.values(), captions, strict=True)
            ]
    best = max(offers, key=itemgetter(0, 1), default=None)
    return [(best[2] if best else None, *_caption(captions, frame.node, layout))]


def _best(picture: Node) -> _Offer | None:
    """The best address of an `img` or `source`: its `srcset`; `<source>` elements, perhaps crops; then for scripts."""
    attributes = picture.attributes
    if attributes.get("width") in ("0", "1") or attributes.get("height") in ("0", "1"):  # a tracking pixel
        return None
    plain = ((0.0, attributes.get(name) or "") for name in (*_LAZY, "src"))
    for rank, offers in enumerate((_srcset(attributes), _of_sources(picture.parent), plain, _unusual(attributes))):
        for width, address in sorted(offers, key=itemgetter(0), reverse=True):  # stable: the first of equals
            if _is_picture(address):
                return -rank, width, address
    return None


def _unusual(attributes: Mapping[str, str | None]) -> Iterator[tuple[float, str]]:
    """Addresses in attributes of a library's own (`data-echo`), and of backgrounds."""
    for name, value in attributes.items():
        if name.startswith("data-") and value and _ADDRESS.fullmatch(value):
            yield 0.0, value
    background = _BACKGROUND.search(attributes.get("style") or "")
    if background:
        yield 0.0, background[1]


def _of_sources(parent: Node | None) -> Iterator[tuple[float, str]]:
    if parent is not None and parent.tag == "picture":
        for source in parent.css("source"):
            yield from _srcset(source.attributes)


def _is_picture(address: str) -> bool:
    inline = not address or address.strip().startswith(("data:", "blob:", "about:"))
    return not inline and not _PLACEHOLDER.search(_file_name(address))


def _srcset(attributes: Mapping[str, str | None]) -> Iterator[tuple[float, str]]:
    """Width (or density) and address of the candidates in `srcset`, `data-srcset` etc. (HTML, 4.8.4.2.1)."""
    for name, value in attributes.items():
        if name.endswith("srcset") and value:
            for match in _CANDIDATE.finditer(value):
                yield float(match[2] or 1), match[1].strip(",")


def _caption(captions: Sequence[Node], frame: Node, layout: Layout) -> tuple[str | None, str | None]:
    caption = " ".join(unique(map(text_of, captions)))
    if isinstance(layout.credit, re.Pattern):
        return part_credit(caption, layout.credit)
    named = outermost(frame, layout.credit) if layout.credit else named_credits(frame, captions)
    if not (named or layout.credit):
        return part_credit(caption, None)
    within = {node.mem_id for node in captions}
    in_caption = (node for node in named if not within.isdisjoint((node.mem_id, *ancestors(node))))
    for text in reversed(unique(map(text_of, in_caption))):
        before = caption.removesuffix(text)
        caption = (caption.removeprefix(text) if before == caption else before).strip(BETWEEN)
    return caption or None, without_label(" ".join(unique(map(text_of, named))))


def _leading(page: Page, layout: Layout) -> tuple[Image | None, str]:
    """The leading picture of the metadata, and its origin; its `alt` text is no caption unless it names a credit."""
    metadata = page.metadata
    about, url = _stated(metadata)
    url, origin = page.absolute(url), f"{metadata.subject}.image"
    if url is None:
        url, origin = page.absolute(metadata.first("og:image")), "meta og:image"
    name = _file_name(url) if url else ""
    if url is None or _LOGO.search(name) or _PLACEHOLDER.search(name):
        return None, ""
    described = metadata.first("og:image:alt", "twitter:image:alt") or ""
    caption, credit = part_credit(described, layout.credit if isinstance(layout.credit, re.Pattern) else None)
    if credit is None:
        caption, credit = as_text(about.get("caption")), _credit(about, metadata)
    return Image(url, caption, credit), origin


def _credit(about: Json, metadata: Metadata) -> str | None:
    """Who made a JSON-LD picture; a site that names itself there says nothing of it."""
    stated = (as_text(about.get(key)) for key in ("creditText", "author", "copyrightHolder"))
    return next((without_label(name) for name in stated if name and letters(name) not in metadata.site_keys), None)


def _stated(metadata: Metadata) -> tuple[Json, str | None]:
    for stated in metadata.resolved("image"):
        about = stated if isinstance(stated, dict) else {"url": stated}
        url = about.get("url") or about.get("contentUrl")
        if isinstance(url, str):
            return about, clean_markup(url)
    return {}, None
