"""Deutsche Welle, https://www.dw.com. Layouts verified on saved pages of 2023-04, 2023-06 and 2024-01."""

import re
from collections.abc import Sequence
from dataclasses import replace

from parsers.article import Image
from parsers.bylines import split_names
from parsers.characters import clean, unique
from parsers.draft import Draft
from parsers.html import Node, attribute, text_of, texts
from parsers.page import Page
from parsers.source import FURNITURE, Layout, Source
from parsers.urls import absolute

_KICKER = "article header [data-tracking-name=content-detail-kicker] > span"
# Pictures are read after the body, so they stay in the tree; they hold no prose.
_FURNITURE = FURNITURE.removesuffix(", figure")
# The page's script fills the rendition into the address; 605 is the widest landscape one that its `srcset`s list.
_RENDITION = "605"
# `Autorin/Autor`, `Author`, `Autor`, `Auteur`: the label of the author in the fact list, by edition.
_AUTHOR_LABEL = re.compile(r"aut(or|hor|eur)", re.I)


def _pictures(page: Page, draft: Draft) -> None:
    """Pictures with caption and credit: above the text with a `srcset`, inside it with a template of an address."""
    found: dict[str, Image] = {}
    for frame in page.tree.css("article figure:has(figcaption)"):
        address = absolute(_address(frame), page.url)
        if address:
            credit = " ".join(texts(frame, ".copyright"))
            caption = clean(" ".join(texts(frame, "figcaption")).removesuffix(credit))
            found.setdefault(address, Image(address, caption or None, re.sub(r"^\w+:\s*", "", credit) or None))
    draft.images = tuple(found.values()) or draft.images
    draft.photo_credits = unique(image.credit for image in draft.images if image.credit)


def _address(frame: Node) -> str | None:
    template = attribute(frame, "img[data-format=MASTER_LANDSCAPE][data-url]", "data-url")
    if template:
        return template.replace("${formatId}", _RENDITION)
    renditions = (attribute(frame, "img[srcset]", "srcset") or "").split(",")
    return renditions[-1].split()[0] if renditions[-1].strip() else None


def _facts(page: Page) -> list[tuple[str, str]]:
    """Label and value of the list below a text of the old site: `Datum 28.04.2023`, `Autorin/Autor Jane Doe`."""
    found = []
    for entry in page.tree.css("#bodyContent ul.smallList > li"):
        label = " ".join(texts(entry, "strong"))
        found.append((label, clean(text_of(entry).removeprefix(label)).lstrip(": ")))
    return found


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


def _old_pictures(page: Page, draft: Draft) -> None:
    found: dict[str, Image] = {}
    for frame in page.tree.css("#bodyContent .picBox"):
        address = absolute(attribute(frame, "img", "src"), page.url)
        if address:
            found.setdefault(address, Image(address, " ".join(texts(frame, "p")) or None))
    draft.images = tuple(found.values()) or draft.images


_TODAY = Layout(
    "2024-01",
    body="article .rich-text",
    when="article header span.time-area",
    lead="article header .teaser-text",
    drop=".embed, .advertisement, .rich-text-ad, .vjs-no-js, blockquote.twitter-tweet",
    furniture=_FURNITURE,
    byline="article header .author-details",
    section=f"{_KICKER}:first-child",
    regions=f"{_KICKER}:nth-child(2)",
    # The two links above the headline name what the story is about; the list below it is called "similar topics".
    topics=_KICKER,
    refine=_pictures,
)

SOURCE = Source(
    name="dw",
    title="Deutsche Welle",
    hosts=("dw.com",),
    language="de",
    timezone="Europe/Berlin",
    version=1,
    layouts=(
        _TODAY,
        replace(
            _TODAY,
            name="2023-06",
            when="article header",
            # Here the section and a part of the world stand above the headline; topics only below the text.
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
            refine=_old_pictures,
        ),
    ),
)
