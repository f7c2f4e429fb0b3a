"""TASS, https://tass.com, English service of the Russian state agency.

Text layout `text-2017` verified on three real captures from 2017-04 and 2017-05; `text-ticker` and `text-body` follow a
description of other captures of the same pages. No saved HTML page was available: the HTML layouts follow public
descriptions of the site's classes and rely on JSON-LD and OpenGraph. Discovery follows public documentation and has not
been tried against the live site.
"""

import re
from collections.abc import Iterable, Sequence

from parsers.fields.characters import unique
from parsers.fields.datelines import read_dateline
from parsers.page.html import LayoutError
from parsers.page.text import TextPage, is_heading, prose
from parsers.record.article import Block, BlockType, Fidelity
from parsers.record.draft import Draft
from parsers.source.definition import Layout, Source, TextLayout
from parsers.source.discovery import Feed, NewsSitemap

_MONTH = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_DATELINE = rf"[A-Z][A-Za-z .,'/-]{{1,60}}, {_MONTH} \d{{1,2}}\.? ?/TASS/\."
# `May 04, 19:27 UTC+3 ASTANA`: Moscow time, sometimes with the correspondent's city.
_DATE = re.compile(rf"^{_MONTH} \d{{1,2}}(?:, \d{{4}})?, \d{{1,2}}:\d{{2}}(?: UTC[+-]\d{{1,2}})?(?: [A-Z][A-Z .-]*)?$")
_DATED_START = re.compile(rf"^(?P<date>{_DATELINE})")
_PAGES = re.compile(r"^\d+ pages? in this article$")
_TICKER_END = "{{element.title}}{{element.heading}} {{element.date}}"
# The template line of the news widget under every text, then the lists that follow it.
_BODY_END = ("{{item.group_date}}", "Share", "Topics", "Persons", "In other media", "Реклама", "TOP STORIES")
_LIST_END = (
    "Topics",
    "Persons",
    "Companies",
    "Countries",
    "In other media",
    "Реклама",
    "Photo",
    "Infographics",
    "Share",
)
_FUNCTION_WORDS = frozenset(
    {"a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "over", "the", "to", "with"}
)


def _index_of(lines: Sequence[str], wanted: Iterable[str], start: int = 0) -> int | None:
    """Index of the first line at or after `start` that equals one of `wanted`."""
    words = frozenset(wanted)
    return next((n for n in range(start, len(lines)) if lines[n] in words), None)


def _following(lines: Sequence[str], start: int) -> int | None:
    """Index of the first non-empty line at or after `start`."""
    return next((n for n in range(start, len(lines)) if lines[n]), None)


def _read_full(page: TextPage) -> Draft:
    """Navigation, headline, section, date, lead, share box, pictures, body, topics, persons, most read."""
    lines = page.lines
    dated = next((n for n, line in enumerate(lines) if _DATE.match(line)), None)
    if dated is None:
        raise LayoutError("no date line under a section")
    above = [line for line in lines[:dated] if line]
    match above:
        case [*_, title, section]:
            draft = Draft(Fidelity.TEXT, title=title, section=section, published=page.published(lines[dated]))
        case _:
            raise LayoutError("no headline and section above the date line")
    share = _index_of(lines, ("Share",), dated)
    if share is None:
        raise LayoutError("no share box after the lead")
    lead = " ".join(line for line in lines[dated + 1 : share] if line)
    start = _read_pictures(lines, share + 1, draft)
    end = _index_of(lines, _BODY_END, start) or len(lines)
    draft.body = [Block(BlockType.LEAD, lead)] if lead else []
    draft.body += _read_body(lines[start:end], draft, loose=not lines[dated + 1])
    draft.topics = unique(topic for line in _listed(lines, "Topics", end) for topic in split_topics(line))
    draft.persons = _listed(lines, "Persons", end)
    _read_agency(draft)
    return draft


def _read_pictures(lines: Sequence[str], start: int, draft: Draft) -> int:
    """Read the credits of the pictures above the body; returns the index of the line after them.

    Captions come before their credit line; without a credit line there is no picture.
    """
    n = _following(lines, start)
    if n is not None and _PAGES.match(lines[n]):
        start = n + 1
    dateline = next((n for n in range(start, len(lines)) if _DATED_START.match(lines[n])), len(lines))
    credited = [n for n in range(start, dateline) if lines[n].startswith("©")]
    draft.photo_credits = unique(lines[n].removeprefix("©").strip() for n in credited)
    return credited[-1] + 1 if credited else start


def _read_body(lines: Sequence[str], draft: Draft, *, loose: bool) -> list[Block]:
    """Paragraphs and crossheads; the titles in `Read also` boxes become `related_titles`.

    `loose` captures keep blank lines between the parts of a box: a line right after `Read also` that a title follows is
    then the caption of the box's picture.
    """
    kept: list[str] = []
    related: list[str] = []
    n = 0
    while n < len(lines):
        if lines[n] != "Read also":
            kept.append(lines[n])
            n += 1
            continue
        n, title = _read_also(lines, n + 1, loose=loose)
        related.append(title)
    draft.related_titles = unique(related)
    return prose(kept)


def _read_also(lines: Sequence[str], start: int, *, loose: bool) -> tuple[int, str]:
    """The title of a `Read also` box and the index of the line after it."""
    first = _following(lines, start)
    if first is None:
        return len(lines), ""
    if first > start:  # a blank line, then the title
        return first + 1, lines[first]
    second = _following(lines, first + 1)
    captioned = second is not None and (second == first + 1 or (loose and is_heading(lines[second])))
    title = second if captioned and second is not None else first
    return title + 1, lines[title]


def _listed(lines: Sequence[str], label: str, start: int) -> tuple[str, ...]:
    """The lines under a label, up to the next label."""
    found = _index_of(lines, (label,), start)
    if found is None:
        return ()
    end = _index_of(lines, _LIST_END, found + 1) or len(lines)
    return unique(lines[found + 1 : end])


def split_topics(line: str) -> list[str]:
    """Topics that lost their separator: `Foreign policy Syrian conflict` gives two.

    TASS writes topics in sentence case: a capital after a lower-case word begins the next one, unless no topic can end
    with that word (`Conflict in Ukraine`).
    """
    topics: list[list[str]] = []
    for word in line.split():
        last = topics[-1][-1] if topics else ""
        if not topics or (word[0].isupper() and last[0].islower() and last not in _FUNCTION_WORDS):
            topics.append([word])
        else:
            topics[-1].append(word)
    return [" ".join(words) for words in topics]


def _read_bare(page: TextPage) -> Draft:
    """The body alone, after a ticker of other news or from the first line: no headline, no date but the dateline's."""
    lines = page.lines
    ticker = [n for n, line in enumerate(lines) if line == _TICKER_END]
    start = next((n for n in range(ticker[-1] if ticker else 0, len(lines)) if _DATED_START.match(lines[n])), None)
    if start is None:
        raise LayoutError("no paragraph with a TASS dateline")
    draft = Draft(Fidelity.PARTIAL)
    end = _index_of(lines, _BODY_END, start) or len(lines)
    draft.body = _read_body(lines[start:end], draft, loose=True)
    dateline = _DATED_START.match(lines[start])
    draft.published = page.published(dateline["date"]) if dateline else None
    _read_agency(draft)
    return draft


def _read_agency(draft: Draft) -> None:
    """TASS is the agency of all its texts; the city is that of the dateline."""
    opening = next((block.text for block in draft.body if block.type is BlockType.PARAGRAPH), "")
    dateline = read_dateline(opening)
    draft.agency, draft.dateline_city = "TASS", dateline.city if dateline else None


def _starts_with_body(page: TextPage) -> bool:
    start = _following(page.lines, 0)
    return start is not None and bool(_DATED_START.match(page.lines[start]))


SOURCE = Source(
    name="tass",
    title="TASS",
    hosts=("tass.com",),
    list_hosts=("tass.ru",),
    language="en",
    timezone="Europe/Moscow",
    version=3,
    discovery=(Feed("https://tass.com/rss/v2.xml"), NewsSitemap("https://tass.com/sitemap_news.xml")),
    article_url=re.compile(r"^/[a-z-]+/\d+/?(\?|$)"),  # /politics/944692
    layouts=(
        Layout(
            "2019",
            body=".text-content, .text-block",
            lead=".news-header__lead",
            title=".news-header__title",
            topics=".tags__list a",
            credit=".text-include-photo__author",
        ),
        Layout("2015", body=".b-material-text__l", title=".b-material__title", topics=".b-material__tags a"),
    ),
    text_layouts=(
        TextLayout("text-ticker", matches=lambda page: _TICKER_END in page.lines, read=_read_bare, headline=False),
        TextLayout("text-2017", matches=lambda page: any(map(_DATE.match, page.lines)), read=_read_full),
        TextLayout("text-body", matches=_starts_with_body, read=_read_bare, headline=False),
    ),
    signature=(
        re.compile(r"(?s)\A(?:\s?date \S+ )?\s*Back to Main page\s.*/TASS/"),
        re.compile(r"(?s)\{\{element\.title\}\}\{\{element\.heading\}\} \{\{element\.date\}\}.*/TASS/"),
        re.compile(rf"\A(?:\s?date \S+ )?\s*{_DATELINE}"),
    ),
)
