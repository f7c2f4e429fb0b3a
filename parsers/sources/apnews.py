"""AP News, https://apnews.com. Layouts verified on saved pages of 2023-04 (2021) and 2024-02 to 2024-09 (2023-07)."""

import re

from parsers.article import Block, Image
from parsers.characters import unique
from parsers.draft import Draft
from parsers.html import text_of
from parsers.metadata import as_texts, keywords
from parsers.page import Page
from parsers.source import Layout, Source
from parsers.urls import absolute

# Names of AP's wires and desks, which route a story to customers and say nothing of what it is about; single letters
# are the wire's category codes.
_ROUTING = re.compile(
    r".* State Wire|\w"
    r"|(AP Top|General|Domestic|International|National|World|Washington|U\.S\.|Business|Financial) news",
    re.I,
)
# AP's rule between parts of a text, where it stands within a paragraph.
_RULE = re.compile(r"(?:^|(?<=\s))_{3,}(?=\s|$)")
# What stands at the end but isn't a part of the story: who contributed, and where AP has more of it.
_NOTE = re.compile(
    r"AP\b.*https?://|Follow (the )?AP\b|More AP |(The )?Associated Press (created|receives|is solely|.*contribut)"
    r"|This is part of (the )?AP|This story (has been|was) |.*\b(reported from|contributed (to this report|from))\b",
    re.I,
)
_CREDIT = re.compile(r"\(([^()]*\b(?:AP|via)\b[^()]*)\)$")  # "… in Kyiv. (AP Photo/Jane Roe)", "(John Doe via AP)"
_NOT_ALPHANUMERIC = re.compile(r"[\W_]+")


def _topics(page: Page) -> tuple[str, ...]:
    """Keywords without routing tags, and without the slug: of all keywords only that is missing in the meta element."""
    metadata = page.metadata
    stated = metadata.first("keywords")
    named = as_texts(metadata.article.get("keywords")) or keywords(stated)
    shown = _letters(stated) if stated else None
    return unique(name for name in named if not _ROUTING.fullmatch(name) and (shown is None or _letters(name) in shown))


def _letters(text: str) -> str:
    return _NOT_ALPHANUMERIC.sub("", text)


def _pictures(page: Page) -> list[Image]:
    """Pictures above the text: one in a figure, or several in a carousel, the later ones loaded lazily."""
    found = []
    for frame in page.tree.css(".Page-lead figure, .Page-lead .Carousel-slide"):
        picture = frame.css_first("img")
        caption = frame.css_first("figcaption, .CarouselSlide-infoDescription")
        if picture is None:
            continue
        attributes = picture.attributes
        url = absolute(attributes.get("data-flickity-lazyload") or attributes.get("src"), page.url)
        if url:
            found.append(_picture(url, text_of(caption) if caption is not None else ""))
    return found


def _picture(url: str, caption: str) -> Image:
    credit = _CREDIT.search(caption)
    return Image(url, caption or None, credit[1] if credit else None)


def _without_notes(body: list[Block]) -> list[Block]:
    """The blocks, parted at rules within them, without the notes at their end."""
    blocks = [Block(block.type, text) for block in body for text in map(str.strip, _RULE.split(block.text)) if text]
    while blocks and _NOTE.match(blocks[-1].text):
        blocks.pop()
    return blocks


def _refine(page: Page, draft: Draft) -> None:
    draft.body = _without_notes(draft.body)
    caption = page.text('[data-key="embed-caption"]')  # of the one picture that layout 2021 shows without scripts
    if caption and draft.images:
        draft.images = (_picture(draft.images[0].url, caption), *draft.images[1:])
    # The leading picture of the metadata is one of those above the text in another crop.
    draft.images = tuple(_pictures(page)) or draft.images
    draft.photo_credits = unique(image.credit for image in draft.images if image.credit)


SOURCE = Source(
    name="apnews",
    title="AP News",
    hosts=("apnews.com",),
    language="en",
    timezone="America/New_York",
    version=1,
    layouts=(
        Layout(
            "2023-07",
            body="div.RichTextStoryBody",
            byline="div.Page-authors",
            # Enhancements are boxes between paragraphs, but LinkEnhancement is every link of the text.
            drop='.Advertisement, .Enhancement, .Infobox, [class*="Enhancement"][data-align-center]',
            related=".PageListEnhancementGeneric .PagePromo-title a",
            topics=_topics,
            refine=_refine,
        ),
        Layout(
            "2021",
            body="div.Article[data-key=article]",
            byline='[class*="bylines"]',
            drop='.ad-placeholder, .hub-peek-embed, .Infobox, [data-key="media-placeholder"]',
            topics=_topics,
            refine=_refine,
        ),
    ),
)
