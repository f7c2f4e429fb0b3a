"""What fetching gives, and the closed list of reasons for which it gives nothing."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from parsers.page.content import media_type_of
from parsers.record.capture import Capture, CapturedAtBasis
from parsers.record.outcome import Reason

# What a server says of an address for good: kept as its answer, and not asked again. 408, 425 and 429 speak of the
# request, not of the page; every other 4xx is the server's last word (RFC 9110, 15.5).
FINAL_STATUSES: Final = frozenset(range(400, 500)) - {408, 425, 429}
CHARSET: Final = re.compile(r"charset\s*=\s*[\"']?([^\s\"';,]+)", re.IGNORECASE)


class FetchReason(Reason):
    """Why an address gave no page. What is transient is asked for a few times, and again by the next run."""

    # Refused before anything is sent.
    SCHEME = "scheme", "not http or https"
    URL = "url", "no address that can be asked: malformed, with credentials, or too long"
    PORT = "port", "a port that is not for web pages"
    ADDRESS = "address", "the host is, or resolves to, a private, loopback, link-local or otherwise reserved address"
    NO_CONTACT = "no_contact", "a public host, and NEWSLAKE_CONTACT is not set: nothing is sent"
    ROBOTS = "robots", "the site's robots file disallows it"
    ROBOTS_UNREACHABLE = "robots_unreachable", "the robots file can't be had: nothing may be fetched (RFC 9309)", True
    BUDGET = "budget", "the run's request budget is used up; the next run goes on", True
    HOST_DOWN = "host_down", "the host failed or refused too often in a row; the next run asks again", True
    # The way there.
    DNS = "dns", "the host name does not resolve", True
    CONNECTION = "connection", "no connection, or it was closed", True
    TLS = "tls", "the certificate is expired, self-signed or for another name"
    TIMEOUT = "timeout", "the request passed its deadline", True
    PROTOCOL = "protocol", "not an HTTP answer: bad status line, headers or lengths"
    REDIRECT = "redirect", "a redirect without usable target, or from https to http"
    REDIRECT_LOOP = "redirect_loop", "redirects in a circle, or too many"
    OFF_SITE = "off_site", "redirected to a site that is not the source's"
    HOME_PAGE = "home_page", "redirected to the site's front page, as many sites answer for a page that is gone"
    SHARED_PAGE = "shared_page", "redirected to a page to which the site redirects other addresses, too"
    # The answer.
    STATUS = "status", "a status that says there is no page: 404, 410, 403, 401, 451 and other 4xx"
    SERVER_ERROR = "server_error", "the server failed (5xx), or gave up waiting (408, 425)", True
    RATE_LIMITED = "rate_limited", "the server asks to slow down: 429", True
    PARTIAL = "partial", "206 that was not asked for, or 304 to an unconditional request"
    EMPTY = "empty", "no content: 204, or no bytes"
    TOO_LARGE = "too_large", "larger than any real page, before or after decompression"
    ENCODING = "encoding", "a content encoding that is unknown, nested or damaged"
    TRUNCATED = "truncated", "the answer ended early", True
    ARCHIVE_DAMAGED = "archive_damaged", "the archive that an index names has no readable record of the page"


Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer. A whole one is 200, 304 to a conditional request (without body), or 206 to one for a range."""

    url: str  # that was asked for
    final_url: str  # that answered, after redirects
    status: int
    headers: Headers  # in order, as sent
    body: bytes  # after transfer and content decoding
    fetched_at: datetime  # when the last byte came, aware, in UTC
    maybe_truncated: bool = False  # neither a length nor an `</html>` marks its end
    request_headers: Headers = ()  # as sent to the address that answered

    def header(self, name: str) -> str | None:
        """The first header of that name in any case."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


class FetchError(Exception):
    """An address gave no page: why, and what came of the answer where there was one."""

    def __init__(
        self,
        reason: FetchReason,
        detail: str,  # for a person; never holds credentials
        *,
        status: int | None = None,
        retry_after: float | None = None,  # seconds that the server asks to wait, not capped
        answer: Answer | None = None,  # its body as far as it came
    ) -> None:
        super().__init__(f"{reason.value}: {detail}")
        self.reason = reason
        self.detail = detail
        self.status = answer.status if answer else status
        self.retry_after = retry_after
        self.answer = answer


def page_capture(url: str, came: Answer, *, truncated: bool, source: str | None = None) -> Capture:
    """What came for an address, as it was sent."""
    content_type = came.header("content-type") or ""
    charset = CHARSET.search(content_type)
    return Capture(
        body=came.body,
        media_type=media_type_of(came.body, says_html="html" in content_type.lower()),
        captured_at=came.fetched_at,
        captured_at_basis=CapturedAtBasis.LIVE,
        url=url,
        source=source,
        http_status=came.status,
        http_charset=charset[1] if charset else None,
        http_headers=came.headers,
        request_headers=came.request_headers,
        final_url=came.final_url if came.final_url != url else None,
        truncated=truncated,
    )
