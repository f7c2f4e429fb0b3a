"""Pages that are no article, by what they say of themselves: challenges, consent walls, errors, shells, listings."""

import re

from parsers.fields.urls import canonical, is_home
from parsers.page.html import text_of
from parsers.page.metadata import ARTICLE_TYPES, types_of
from parsers.page.page import Page
from parsers.record.outcome import Rejected, RejectReason

# Titles of interstitials of the large protection services, consent platforms and servers, as they send them. Each is
# what such a title begins with or consists of: headlines hold the same words (`S&P 500 closes higher`).
_TITLES = (
    (
        RejectReason.CHALLENGE,
        re.compile(
            r"just a moment|attention required|access (to this page has been )?denied|are you a robot|robot check"
            r"|verify(ing)? (that )?you are (a )?human|.*\bcaptcha\b",
            re.I,
        ),
    ),
    (
        RejectReason.CONSENT,
        re.compile(
            r"before you continue|((your )?(cookie|privacy)s? )?(consent|settings|zustimmung)\b|cookies?$", re.I
        ),
    ),
    (
        RejectReason.SOFT_ERROR,
        re.compile(
            r"(error:? )?(40[34]|50[0234])( error| not found| forbidden| internal| bad| service| gateway|:| ?[-–|]|$)"
            r"|(page|site|article|story|service|file) (is )?(not found|(temporarily )?unavailable)|not found"
            r"|(this |the )?(page|site|article|story) (could not|couldn[’']t|can[’']?not|can[’']t) be found"
            r"|bad gateway|(oops[.!,]* )?(we can[’']t find|sorry, we couldn[’']t find)"
            r"|(die )?seite (wurde )?nicht gefunden|page (introuvable|non trouvée)|p[aá]gina n(o|ão) encontrada"
            r"|pagina non trovata|страница не найдена|페이지를 찾을 수 없|ページが見つかりません"
            r"|.*\b(under|scheduled|for) maintenance|maintenance|(please )?(log ?in|sign in)\b",
            re.I,
        ),
    ),
)
# A site's name may stand before it: `AP News | Page not found`.
_SITE_NAME = re.compile(r"[^|–—]{1,40}?\s+[|–—-]\s+")
_CHALLENGE_MARKS = (
    "#challenge-form, #cf-challenge-running, [id^=px-captcha], .g-recaptcha, script[src*='captcha-delivery']"
)
_CONSENT_MARKS = "#consent-page, form.consent-form, form[action*='consent']"
_LOGIN_MARK = "input[type=password]"
# Shells of script-only sites and framesets show at most a notice to switch scripts on.
MIN_VISIBLE_CHARACTERS = 200
# Notices say what they want in a few sentences. Articles have captchas too, in their forms for comments and letters
# (6 of 338 measured pages), and forms to log in (18); the shortest of them shows 1,843 characters.
MAX_NOTICE_CHARACTERS = 1500
MAX_SHOWN_TITLE = 100  # characters of a title in a rejection's detail

# Notices are small, the least of 338 measured articles has 35 KB; larger pages are asked for their title first.
MAX_NOTICE_BYTES = 32 << 10
TITLE_BYTES = 64 << 10  # of the beginning of a page, where its title stands
_TITLE_ELEMENT = re.compile(rb"<title[^>]{0,200}>\s{0,200}([^<]{1,300})", re.I)

# schema.org types of whole pages that list or show other things (below WebPage, schema.org/WebPage).
_LISTINGS = frozenset(
    {
        "CollectionPage",
        "SearchResultsPage",
        "ProfilePage",
        "VideoGallery",
        "ImageGallery",
        "MediaGallery",
    }
)
# Types of what such pages have, and articles may have too.
_OTHER_TYPES = _LISTINGS | {"VideoObject", "LiveBlogPosting", "ItemList", "AudioObject", "PodcastEpisode"}
# OpenGraph types of pages that list, play or show; of `website` are home and tag pages.
_OTHER_OPENGRAPH = re.compile(r"website|profile|video|music|blog$", re.I)
# Parts of addresses that sites in all languages use for what is no article.
_OTHER_ADDRESS = re.compile(r"/(tags?|topics?|category|authors?|search|videos?|galler(?:y|ies)|podcasts?)(?=/|$)", re.I)


def kind_of_page(page: Page) -> Rejected | None:
    """A rejection that names the kind of a page that no layout matches, None if it may be an article of the site."""
    other = _other_kind(page)  # reads scripts, which looking for a notice removes
    return notice_of(page) or (Rejected(RejectReason.NOT_ARTICLE, other) if other else None)


