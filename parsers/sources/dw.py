"""Deutsche Welle, https://www.dw.com. Layouts verified on saved pages from 2023-04, 2023-06 and 2024-01.

Discovery follows public documentation and has not been tried against the live site.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from parsers.fields.bylines import split_names
from parsers.fields.characters import clean
from parsers.page.html import text_of, texts
from parsers.page.page import Page
from parsers.record.draft import Draft
from parsers.source.definition import Layout, Source
from parsers.source.discovery import Feed

_KICKER = "article header [data-tracking-name=content-detail-kicker] > span"
# The page's script puts the rendition into the address; 605 is the widest landscape one in its `srcset`s.
_TEMPLATE, _RENDITION = "$%7BformatId%7D", "605"
# `Autorin/Autor`, `Author`, `Autor`, `Auteur`: the author's label in the fact list, by edition.
_AUTHOR_LABEL = re.compile(r"aut(or|hor|eur)", re.I)


def _fill_in_renditions(_page: Page, draft: Draft) -> None:
    draft.images = tuple(replace(image, url=image.url.replace(_TEMPLATE, _RENDITION)) for image in draft.images)


def _facts(page: Page) -> Iterator[tuple[str, str]]:
    """Labels and values of the list below a text on the old site: `Datum 28.04.2023`, `Autorin/Autor Jane Doe`."""
    for entry in page.tree.css("#bodyContent ul.smallList > li"):
        label = " ".join(texts(entry, "strong"))
        yield label, clean(text_of(entry).removeprefix(label)).lstrip(": ")


def _old_date(page: Page) -> str | None:
    return next((value for _, value in _facts(page) if re.fullmatch(r"\d{1,2}\.\d{1,2}\.\d{4}", value)), None)


def _old_byline(page: Page) -> str | None:
    return next((value for label, value in _facts(page) if _AUTHOR_LABEL.search(label)), None)


def _old_authors(page: Page) -> Sequence[str]:
    byline = _old_byline(page)  # The meta element names the broadcaster on every page.
    return split_names(byline) if byline else ()


def _old_section(page: Page) -> str | None:
    match = re.search(r" \| ([^|]+) \| DW \| [\d.]+$", page.text("title") or "")  # headline | section | DW | date
    return match[1] if match else None


_TODAY = Layout(
    "2024-01",
    body="article .rich-text",
    when="article header span.time-area",
    lead="article header .teaser-text",
    drop=".embed, .advertisement, .rich-text-ad, .vjs-no-js, blockquote.twitter-tweet",
    byline="article header .author-details",
    section=f"{_KICKER}:first-child",
    regions=f"{_KICKER}:nth-child(2)",
    # The two links above the headline name the subject of the story; the list below it is called "similar topics".
    topics=_KICKER,
    figures="article figure:has(figcaption)",
    credit=".copyright",
    refine=_fill_in_renditions,
)

SOURCE = Source(
    name="dw",
    title="Deutsche Welle",
    hosts=("dw.com",),
    language="de",
    timezone="Europe/Berlin",
    version=2,
    discovery=(Feed("https://rss.dw.com/xml/rss-de-all"), Feed("https://rss.dw.com/xml/rss-en-all")),
    article_url=re.compile(r"/a-\d+(\?|$)"),
    layouts=(
        _TODAY,
        replace(
            _TODAY,
            name="2023-06",
            when="article header",
            # Here the section and a region are above the headline, and topics only below the text.
            topics="#related-topics aside a",
        ),
        Layout(
            "2023-04",
            body="#bodyContent .longText",
            blocks=".longText > :is(p, h2, h3, h4, blockquote), .longText > :is(ul, ol) > li",
            lead="#bodyContent p.intro",
            title="#bodyContent h1",
            byline=_old_byline,
            authors=_old_authors,
            published=_old_date,
            section=_old_section,
            figures="#bodyContent .picBox",
            caption="p",
        ),
    ),
)
