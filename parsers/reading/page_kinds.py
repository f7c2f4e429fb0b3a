"""Pages that are not articles: challenges, consent walls, errors, shells, listings."""

import re

from parsers.fields.characters import clean
from parsers.fields.urls import canonical, is_home
from parsers.fields.words import pattern, table
from parsers.page.html import CODE, Node, Tree, inside, text_of
from parsers.page.metadata import ARTICLE_TYPES
from parsers.page.page import Page
from parsers.record.outcome import Rejected, RejectReason

_GONE = pattern("notices", "gone")
_TITLES = {RejectReason[name.upper()]: pattern("notice_titles", name) for name in table("notice_titles")}
_TITLES[RejectReason.SOFT_ERROR] = f"{_GONE}|{_TITLES[RejectReason.SOFT_ERROR]}"
_TITLE_PATTERNS = [(reason, re.compile(pattern, re.I)) for reason, pattern in _TITLES.items()]
# Sites show errors in their template for articles. Such a title, or a part of it, is one of these and nothing else:
# headlines only begin like them (`Not found: a lost village`).
_GONE_TITLE = re.compile(rf"(?:{_GONE})[\W_]*", re.I)
_BETWEEN_PARTS = re.compile(r"\s+[|–—-]\s+")
# The site's name may come first: `AP News | Page not found`.
_SITE_NAME = re.compile(r"[^|–—]{1,40}?\s+[|–—-]\s+")
# Forms of notices; articles may hold them too, but longer ones (see below).
_CHALLENGE = "#challenge-form, #cf-challenge-running, [id^=px-captcha], .g-recaptcha, script[src*='captcha-delivery']"
_MARKS = (
    (RejectReason.CHALLENGE, _CHALLENGE, "a challenge form"),
    (RejectReason.CONSENT, "#consent-page, form.consent-form, form[action*='consent']", "a form that asks for consent"),
    (RejectReason.SOFT_ERROR, "input[type=password]", "a form to log in"),
)
# Shells of script-only sites and framesets show at most a request to enable scripts.
MIN_VISIBLE_CHARACTERS = 200
# Notices have a few sentences. Of 338 measured articles 6 have captchas too (in forms for comments) and 18 have login
# forms; the shortest of them shows 1,843 characters.
MAX_NOTICE_CHARACTERS = 1500
MAX_SHOWN_TITLE = 100  # characters of a title in a rejection's detail

# Notices are small; the smallest of 338 measured articles has 35 KB. Of larger pages the title is checked first.
MAX_NOTICE_BYTES = 32 << 10
TITLE_BYTES = 64 << 10  # the title stands within these
_TITLE_ELEMENT = re.compile(rb"<title[^>]{0,200}>\s{0,200}([^<]{1,300})", re.I)

# schema.org types of pages that list or show other things (below schema.org/WebPage).
_LISTINGS = frozenset({
    "CollectionPage", "SearchResultsPage", "ProfilePage", "VideoGallery", "ImageGallery", "MediaGallery",
})  # fmt: skip
# Such pages have these, but articles may have them too.
_OTHER_TYPES = _LISTINGS | {"VideoObject", "LiveBlogPosting", "ItemList", "AudioObject", "PodcastEpisode"}
# OpenGraph types of pages that list, play or show; `website` is the type of home and tag pages.
_OTHER_OPENGRAPH = re.compile(r"website|profile|video|music|blog$", re.I)
# Parts of addresses that are not those of articles, in all languages.
OTHER_ADDRESS = re.compile(r"/(tags?|topics?|category|authors?|search|videos?|galler(?:y|ies)|podcasts?)(?=/|$)", re.I)


def kind_of_page(page: Page) -> Rejected | None:
    """A rejection with the kind of a page that no layout matches; None if it may be an article of the site."""
    other = _other_kind(page)  # reads scripts, which `notice_of` removes
    return notice_of(page) or (Rejected(RejectReason.NOT_ARTICLE, other) if other else None)


def notice_of(page: Page, headline: str = "") -> Rejected | None:
    """A rejection of a notice or shell, by title, `headline` and forms; a long page is believed. Changes the tree."""
    states_article = _states_article(page)  # reads scripts, which are removed below
    body = page.tree.body
    marks = () if body is None else _MARKS[:1] if states_article else _MARKS  # articles may hold forms to log in
    held = ((reason, form) for reason, css, form in marks if page.tree.css_first(css) is not None)
    marked = next((Rejected(reason, f"the page holds {form}") for reason, form in held), None)
    visible = _beginning_of(body) if body is not None else ""
    for title in (page.metadata.title, headline):
        reason = _reason_of_title(title)
        if reason and (len(visible) < MAX_NOTICE_CHARACTERS or not states_article):
            return Rejected(reason, f"title {title[:MAX_SHOWN_TITLE]!r}")
    if body is None:
        return Rejected(RejectReason.EMPTY, "no body element")
    if marked and len(visible) < MAX_NOTICE_CHARACTERS:
        return marked
    if len(visible) < MIN_VISIBLE_CHARACTERS:
        return Rejected(RejectReason.EMPTY, f"{len(visible)} visible characters: {visible!r}")
    return None


