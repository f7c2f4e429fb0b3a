"""The pictures of a page: address, caption, credit, each picture once whatever its crops and sizes."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile
from operator import itemgetter
from typing import NamedTuple
from urllib.parse import unquote

from parsers.fields.characters import clean, clean_markup, unique
from parsers.fields.urls import absolute
from parsers.page.html import Node, ancestors, outermost, select, text_of
from parsers.page.metadata import Json, Metadata, as_text
from parsers.page.page import Page
from parsers.record.article import Image
from parsers.record.origins import BODY_FIGURES, by_layout
from parsers.source.definition import Layout

# What lazy loading puts in the place of a picture, and what sites give for want of one, by its file name. A company's
# logo as a photograph is a picture; as a drawing it is a site's own.
_PLACEHOLDER = re.compile(
    r"placeholder|default[-_]?(?:image|share)|logo[^/]*\.svg$"
    r"|^(?:blank|spacer|pixel|transparent|clear|empty|loading|loader|lazy|1x1)\.(?:gif|png|svg)$",
    re.I,
)
_LOGO = re.compile("logo", re.I)  # as the leading picture of the metadata: the site's, for want of a picture
# Attributes under which libraries for lazy loading keep the address, while `src` is a placeholder or missing.
_LAZY = ("data-src", "data-original", "data-lazy-src", "data-lazy", "data-flickity-lazyload", "data-url", "data-image")
# An address of a `srcset` with its width (`640w`) or density (`2x`); addresses may hold commas. Possessive, since real
# ones have kilobytes, and nothing is to be tried twice.
_CANDIDATE = re.compile(r"(\S++)(?:\s++(\d++(?:\.\d++)?+)[wx](?:\s++\d++h)?+)?+,?")
_QUERY = re.compile("[?&#]")
# What differs between sizes and crops of one picture: `-1024x576`, `/0_184_5067_3040/`, `/w_300,h_200/`, the format.
# The sign at their beginning is asked for first, since most characters of an address are none.
_SIZE = re.compile(
    r"(?=[-_/.,])(?:.\d{2,4}x\d{2,4}(?!\d)|/\d+_\d+_\d+_\d+(?=/)|/(?:[a-z_]+,)?[wh]_\d+(?:,[^/]*)?(?=/)"
    r"|(?:\.(?:jpe?g|png|webp|avif|gif))+$)"
)
# What stands before the name in a credit. Without a colon or `by` these words may be a part of it: `Photo Press`.
_LABEL = re.compile(
    r"(?:(?:[©ⓒ]|\(c\)|copyright\b|(?:photo(?:graph)?|image|picture|illustration|composite|graphic|artwork|foto|bild|"
    r"grafik|quelle|source|credit|사진)s?(?: credits?)?\s?(?:[:=]|\b(?:by|von)\b))\s?)+",
    re.I,
)


def read_pictures(page: Page, layout: Layout, containers: Sequence[Node]) -> tuple[tuple[Image, ...], str]:
    """The pictures in page order; before them the leading one of the metadata, unless it is among them; their origin.

    The leading picture is also left out where `layout.figures` found any. An element of `layout.figures` that has a
    caption but no picture, which scripts would load, is the caption of the leading one.
    """
    leading, stated = _leading(page, layout)
    shown = by_layout(layout.figures) if layout.figures else BODY_FIGURES
    found: dict[str, Image] = {}
    for frame in _frames(page, layout, containers):
        for address, caption, credit in _read_frame(frame, layout):
            url = absolute(address, page.url)
            if url is None and layout.figures and leading and (caption or credit):
                url = leading.url
            if url:
                _add(found, Image(url, caption, credit))
    if leading and found and _same(leading.url) in found:
        _add(found, leading)
    elif leading and not (layout.figures and found):
        return (leading, *found.values()), f"{stated}; {shown}" if found else stated
    return tuple(found.values()), shown


def _add(found: dict[str, Image], image: Image) -> None:
    """Add a picture, or what a picture that is known already says of itself here."""
    key = _same(image.url)
    known = found.setdefault(key, image)
    if not (known.caption or known.credit):
        found[key] = Image(known.url, image.caption, image.credit)


def _same(url: str) -> str:
    """What the addresses of all sizes and crops of a picture have in common: the path without them."""
    _host, slash, path = _original(url).partition("/")
    return (_SIZE.sub("", slash + path) if path else "") or url


def _original(url: str) -> str:
    """Host and path of an address, or of the original where a resizing service has that as the last part of its own."""
    plain = unquote(url) if "%" in url else url
    return _QUERY.split(plain.rpartition("://")[2], maxsplit=1)[0]


def _file_name(url: str) -> str:
    return _original(url).rpartition("/")[2]


def _frames(page: Page, layout: Layout, containers: Sequence[Node]) -> list[Node]:
    """The elements with pictures, innermost only: a gallery is a figure of figures."""
    if layout.figures:
        frames = page.select(layout.figures)
    else:
        frames = list({node.mem_id: node for container in containers for node in container.css("figure")}.values())
        if frames:
            css = ", ".join(filter(None, ("aside, nav, footer", layout.drop, layout.related)))
            unwanted = {node.mem_id for container in containers for node in container.css(css)}
            frames = [frame for frame in frames if unwanted.isdisjoint((frame.mem_id, *ancestors(frame)))]
    if len(frames) > 1:
        holders: set[int] = set()
        for frame in frames:
            holders.update(takewhile(lambda above: above not in holders, ancestors(frame)))
        frames = [frame for frame in frames if frame.mem_id not in holders]
    return frames


def _read_frame(frame: Node, layout: Layout) -> list[tuple[str | None, str | None, str | None]]:
    """Address, caption and credit of the picture; of several, where there is a caption for each."""
    pictures = select(frame, "img, amp-img") or select(frame, "picture source")
    offers = [offer for offer in map(_best, pictures) if offer]
    captions = outermost(frame, layout.caption)
    if len(offers) > 1 and len(captions) > 1:
        distinct: dict[str, _Offer] = {}
        for offer in offers:
            distinct.setdefault(_same(offer.address), offer)
        if len(distinct) == len(captions):
            return [
                (offer.address, *_caption([caption], caption, layout))
                for offer, caption in zip(distinct.values(), captions, strict=True)
            ]
    best = max(offers, key=_merit, default=None)
    return [(best.address if best else None, *_caption(captions, frame, layout))]


class _Offer(NamedTuple):
    """An address under which a picture may be had: how good its kind is, and its width in pixels (or density)."""

    rank: int
    width: float
    address: str


def _merit(offer: _Offer) -> tuple[int, float]:
    return offer[:2]


def _best(picture: Node) -> _Offer | None:
    """The best address of an `img` or `source`, None where there are but placeholders.

    What the picture itself offers comes before what other elements offer for other screens, which may be crops; then
    come addresses that wait for a script, and that for old browsers.
    """
    attributes = picture.attributes
    if attributes.get("width") in ("0", "1") or attributes.get("height") in ("0", "1"):  # counts readers
        return None
    plain = ((0.0, attributes.get(name) or "") for name in (*_LAZY, "src"))
    for rank, offers in enumerate((_srcset(attributes), _of_sources(picture.parent), plain)):
        for width, address in sorted(offers, key=itemgetter(0), reverse=True):  # stable: the first of equals
            if _is_picture(address):
                return _Offer(-rank, width, address)
    return None


def _of_sources(parent: Node | None) -> Iterator[tuple[float, str]]:
    """Width and address of what the `<source>` elements of a `<picture>` offer."""
    if parent is not None and parent.tag == "picture":
        for source in parent.css("source"):
            yield from _srcset(source.attributes)


def _is_picture(address: str) -> bool:
    inline = not address or address.strip().startswith(("data:", "blob:", "about:"))
    return not inline and not _PLACEHOLDER.search(_file_name(address))


def _srcset(attributes: Mapping[str, str | None]) -> Iterator[tuple[float, str]]:
    """Width (or density) and address of the candidates of `srcset`, `data-srcset` and the like (HTML, 4.8.4.2.1)."""
    for name, value in attributes.items():
        if name.endswith("srcset") and value:
            for match in _CANDIDATE.finditer(value):
                yield float(match[2] or 1), match[1].strip(",")


def _caption(captions: Sequence[Node], frame: Node, layout: Layout) -> tuple[str | None, str | None]:
    """Caption and credit, apart."""
    caption = " ".join(unique(map(text_of, captions)))
    if not isinstance(layout.credit, str):
        return _parted(caption, layout.credit)
    named = outermost(frame, layout.credit)
    inside = (node for outer in captions for node in outermost(outer, layout.credit)) if named else ()
    for text in unique(map(text_of, inside)):
        caption = caption.removesuffix(text).removeprefix(text).strip()
    return caption or None, _without_label(" ".join(unique(map(text_of, named))))


def _parted(caption: str, credit: re.Pattern[str] | None) -> tuple[str | None, str | None]:
    match = credit.search(caption) if credit else None
    if match is None:
        return caption or None, None
    rest = clean(f"{caption[: match.start()]} {caption[match.end() :]}")
    return rest or None, _without_label(match[1])


def _without_label(credit: str) -> str | None:
    """The name alone: `(Foto: © Jane Doe)` gives `Jane Doe`."""
    bare = clean(credit)
    if bare.startswith("(") and bare.endswith(")"):
        bare = bare[1:-1]
    label = _LABEL.match(bare)
    return clean(bare[label.end() :] if label else bare) or None


def _leading(page: Page, layout: Layout) -> tuple[Image | None, str]:
    """The leading picture by the metadata, and where it stands there.

    Its description is for those who don't see it, and no caption, unless it names a credit as the captions do.
    """
    metadata = page.metadata
    about, url = _stated(metadata)
    url, origin = absolute(url, page.url), f"{metadata.subject}.image"
    if url is None:
        url, origin = absolute(metadata.first("og:image"), page.url), "meta og:image"
    name = _file_name(url) if url else ""
    if url is None or _LOGO.search(name) or _PLACEHOLDER.search(name):
        return None, ""
    described = metadata.first("og:image:alt", "twitter:image:alt") or ""
    if isinstance(layout.credit, re.Pattern) and layout.credit.search(described):
        return Image(url, *_parted(described, layout.credit)), origin
    return Image(url, as_text(about.get("caption")), _without_label(as_text(about.get("creditText")) or "")), origin


def _stated(metadata: Metadata) -> tuple[Json, str | None]:
    """The first JSON-LD picture that has an address, and the address; a picture may be given by that alone."""
    for stated in metadata.resolved("image"):
        about = stated if isinstance(stated, dict) else {"url": stated}
        url = about.get("url") or about.get("contentUrl")
        if isinstance(url, str):
            return about, clean_markup(url)
    return {}, None
