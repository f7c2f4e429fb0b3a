"""Deutsche Welle, https://www.dw.com. Layouts verified on saved pages from 2023-04, 2023-06 and 2024-01."""

import re
from dataclasses import replace

from parsers.fields.bylines import split_names
from parsers.page.page import Page
from parsers.reading.readings import labelled
from parsers.record.draft import Draft
from parsers.source.definition import Layout, Source
from parsers.source.discovery import Feed

_KICKER = "article header [data-tracking-name=content-detail-kicker] > span"
# The list below a text on the old site: `Datum 28.04.2023`, `Autorin/Autor Jane Doe`; labels differ by edition.
_FACTS = "#bodyContent ul.smallList > li"


def _fill_in_renditions(_page: Page, draft: Draft) -> None:
    """The page's script puts the rendition into the address; 605 is the widest landscape one in its `srcset`s."""
    draft.images = tuple(replace(image, url=image.url.replace("$%7BformatId%7D", "605")) for image in draft.images)


def _old_byline(page: Page) -> str | None:
    return labelled(page, _FACTS, re.compile(r"aut(or|hor|eur)", re.I))


_TODAY = Layout(
    "2024-01",
    body="article .rich-text",
    when="article header span.time-area",
    lead="article header .teaser-text",
    drop=".rich-text-ad",
    byline="article header .author-details",
    section=f"{_KICKER}:first-child",
    regions=f"{_KICKER}:nth-child(2)",
    topics=_KICKER,  # name the subject of the story; the list below it is called "similar topics"
    figures="article figure:has(figcaption)",
    credit=".copyright",
    refine=_fill_in_renditions,
)
# Here the section and a region are above the headline, and topics only below the text.
_2023_06 = replace(_TODAY, name="2023-06", when="article header", topics="#related-topics aside a")
_2023_04 = Layout(
    "2023-04",
    body="#bodyContent .longText",
    blocks=".longText > :is(p, h2, h3, h4, blockquote), .longText > :is(ul, ol) > li",
    lead="#bodyContent p.intro",
    title="#bodyContent h1",
    byline=_old_byline,
    authors=lambda page: split_names(_old_byline(page) or ""),  # the meta element names the broadcaster
    published=lambda page: labelled(page, _FACTS, re.compile(r"dat|fecha|дата", re.I)),
    section=lambda page: "".join(re.findall(r" \| ([^|]+) \| DW \|", page.metadata.title)),
    figures="#bodyContent .picBox",
    caption="p",
)

SOURCE = Source(
    name="dw",
    title="Deutsche Welle",
    hosts=("dw.com",),
    language="de",
    timezone="Europe/Berlin",
    version=3,
    discovery=(Feed("https://rss.dw.com/xml/rss-de-all"), Feed("https://rss.dw.com/xml/rss-en-all")),
    article_url=re.compile(r"/a-\d+(\?|$)"),
    layouts=(_TODAY, _2023_06, _2023_04),
    generic=True,
)