def _beginning_of(body: Node) -> str:
    """What a page shows, or at least the beginning of it if that is longer than a notice. Changes the tree."""
    pieces: list[str] = []
    size = 0
    for node in body.traverse(include_text=True):
        text = clean(node.text_content or "") if node.tag == "-text" else ""
        if text and not inside(node, CODE, {body.mem_id}):
            pieces.append(text)
            size += len(text)
            if size >= MAX_NOTICE_CHARACTERS:
                return "".join(pieces)
    return text_of(body)


def notice_of_unknown_site(page: Page, headline: str = "") -> Rejected | None:
    """As `notice_of`, but of an unknown site a short page without scripts is not a shell."""
    is_shell = page.tree.css_first("script, frameset") is not None
    notice = notice_of(page, headline)
    return None if notice and notice.reason is RejectReason.EMPTY and not is_shell else notice


def may_be_notice(body: bytes) -> bool:
    """Whether a page is worth parsing to look for a notice."""
    if len(body) <= MAX_NOTICE_BYTES:
        return True
    title = _TITLE_ELEMENT.search(body, 0, TITLE_BYTES)
    return title is not None and _reason_of_title(title[1].decode("utf-8", "replace")) is not None


def kind_despite_layout(page: Page) -> Rejected | None:
    """A rejection of a page that a layout matches, but that is an error, a listing or a video beyond doubt."""
    title, body = page.metadata.title, page.tree.body
    if any(map(_GONE_TITLE.fullmatch, _BETWEEN_PARTS.split(title))) and body and _is_short(body):
        return Rejected(RejectReason.SOFT_ERROR, f"title {title[:MAX_SHOWN_TITLE]!r}")
    if _states_article(page):
        return None
    listings = sorted(page.metadata.all_types & _LISTINGS)
    if listings:
        return Rejected(RejectReason.NOT_ARTICLE, f"its JSON-LD is of type {', '.join(listings)}")
    stated = page.metadata.first("og:type") or ""
    if stated.lower().startswith("video"):
        return Rejected(RejectReason.NOT_ARTICLE, f"its og:type is {stated[:MAX_SHOWN_TITLE]!r}")
    return None


def _is_short(body: Node) -> bool:
    """Whether a page shows no more than a notice does. Reads a copy: the page may yet be an article."""
    copy = Tree(body.html or "").body
    return copy is None or len(text_of(copy)) < MAX_NOTICE_CHARACTERS


def _states_article(page: Page) -> bool:
    return bool(page.metadata.article) or (page.metadata.first("og:type") or "").lower() == "article"


def _reason_of_title(title: str) -> RejectReason | None:
    site = _SITE_NAME.match(title)
    parts = (title, title[site.end() :]) if site else (title,)
    return next((reason for reason, pattern in _TITLE_PATTERNS if any(map(pattern.match, parts))), None)


def _other_kind(page: Page) -> str | None:
    """What the page says it is, if not an article; a page that says nothing may have a new layout."""
    types = page.metadata.all_types
    if types & (ARTICLE_TYPES - _OTHER_TYPES):
        return None
    others = sorted(types & _OTHER_TYPES)
    if others:
        return f"its JSON-LD is of type {', '.join(others)}"
    stated = page.metadata.first("og:type")
    if stated and _OTHER_OPENGRAPH.match(stated):
        return f"its og:type is {stated[:MAX_SHOWN_TITLE]!r}"
    return None if _states_article(page) else _other_address(page)


def _other_address(page: Page) -> str | None:
    """The last resort: the address is that of a listing, or the page says that it is the home page."""
    own = canonical(page.url)
    named = canonical(page.metadata.canonical or page.metadata.first("og:url"), own)
    if own and is_home(own):
        return "its address is that of the home page"
    if named and is_home(named):
        return f"it says that it is the home page: {named[:MAX_SHOWN_TITLE]}"
    found = OTHER_ADDRESS.search(own.partition("?")[0]) if own else None
    return f"its address has {found[0]!r}" if found else None