def notice_of(page: Page) -> Rejected | None:
    """A rejection that names what a site sends in place of a page: challenge, consent wall, error, login, empty shell.

    A page that says to machines that it is an article is believed, unless it is as short as a notice. Changes the tree.
    """
    states_article = _states_article(page)  # reads scripts, which are removed below
    body = page.tree.body
    marked = None if body is None else _marked(page, states_article=states_article)
    title = page.text("title") or ""
    visible = text_of(body) if body is not None else ""
    if len(visible) < MAX_NOTICE_CHARACTERS or not states_article:
        reason = _reason_of_title(title)
        if reason:
            return Rejected(reason, f"title {title[:MAX_SHOWN_TITLE]!r}")
    if body is None:
        return Rejected(RejectReason.EMPTY, "no body element")
    if marked and len(visible) < MAX_NOTICE_CHARACTERS:
        return marked
    if len(visible) < MIN_VISIBLE_CHARACTERS:
        return Rejected(RejectReason.EMPTY, f"{len(visible)} visible characters: {visible!r}")
    return None


def notice_of_unknown_site(page: Page) -> Rejected | None:
    """As `notice_of`, for pages of sites that are not known: there, a short page that needs no script is no shell."""
    is_shell = page.tree.css_first("script, frameset") is not None
    notice = notice_of(page)
    return None if notice and notice.reason is RejectReason.EMPTY and not is_shell else notice


def may_be_notice(body: bytes) -> bool:
    """Whether a page is worth looking for a notice in it; costs a fraction of parsing it."""
    if len(body) <= MAX_NOTICE_BYTES:
        return True
    title = _TITLE_ELEMENT.search(body, 0, TITLE_BYTES)
    return title is not None and _reason_of_title(title[1].decode("utf-8", "replace")) is not None


def kind_despite_layout(page: Page) -> Rejected | None:
    """A rejection that names the kind of a page that a layout matches, where the page leaves no doubt.

    Listings and pages of videos often have the same containers as articles. A layout that is meant for them is not
    asked for here: what such a page says is `LiveBlogPosting`, which is an article.
    """
    if _states_article(page):
        return None
    listings = sorted(_types(page) & _LISTINGS)
    if listings:
        return Rejected(RejectReason.NOT_ARTICLE, f"its JSON-LD is of type {', '.join(listings)}")
    stated = page.metadata.first("og:type") or ""
    if stated.lower().startswith("video"):
        return Rejected(RejectReason.NOT_ARTICLE, f"its og:type is {stated[:MAX_SHOWN_TITLE]!r}")
    return None


def _states_article(page: Page) -> bool:
    return bool(page.metadata.article) or (page.metadata.first("og:type") or "").lower() == "article"


def _reason_of_title(title: str) -> RejectReason | None:
    site = _SITE_NAME.match(title)
    parts = (title, title[site.end() :]) if site else (title,)
    return next((reason for reason, pattern in _TITLES if any(map(pattern.match, parts))), None)


def _marked(page: Page, *, states_article: bool) -> Rejected | None:
    """What the forms of a short page say that it is."""
    if page.tree.css_first(_CHALLENGE_MARKS) is not None:
        return Rejected(RejectReason.CHALLENGE, "the page holds a challenge form")
    if states_article:
        return None
    if page.tree.css_first(_CONSENT_MARKS) is not None:
        return Rejected(RejectReason.CONSENT, "the page holds a form that asks for consent")
    if page.tree.css_first(_LOGIN_MARK) is not None:
        return Rejected(RejectReason.SOFT_ERROR, "the page holds a form to log in")
    return None


def _types(page: Page) -> set[str]:
    return {name for found in page.metadata.objects for name in types_of(found)}


def _other_kind(page: Page) -> str | None:
    """What the page says that it is, if that is no article; one that says nothing may be of a new layout."""
    types = _types(page)
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
    """The last resort: the page is at the address of something else, or says that it is the home page."""
    own = canonical(page.url)
    named = canonical(page.metadata.canonical or page.metadata.first("og:url"), own)
    if own and is_home(own):
        return "its address is that of the home page"
    if named and is_home(named):
        return f"it says that it is the home page: {named[:MAX_SHOWN_TITLE]}"
    found = _OTHER_ADDRESS.search(own.partition("?")[0]) if own else None
    return f"its address has {found[0]!r}" if found else None
