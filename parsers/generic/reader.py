"""From a page that no layout describes to a draft, or to a word why it is no article."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from itertools import groupby, islice

from parsers.fields.characters import clean, clean_markup, letters
from parsers.fields.dates import DateBasis, Precision, Stamp, from_machine, from_visible
from parsers.generic.kinds import refusal
from parsers.generic.names import Title
from parsers.generic.outline import HEADINGS, SILENT, Outline, Part, Text, read_outline
from parsers.generic.selection import Selection, select_texts
from parsers.generic.story import find_story, own_heading
from parsers.page.html import part_of_article, remove_hidden
from parsers.page.page import Page
from parsers.reading.asides import without_notes
from parsers.reading.blocks import is_data_table, read_table, remove
from parsers.reading.finishing import completeness
from parsers.reading.frames import find_frames
from parsers.reading.pictures import note_pictures
from parsers.reading.reading import mark_stub, read_facts, refine
from parsers.reading.readings import MIN_HEADLINE, without_site
from parsers.reading.times import TIME_ELEMENT, publication_times, read_updates, shown_date
from parsers.record.article import Block, BlockType
from parsers.record.draft import BY_LAYOUT, Draft
from parsers.record.outcome import Rejected, RejectReason
from parsers.source.definition import GENERIC, UNDETERMINED, Layout, Source

WEB = "web"  # the source of all sites without one; no source file may take this name
_KINDS = {
    "li": BlockType.LIST_ITEM,
    "dd": BlockType.LIST_ITEM,
    "blockquote": BlockType.QUOTE,
    "pre": BlockType.CODE,
    **dict.fromkeys(HEADINGS, BlockType.HEADING),
}
_TABLE_LEVELS = 10  # parts around a text in a table inside a table: cell, row, rows, table, each twice, a list
_HOSTS = 1024  # whose sources are remembered
_LINES = re.compile(r"\n\s*|<br ?/?>|</p>", re.I)
_LEAST_STATED = 300  # characters of a JSON-LD body that is more than a summary


@lru_cache(_HOSTS)
def source_of(host: str | None) -> Source:
    """A source made up for a host; None: of a page without an address."""
    hosts = (host,) if host else ()
    return Source(name=WEB, title=host or WEB, hosts=hosts, language=UNDETERMINED, timezone="UTC")


def read_generically(page: Page, layout: Layout, *, zoned: bool) -> Draft | Rejected:
    """The article around the densest prose; not `zoned`: a time without a zone is a day. Changes the tree."""
    body = page.tree.body
    if body is None:
        return Rejected(RejectReason.EMPTY, "no body element")
    if layout.drop:
        remove(body, layout.drop)
    metadata = page.metadata
    title = Title(metadata.jsonld("headline"), metadata.first("og:title"), metadata.title)
    outline = read_outline(body)
    own = own_heading(outline, title)
    story = find_story(outline, own)
    if story is None:  # a page that a script would fill may have its text for readers without scripts
        outline = read_outline(body, SILENT - {"noscript"})
        own = own_heading(outline, title)
        story = find_story(outline, own)
    texts = select_texts(outline, story, own, title) if story else Selection((), ())
    place = story.node if story else body
    page = replace(page, scope=part_of_article(place))
    draft = read_facts(page, layout)
    frames = find_frames(page, layout, [place])
    note_pictures(page, layout, [place], frames, draft)
    of_pictures = {node.mem_id for frame in frames for node in (frame.node, *frame.captions)}
    _read_body(page, draft, story, texts.without(of_pictures))
    draft.body = without_notes(draft.body, layout.notes, draft.authors)
    mark_stub(draft)
    _read_facts(page, draft, outline, own)
    if not zoned:
        draft.published = in_own_zone(draft.published, (stamp for stamp, _ in publication_times(page, GENERIC)))
        changed = metadata.jsonld("dateModified")
        if draft.modified_at and changed and is_elsewhere(draft.modified_at, changed):
            draft.modified_at = None
    refine(page, layout, draft)
    read_updates(page, draft)
    return refusal(page, outline, story, draft) or draft


def _read_body(page: Page, draft: Draft, story: Part | None, texts: Selection) -> None:
    """The selected texts; or the body that JSON-LD states, if the page shows less than half of it."""
    stated = page.metadata.article.get("articleBody")
    shown = sum(len(text.text) for text in texts.body)
    if isinstance(stated, str) and len(stated) > max(_LEAST_STATED, 2 * shown):
        lines = filter(None, map(clean_markup, _LINES.split(stated)))
        draft.body = [Block(BlockType.PARAGRAPH, line) for line in lines]
        draft.origins["body"] = f"{page.metadata.subject}.articleBody"
        draft.completeness = 1.0
        return
    lead = [Block(BlockType.LEAD, text.text) for text in texts.lead]
    draft.completeness = completeness((text.text for text in texts.body), (text.text for text in texts.shown))
    draft.body = [*lead, *_blocks(texts.body)]
    names = (story.node.attributes.get("class") or "").split() if story else []
    draft.origins["body"] = ".".join(["densest text: " + (story.tag if story else "none"), *names[:1]])
    draft.origins["lead"] = "between headline and body"


def _blocks(texts: Sequence[Text]) -> Iterator[Block]:
    are_data: dict[Part, bool] = {}

    def table(text: Text) -> Part | Text:
        outermost: Part | Text = text
        for part in islice(text.part.around(), _TABLE_LEVELS):
            if part.tag == "table":
                if part not in are_data:
                    are_data[part] = is_data_table(part.node)
                outermost = part if are_data[part] else outermost
        return outermost

    for of, _ in groupby(texts, table):
        if isinstance(of, Text):
            yield Block(_kind(of), of.text)
        else:
            remove_hidden(of.node)
            yield from read_table(of.node)


def _kind(text: Text) -> BlockType:
    kind = _KINDS.get(text.part.tag)
    if kind:
        return kind
    above = text.part.parent
    return BlockType.QUOTE if above is not None and above.tag == "blockquote" else BlockType.PARAGRAPH


def _read_facts(page: Page, draft: Draft, outline: Outline, own: int | None) -> None:
    """Title and times, where neither layout nor the shared reading knows what the page shows."""
    headings = [text for text in outline.texts if text.is_heading]
    better = headline(page, draft.title, headings, outline.texts[own] if own is not None else None)
    if better and not draft.origins.get("title", "").startswith(BY_LAYOUT):
        draft.title, draft.origins["title"] = better
    known = draft.published.at if draft.published else None
    outside = page.scope is not None and page.scope.css_first(TIME_ELEMENT) is None
    astray = outside and draft.origins.get("published") == TIME_ELEMENT  # it may be that of a story above
    if known is None or astray:
        shown = shown_date(page, outline.texts[own].part.node if own is not None else None)
        if shown and (known is None or (shown.at and shown.at.date() != known.date())):
            draft.published, draft.origins["published"] = shown, "date after the headline"


_SIGNS = re.compile(r"\D")
_TO_MINUTES = 12  # digits
_SAME_END = 8  # characters
_LEADING_SIGNS = re.compile(r"^[\s:|·•–—-]+")  # that part a kicker and a headline
_OTHER_ZONE = "Asia/Tokyo"  # a time that is read differently there states no zone


def headline(page: Page, stated: str | None, headings: Sequence[Text], own: Text | None) -> tuple[str, str] | None:
    """A better headline than the `stated`: the own heading, or what follows its kicker, if OpenGraph agrees."""
    metadata = page.metadata
    shown = own.text if own else ""
    title = without_site(metadata.first("og:title") or "", metadata.site_keys, [shown])
    if not title or stated is None:
        return None
    like = (heading for heading in headings if title.endswith(heading.text[-_SAME_END:]))
    after_kicker = next(filter(None, (_after_kicker(heading, title) for heading in like)), None)
    if after_kicker:
        return after_kicker, "heading without its kicker"
    if letters(title) == letters(stated):  # they differ in signs at most
        as_named = title != stated and without_site(metadata.title, metadata.site_keys).startswith(title)
        return (title, "meta og:title, as in title") if as_named else None
    return (shown, "heading") if shown == title else None


def _after_kicker(heading: Text, title: str) -> str | None:
    """What stands in a heading after an element of its own that a title, which ends with the same, does not say."""
    stated = letters(title)
    if stated.endswith(letters(heading.text)):
        return None
    nodes = heading.part.node.traverse(include_text=True)
    pieces = [clean(node.text_content or "") for node in nodes if node.tag == "-text"]
    ends = (_LEADING_SIGNS.sub("", " ".join(filter(None, pieces[n:]))) for n in range(1, len(pieces)))
    return next((end for end in ends if len(letters(end)) >= MIN_HEADLINE and stated.endswith(letters(end))), None)


def in_own_zone(stamp: Stamp | None, readings: Iterable[Stamp]) -> Stamp | None:
    """A time that states no zone with that of another reading of the same clock; else the day alone."""
    if stamp is None or stamp.at is None or stamp.precision is Precision.DAY or stamp.basis is None:
        return stamp
    if not is_elsewhere(stamp.at, stamp.raw):
        return stamp
    clock = _clock(stamp)
    alike = (other for other in readings if other.at and _clock(other) == clock)
    stated = (other for other in alike if other.at and not is_elsewhere(other.at, other.raw))
    day = stamp.at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return next(stated, None) or replace(stamp, at=day, precision=Precision.DAY)


def _clock(stamp: Stamp) -> str:
    return _SIGNS.sub("", stamp.raw)[:_TO_MINUTES]


def is_elsewhere(at: datetime, text: str) -> bool:
    """Whether a time for machines that was read as UTC is another in another zone: it names none."""
    elsewhere = from_machine(text, DateBasis.META, _OTHER_ZONE) or from_visible(text, _OTHER_ZONE)
    return elsewhere.at != at
