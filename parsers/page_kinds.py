"""Pages that are no article: challenges, consent walls, soft errors, shells. Asked only where no layout matched."""

import re

from parsers.html import text_of
from parsers.outcome import Rejected, RejectReason
from parsers.page import Page

# Titles of interstitials of the large protection services, consent platforms and servers, as they send them.
_TITLES = (
    (
        RejectReason.CHALLENGE,
        re.compile(
            r"just a moment|attention required|access denied|are you a robot|verify you are (a )?human|captcha", re.I
        ),
    ),
    (
        RejectReason.CONSENT,
        re.compile(r"before you continue|consent|privacy settings|cookie(s| settings)?$|zustimmung", re.I),
    ),
    (
        RejectReason.SOFT_ERROR,
        re.compile(
            r"\b(404|403|50[0234])\b|not found|(page|service) unavailable|bad gateway|maintenance|log ?in|sign in",
            re.I,
        ),
    ),
)
_CHALLENGE_MARKS = (
    "#challenge-form, #cf-challenge-running, [id^=px-captcha], .g-recaptcha, script[src*='captcha-delivery']"
)
# Shells of script-only sites and framesets show at most a notice to switch scripts on.
MIN_VISIBLE_CHARACTERS = 200


def kind_of_page(page: Page) -> Rejected | None:
    """A rejection that names the kind of page, None if it looks like an ordinary page of the site."""
    title = page.text("title") or ""
    for reason, pattern in _TITLES:
        if pattern.search(title):
            return Rejected(reason, f"title {title!r}")
    if page.tree.css_first(_CHALLENGE_MARKS) is not None:
        return Rejected(RejectReason.CHALLENGE, "the page holds a challenge form")
    body = page.tree.body
    if body is None:
        return Rejected(RejectReason.EMPTY, "no body element")
    for node in body.css("script, style, noscript, template"):
        node.decompose()
    visible = text_of(body)
    if len(visible) < MIN_VISIBLE_CHARACTERS:
        return Rejected(RejectReason.EMPTY, f"{len(visible)} visible characters: {visible!r}")
    return None
