"""When an article, or a post of a live blog, was published and changed: as it is declared, or as readers see it."""

import re
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import islice, takewhile
from typing import Any, Final

from parsers.fields.characters import clean
from parsers.fields.dates import CHANGED, DateBasis, Precision, Stamp, from_machine, from_visible
from parsers.fields.words import words
from parsers.page.html import CODE, Node, inside, text_of, upward
from parsers.page.metadata import as_text
from parsers.page.page import Page
from parsers.reading.readings import live_blog, readings, text_field
from parsers.record.article import Update, spans_of
from parsers.record.draft import Draft, by_layout, first_said
from parsers.source.definition import Layout

_PUBLISHED_META = words("meta", "published")  # the first that holds a time wins
_MODIFIED_META = words("meta", "modified")
TIME_ELEMENT = "time[datetime], abbr.published[title]"  # the second is that of microformats
_MARKED = '[itemprop="datePublished"], [property$="datePublished"]:not(meta)'  # microdata, RDFa
OF_OTHERS = r"comment|related|recommend|teaser|sidebar|most-?read|popular"  # in names of what holds other stories
_OTHERS = re.compile(OF_OTHERS, re.I)
_LONGEST_LABEL = 30  # characters before a time
_NAMED_BY_LOOK = ("article", "main", "body")  # their names say how the page looks


def read_published(page: Page, layout: Layout, draft: Draft) -> Stamp | None:
    """The first reading with a time, or else the first with a text."""
    incomplete = None
    for reading in publication_times(page, layout):
        incomplete = incomplete or reading
        if reading[0].at is not None:
            return first_said(draft, "published", [reading])
    return first_said(draft, "published", [incomplete] if incomplete else [])


def publication_times(page: Page, layout: Layout) -> Iterator[tuple[Stamp, str]]:
    """Readings of the publication time, most trusted first."""
    shown = text_field(page, layout.published)
    if shown and layout.published:
        stamp = from_machine(shown, DateBasis.TIME_ELEMENT, page.timezone) or from_visible(shown, page.timezone)
        yield stamp, by_layout(layout.published)
    metadata = page.metadata
    stated = metadata.jsonld("datePublished")
    if stated:
        yield stated_time(page, stated, DateBasis.JSONLD), f"{metadata.subject}.datePublished"
    for name in _PUBLISHED_META:
        for value in metadata.all(name):
            yield stated_time(page, value, DateBasis.META), f"meta {name}"
    for node in page.own(_MARKED):
        text = node.attributes.get("content") or node.attributes.get("datetime") or text_of(node)
        yield stated_time(page, clean(text), DateBasis.TIME_ELEMENT), "itemprop datePublished"
    for node in page.own(TIME_ELEMENT):
        if not _is_of_change(node) and not is_of_others(node):
            text = clean(node.attributes.get("datetime") or node.attributes.get("title") or "")
            yield stated_time(page, text, DateBasis.TIME_ELEMENT), TIME_ELEMENT
            break
    stated = as_text(metadata.web_page.get("datePublished"))
    if stated:
        yield stated_time(page, stated, DateBasis.JSONLD), "JSON-LD WebPage.datePublished"


def _is_of_change(node: Node) -> bool:
    attributes, before = node.attributes, node.prev
    if "published" in (attributes.get("class") or ""):  # WordPress adds `updated` to a time that is both
        return False
    label = before.text() if before is not None and before.tag == "-text" else ""
    named = f"{attributes.get('class')} {attributes.get('itemprop')} {label[-_LONGEST_LABEL:]}"
    return CHANGED.search(named) is not None


def is_of_others(node: Node) -> bool:
    """Whether elements around a time, up to its article, are named as those of comments or of other stories."""
    parts = takewhile(lambda part: part.tag not in _NAMED_BY_LOOK, upward(node))
    return any(_OTHERS.search(f"{part.attributes.get('class')} {part.attributes.get('id')}") for part in parts)


def stated_time(page: Page, text: str, basis: DateBasis) -> Stamp:
    """A time in place of a machine format; some sites write `November 19, 2019, 07:47 PM EST` there."""
    return from_machine(text, basis, page.timezone) or from_visible(text, page.timezone, basis=basis)


def modified(page: Page, layout: Layout) -> Iterator[tuple[datetime | None, str]]:
    """Readings of the time of the last change, most trusted first."""
    for text, origin in readings(page, layout.modified, "dateModified", *_MODIFIED_META):
        if text:
            yield stated_time(page, text, DateBasis.META).at, origin


