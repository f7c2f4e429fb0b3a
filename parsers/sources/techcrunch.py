"""TechCrunch, https://techcrunch.com. Layouts verified on saved pages of 2024-04 and 2024-05 (the redesign)."""

import re
from collections.abc import Mapping, Sequence

from parsers.article import Image
from parsers.characters import clean, unique
from parsers.draft import Draft
from parsers.html import attribute, texts
from parsers.metadata import as_text, as_texts
from parsers.page import Page
from parsers.source import Layout, Source
from parsers.urls import absolute

_CREDIT = re.compile(r"\(?\bImage(?: Credits)?:", re.I)
_SUFFIX = re.compile(r"\s*[|\u2013-]\s*TechCrunch\+?$")
# Embedded posts of others, adverts, and boxes that offer newsletters, events and podcasts.
_DROP = (
    "blockquote.twitter-tweet, blockquote.instagram-media, blockquote.tiktok-embed, .embed, .ad-unit, .wp-caption,"
    ' .piano-inline-promo, [class*="inline-cta"], [class*="newsletter"], [class*="podcast-player"]'
)


def _title(page: Page) -> str | None:
    """The headline as typed: JSON-LD and the page have the quotation marks that WordPress makes of the typed ones."""
    return _SUFFIX.sub("", page.metadata.first("og:title") or "")


def _authors(page: Page) -> Sequence[str]:
    """Names of the JSON-LD authors, which since the redesign are given by the `@id` of a person further down."""
    stated = page.metadata.article.get("author")
    people = {found["@id"]: found for found in page.metadata.objects if isinstance(found.get("@id"), str)}
    entries = stated if isinstance(stated, list) else [stated]
    return as_texts([_person(entry, people) for entry in entries]) or page.metadata.all("author")


def _person(entry: object, people: Mapping[str, object]) -> object:
    return people.get(str(entry.get("@id")), entry) if isinstance(entry, dict) and not as_text(entry) else entry


def _access(page: Page) -> str | None:
    """Stated for the web page, not for the article on it."""
    stated = (as_text(found.get("isAccessibleForFree")) for found in page.metadata.objects)
    return next((text for text in stated if text), None)


def _old_byline(page: Page) -> str | None:
    return ", ".join(page.texts(".article__byline > a"))


def _byline(page: Page) -> str | None:
    """Of the story itself: the cards of other stories below it have authors too."""
    return ", ".join(page.texts('[class*="-hero"] [class*="author-card-name"] a'))


def _pictures(page: Page, draft: Draft) -> None:
    """The picture above the text, which stands outside of it, and captions parted from credits."""
    hero = page.tree.css_first("figure.wp-block-post-featured-image")
    address = absolute(attribute(hero, "img[src]", "src"), page.url) if hero is not None else None
    pictures = list(draft.images)
    if hero is not None and address:
        same = {page.metadata.first("og:image"), as_text(page.metadata.article.get("image"))}  # in another size
        pictures = [image for image in pictures if image.url not in same]
        pictures.insert(0, Image(address, None, " ".join(texts(hero, "figcaption"))))
    draft.images = tuple(_part(image) for image in pictures)
    draft.photo_credits = unique(image.credit for image in draft.images if image.credit)


def _part(image: Image) -> Image:
    caption, *credit = _CREDIT.split(image.credit or image.caption or "", maxsplit=1)
    return Image(image.url, clean(caption) or None, clean("".join(credit)).removesuffix(")") or None)


SOURCE = Source(
    name="techcrunch",
    title="TechCrunch",
    hosts=("techcrunch.com",),
    language="en",
    timezone="America/Los_Angeles",
    version=1,
    layouts=(
        Layout(
            "2024-05",
            body="div.entry-content.wp-block-post-content",
            when='meta[property="article:published_time"]',  # pages about events and the like have none
            drop=_DROP,
            title=_title,
            authors=_authors,
            byline=_byline,
            access=_access,
            credit="figcaption",
            refine=_pictures,
        ),
        Layout(
            "2024-04",
            body="article.article-container div.article-content",
            drop=_DROP,
            title=_title,
            authors=_authors,
            byline=_old_byline,
            access=_access,
            images="figure, .wp-caption",
            credit="figcaption, .wp-caption-text",
            refine=_pictures,
        ),
    ),
)
