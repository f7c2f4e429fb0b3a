"""Pages of unknown sites that are no articles: homes, sections, searches, shops, forums, videos, logins."""

import re
from collections.abc import Container
from itertools import islice

from parsers.fields.urls import canonical, is_home
from parsers.generic.outline import Outline, Part
from parsers.page.metadata import ARTICLE_TYPES
from parsers.page.page import Page
from parsers.reading.page_kinds import (
    MIN_VISIBLE_CHARACTERS,
    OTHER_ADDRESS,
    kind_despite_layout,
    notice_of_unknown_site,
)
from parsers.record.article import BlockType
from parsers.record.draft import Draft
from parsers.record.outcome import Rejected, RejectReason

_SHORT = 1500  # a notice has a few sentences; see `parsers.reading.page_kinds`
_FORUM_TYPES = frozenset({"DiscussionForumPosting", "QAPage", "SocialMediaPosting"})
_SHOP_TYPES = frozenset({"Product", "ProductGroup", "OfferCatalog", "SomeProducts"})
_LIST_TYPES = frozenset({"ItemList"})
_FORUM_SOFTWARE = re.compile(r"phpbb|vbulletin|xenforo|discourse|mybb|simple machines|invision|woltlab", re.I)
_FORUM_ADDRESS = re.compile(r"/(?:viewtopic|viewforum|showthread|forumdisplay)\b|/threads/|//forums?\.", re.I)
_SEARCH_ADDRESS = re.compile(r"/(?:search|suche|buscar|recherche|cerca|zoeken|sok|haku|poisk)(?:/|\.\w+)?(?:\?|$)")
_SEARCH_QUERY = re.compile(r"[?&](?:q|s|query|search|keyword)=")
_SHOP_FORMS = (
    'form[action*="cart" i], [itemtype$="schema.org/Product"], button[name="add-to-cart"],'
    ' button[class*="add-to-basket" i], button[class*="add-to-cart" i], meta[property="product:price:amount"]'
)
# A heading that is a link leads to another page. A story has one at times, a list of stories has little else.
_TEASER_LINKED = 0.6
_LEAST_TEASER = 15  # letters
_INNER_TEASERS = 4  # in the part with the most prose
_PROSE_A_TEASER = 250  # letters of text that stand under each, at most
_ARTICLE_LEVELS = 8  # parts between a headline and its article
_TEASERS = 8  # anywhere, around next to no text
_LINKS = 25
_NEXT_TO_NOTHING = 300  # letters
_LONGEST_EXCERPT = 300  # a paragraph that is longer than what stands under a teaser


def refusal(page: Page, outline: Outline, story: Part | None, draft: Draft) -> Rejected | None:
    """Why a page is no article; None if it may be one. Changes the tree."""
    prose = sum(len(block.text) for block in draft.body)
    if prose < _SHORT:
        notice = notice_of_unknown_site(page, draft.title or "")
        if notice and (notice.reason is not RejectReason.EMPTY or prose < MIN_VISIBLE_CHARACTERS):
            return notice
    listing = kind_despite_layout(page)
    if listing:
        return listing
    stated = page.metadata.types & (ARTICLE_TYPES - _FORUM_TYPES)
    is_article = bool(stated) or (page.metadata.first("og:type") or "").lower() == "article"
    detail = _stated_kind(page, prose) or (None if is_article else _addressed(page) or _list(outline, story, draft))
    return Rejected(RejectReason.NOT_ARTICLE, detail) if detail else None


def _stated_kind(page: Page, prose: int) -> str | None:
    metadata, types = page.metadata, page.metadata.all_types
    if types & (ARTICLE_TYPES - _FORUM_TYPES):
        return None
    lists = _LIST_TYPES if prose < _SHORT else frozenset()  # a longer page may be an article of a list
    for kind, known in (("forum", _FORUM_TYPES), ("shop", _SHOP_TYPES), ("list", lists)):
        stated = sorted(types & known)
        if stated:
            return f"a {kind}: its JSON-LD is of type {', '.join(stated)}"
    if (metadata.first("og:type") or "").lower().startswith("product"):
        return "a shop: its og:type is 'product'"
    if "VideoObject" in types and prose < _NEXT_TO_NOTHING:
        return f"a video: its JSON-LD is of type VideoObject, with {prose} characters of text"
    generator = metadata.first("generator") or ""
    if _FORUM_SOFTWARE.search(generator):
        return f"a forum: made by {generator[:60]!r}"
    return None


def _addressed(page: Page) -> str | None:
    address = canonical(page.url)
    if address:
        if is_home(address):
            return "its address is that of the home page"
        if _SEARCH_ADDRESS.search(address) or (is_home(address.partition("?")[0]) and _SEARCH_QUERY.search(address)):
            return "its address is that of a search"
        if _FORUM_ADDRESS.search(address):
            return "a forum by its address"
        other = OTHER_ADDRESS.search(address.partition("?")[0])
        if other:
            return f"its address has {other[0]!r}"
    return "a shop: it has a cart or a price" if page.tree.css_first(_SHOP_FORMS) is not None else None


def _list(outline: Outline, story: Part | None, draft: Draft) -> str | None:
    within: set[Part | None] = {story} if story is not None else set()  # parts come before those in them
    within.update(part for part in outline.parts if part.parent in within)
    if story is not None and _holds_articles(outline, story, within):
        return "a list of articles, each with a headline that leads to it"
    sizes = [len(block.text) for block in draft.body if block.type is not BlockType.HEADING]
    if max(sizes, default=0) > _LONGEST_EXCERPT:
        return None
    links = [text for text in outline.texts if text.linked > _TEASER_LINKED and text.size >= _LEAST_TEASER]
    outside = [text for text in links if not text.part.furniture]
    headings = [text for text in outside if text.is_heading]
    inner = [text for text in headings if text.part in within]
    for found, least, most in (
        (inner, _INNER_TEASERS, _PROSE_A_TEASER * len(inner)),
        (headings, _TEASERS, _NEXT_TO_NOTHING),
        (outside, _LINKS, _NEXT_TO_NOTHING),
    ):
        if len(found) >= least and sum(sizes) < most:
            return f"a list of {len(found)} links with {sum(sizes)} characters of text"
    return None


def _holds_articles(outline: Outline, story: Part, within: Container[Part | None]) -> bool:
    """Whether most of the prose is in articles whose headlines are links: a blog, or a section with long excerpts."""
    articles: set[Part] = set()
    for text in outline.texts:
        if text.is_heading and text.linked > _TEASER_LINKED and not text.part.furniture:
            above = (part for part in islice(text.part.around(), _ARTICLE_LEVELS) if part.tag == "article")
            articles.update(part for part in islice(above, 1) if part in within and part is not story)
    return len(articles) >= _INNER_TEASERS and sum(part.prose for part in articles) > story.prose / 2