_APART: Final = frozenset({"aside", "nav"})  # whose times are those of other stories; an article's footer has its own
_NO_DATE: Final = _APART | CODE | {"blockquote", "figure"}
_LONGEST: Final = 100  # characters of a text with a date; a longer one is prose
_LONGEST_RAW: Final = (
    2_000  # of such a text with its white space; cleaning a whole page thirty times would take seconds
)
_PIECES: Final = 30  # of text after the headline among which a date is looked for
_PROSE: Final = 5  # long ones among them, of which the first may be a standfirst
_SENTENCE: Final = 8  # spaces in one that names a date beside other things
_AROUND: Final = 2  # elements around a piece: day and time may be in one each
_TITLE_DATE: Final = re.compile(r"[|–—-]\s*([^|–—]*\b(?:19|20)\d\d)$")
_DATED: Final = '[class*="date" i], [class*="datum" i], [class*="publi" i]'
_LEVELS: Final = 3  # elements around a headline; further out stand other stories, and today's date
_MOST_DATED: Final = 5


def shown_date(page: Page, headline: Node | None) -> Stamp | None:
    """The date at the end of the title, the first among the texts after the headline, beside it, or of a `<time>`."""
    return next(filter(None, (_stamp(texts, page.timezone) for texts in _texts(page, headline))), None)


def _stamp(texts: list[str], zone: str) -> Stamp | None:
    """The date in the first of the texts, each of which is a part of the next; with its time, if one has that too."""
    stamps = [stamp for text in texts if (stamp := from_visible(text, zone)).at is not None]
    exact = (stamp for stamp in stamps if stamp.precision is not Precision.DAY)
    return next(exact, stamps[0]) if stamps else None


def _texts(page: Page, headline: Node | None) -> Iterator[list[str]]:
    title = _TITLE_DATE.search(page.metadata.title[-_LONGEST:])
    yield [title[1]] if title else []
    if headline is not None:
        yield from _after(headline)
        yield from ([text] for text in _beside(headline) if len(text) <= _LONGEST)
    times = (node for node in page.tree.css("time") if not inside(node, _APART, set()) and not is_of_others(node))
    yield [node.attributes.get("datetime") or text_of(node) for node in islice(times, 1)]


def _after(headline: Node) -> Iterator[list[str]]:
    """The first short texts after the headline that are in no quotation, picture or other story, with those around."""
    prose = 0
    for piece in islice(_pieces_after(headline), _PIECES):
        parts = islice(upward(piece.parent), _AROUND)
        raw = (text for part in parts if len(text := part.text(separator=" ")) <= _LONGEST_RAW)
        short = [text for text in map(clean, raw) if not _is_prose(text)]
        if short and not inside(piece, _NO_DATE, set()) and not is_of_others(piece):
            yield short
        prose += not short
        if prose == _PROSE:
            return


def _is_prose(text: str) -> bool:
    return len(text) > _LONGEST or (text.endswith((".", "!", "?", "。")) and text.count(" ") >= _SENTENCE)


def _pieces_after(headline: Node) -> Iterator[Node]:
    for part in upward(headline):
        node = part.next
        while node is not None:
            pieces = (inner for inner in node.traverse(include_text=True) if inner.tag == "-text")
            yield from (piece for piece in pieces if not piece.text().isspace())
            node = node.next


def _beside(headline: Node) -> Iterator[str]:
    above = headline.parent
    for _ in range(_LEVELS):
        if above is None or above.tag in ("body", "main"):
            return
        yield from map(text_of, above.css(_DATED)[:_MOST_DATED])
        above = None if above.tag == "article" else above.parent


_OPENING: Final = 60  # characters that tell where a post begins; more may be cut off in one of the two places
_ZONED: Final = re.compile(r"(?:Z|[+-]\d\d:?\d\d)$")


def read_updates(page: Page, draft: Draft) -> None:
    """Note the posts of a live blog, in the order of the page, and where in the text each of them begins."""
    live = live_blog(page.metadata)
    stated = live.get("liveBlogUpdate") if live else None
    posts = [post for post in (stated if isinstance(stated, list) else [stated]) if isinstance(post, dict)]
    if not posts:
        return
    starts: defaultdict[str, deque[int]] = defaultdict(deque)
    for block, span in zip(draft.body, spans_of(tuple(draft.body)), strict=True):
        starts[block.text[:_OPENING]].append(span.start)
    draft.updates = tuple(_updates(page, posts, starts))
    draft.origins["updates"] = "JSON-LD LiveBlogPosting.liveBlogUpdate"


def _updates(page: Page, posts: list[dict[str, Any]], starts: Mapping[str, deque[int]]) -> Iterator[Update]:
    for post in posts:
        title, time = as_text(post.get("headline")), as_text(post.get("datePublished")) or ""
        # Without a zone it is a guess.
        posted_at = stated_time(page, time, DateBasis.JSONLD).at if _ZONED.search(time) else None
        openings = (text[:_OPENING] for text in (title, as_text(post.get("articleBody"))) if text)
        places = next((starts[opening] for opening in openings if starts.get(opening)), None)
        if title or posted_at:
            yield Update(posted_at, title, places.popleft() if places else None)
