"""Pages that are no article: challenges, consent walls, soft errors, shells. Asked only where no layout matched."""

import re

from parsers.html import text_of
from parsers.metadata import ARTICLE_TYPES, types_of
from parsers.outcome import Rejected, RejectReason
from parsers.page import Page

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
            r"|(page|site|article|service|file) (is )?(not found|(temporarily )?unavailable)|not found|bad gateway"
            r"|.*\b(under|scheduled|for) maintenance|maintenance|(please )?(log ?in|sign in)\b",
            re.I,
        ),
    ),
)
_CHALLENGE_MARKS = (
    "#challenge-form, #cf-challenge-running, [id^=px-captcha], .g-recaptcha, script[src*='captcha-delivery']"
)
# Shells of script-only sites and framesets show at most a notice to switch scripts on.
MIN_VISIBLE_CHARACTERS = 200
# Challenges say what they want in a few sentences; articles have captchas too, in their forms for comments and letters
# (6 of 338 measured pages).
MAX_CHALLENGE_CHARACTERS = 1500
MAX_SHOWN_TITLE = 100  # characters of a title in a rejection's detail

# schema.org types and OpenGraph types of pages that list, play or show; of `website` are home and tag pages.
_OTHER_TYPES = frozenset(
    {
        "CollectionPage",
        "SearchResultsPage",
        "ProfilePage",
        "VideoObject",
        "VideoGallery",
        "ImageGallery",
        "MediaGallery",
    }
    | {"LiveBlogPosting", "ItemList", "AudioObject", "PodcastEpisode"}
)
_OTHER_OPENGRAPH = re.compile(r"website|profile|video|music|blog$", re.I)


def kind_of_page(page: Page) -> Rejected | None:
    """A rejection that names the kind of page, None if it looks like an article of the site."""
    title = page.text("title") or ""
    for reason, pattern in _TITLES:
        if pattern.match(title):
            return Rejected(reason, f"title {title[:MAX_SHOWN_TITLE]!r}")
    challenged = page.tree.css_first(_CHALLENGE_MARKS) is not None
    other = _other_kind(page)  # reads scripts, which are removed below
    body = page.tree.body
    if body is None:
        return Rejected(RejectReason.EMPTY, "no body element")
    visible = text_of(body)
    if challenged and len(visible) < MAX_CHALLENGE_CHARACTERS:
        return Rejected(RejectReason.CHALLENGE, "the page holds a challenge form")
    if len(visible) < MIN_VISIBLE_CHARACTERS:
        return Rejected(RejectReason.EMPTY, f"{len(visible)} visible characters: {visible!r}")
    return Rejected(RejectReason.NOT_ARTICLE, other) if other else None


def _other_kind(page: Page) -> str | None:
    """What the page says that it is, if that is no article; one that says nothing may be of a new layout."""
    types = {name for found in page.metadata.objects for name in types_of(found)}
    if types & (ARTICLE_TYPES - _OTHER_TYPES):
        return None
    others = sorted(types & _OTHER_TYPES)
    if others:
        return f"its JSON-LD is of type {', '.join(others)}"
    stated = page.metadata.first("og:type")
    return f"its og:type is {stated[:MAX_SHOWN_TITLE]!r}" if stated and _OTHER_OPENGRAPH.match(stated) else None
