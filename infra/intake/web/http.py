"""The HTTP client: a GET, its redirects followed by hand and checked on each hop; a whole answer or why there is none.

No retries, no pacing, no robots here: see `infra.intake.web.polite_client`.
"""

import re
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from typing import Final, Self

import ada_url
from urllib3 import BaseHTTPResponse

from infra.base.settings import Settings
from infra.intake.web.addresses import AddressPolicy, Target
from infra.intake.web.connections import PinnedAdapter
from infra.intake.web.fetching import Answer, FetchError, FetchReason
from infra.intake.web.http_body import ACCEPT_ENCODING, Body, LargeBodies, read_body
from infra.intake.web.http_failures import NETWORK_ERRORS, Failure, failure_of, retry_after_seconds, status_failure
from parsers.fields.urls import on_hosts

Headers = tuple[tuple[str, str], ...]

ACCEPT: Final = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"  # browsers': some sites vary by it
MAX_REDIRECTS: Final = 5  # what RFC 9309, 2.3.1.2 asks of crawlers for robots files; articles take one or two
LEAST_SECONDS: Final = 0.001  # where redirects took all the time; urllib3 refuses 0
REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
WITHOUT_BODY: Final = frozenset({204, 304})  # RFC 9112, 6.3, whatever their lengths say
IN_HEADERS: Final = re.compile(r"[\r\n\0]+[ \t]*")  # RFC 9110, 5.5: replaced by a space before use
IN_LOCATION: Final = re.compile(r"[\x00-\x1f\x7f\\]")
MAIL_CONTACT: Final = re.compile(r"\(\+(?:mailto:)?([^\s()/:@]+@[^\s()/:@]+)\)$")


@dataclass(frozen=True, slots=True)
class _Reply:
    """What one hop gave: an answer, or a redirect, then without a body."""

    sent: Headers
    status: int
    headers: Headers
    body: Body
    locations: tuple[str, ...]


def user_agent_of(settings: Settings) -> str:
    """`newslake/<version> (+<contact>)`: who asks, and where to complain (RFC 9110, 10.1.5)."""
    name = f"newslake/{metadata.version('newslake')}"
    contact = re.sub(r"([()\\])", r"\\\1", settings.contact)  # would end the comment
    return f"{name} (+{contact})" if contact else name


class HttpClient:
    """Gets pages from public hosts. Thread-safe; keeps connections alive; to be used as a context manager.

    Args:
        policy: which addresses may be asked.
        user_agent: from `user_agent_of`; a mail address in it is also sent as `From` (RFC 9110, 10.1.2).
        deadline_seconds: for a `get`, redirects included; the time that `before_request` takes does not count.
        max_bytes: largest body, before as well as after content decoding.
        authorities: file of certificates (PEM) to trust instead of certifi's.
    """

    def __init__(
        self,
        policy: AddressPolicy,
        *,
        user_agent: str,
        deadline_seconds: float,
        max_bytes: int,
        authorities: str | None = None,
    ) -> None:
        self._policy = policy
        self._deadline_seconds = deadline_seconds
        self._max_bytes = max_bytes
        self._adapter = PinnedAdapter(policy, authorities)
        self._large = LargeBodies()
        self._headers = {"User-Agent": user_agent, "Accept": ACCEPT, "Accept-Encoding": ACCEPT_ENCODING}
        if mail := MAIL_CONTACT.search(user_agent):
            self._headers["From"] = mail[1]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._adapter.close()

    def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] = {},
        before_request: Callable[[str], None] | None = None,
        hosts: tuple[str, ...] | None = None,
        max_bytes: int | None = None,
        cut: bool = False,
    ) -> Answer:
        """Get a page.

        Args:
            url: absolute, http or https.
            headers: to send besides the client's own. Not sent on to another host, nor by http where it was https.
            before_request: called with the address of each hop before it is asked, the first one too; may raise
                FetchError.
            hosts: a redirect may lead to these and to hosts below them; None: to any.
            max_bytes: instead of the client's.
            cut: take the first `max_bytes` of a larger body instead of refusing it (RFC 9309, 2.5 for robots files).

        Returns:
            A whole answer of status 200; of 304 to a conditional request; of 206 to a request with `Range`.

        Raises:
            FetchError: everything else. With status, headers and what came of the body where there was an answer.
        """
        target = self._policy.target_of(url)
        asked = [target.url]
        seconds = self._deadline_seconds
        limit = self._max_bytes if max_bytes is None else max_bytes
        while True:
            if before_request is not None:
                before_request(target.url)
            started = time.monotonic()
            reply = self._ask(target, headers, seconds, limit, cut)
            seconds -= time.monotonic() - started
            if reply.status not in REDIRECTS:
                _require_page(reply, headers, target.url)
                break
            following = self._redirect(target, reply, asked, hosts)
            if not _same_origin(target, following):
                headers = {}
            target = following
            asked.append(target.url)
        flags = ("maybe_truncated",) if reply.body.maybe_truncated else ()
        return Answer(
            url,
            target.url,
            reply.status,
            reply.headers,
            reply.body.content,
            datetime.now(UTC),
            tuple(asked[1:-1]),
            flags,
            reply.sent,
        )

    def _ask(self, target: Target, headers: Mapping[str, str], seconds: float, max_bytes: int, cut: bool) -> _Reply:
        """One hop."""
        sent = {**self._headers, **_own_names(headers, self._headers)}
        if target.host_header is not None:
            sent["Host"] = target.host_header
        try:
            ends = time.monotonic() + seconds
            with closing(self._adapter.ask(target.request_url, sent, max(seconds, LEAST_SECONDS))) as response:
                shown = _headers_of(response)
                locations = tuple(response.headers.getlist("Location"))
                unread = response.status in REDIRECTS | WITHOUT_BODY
                body = Body() if unread else read_body(response, max_bytes, ends=ends, large=self._large, cut=cut)
                return _Reply(tuple(sent.items()), response.status, shown, body, locations)
        except NETWORK_ERRORS as error:
            failure = failure_of(error)
            raise FetchError(failure.reason, failure.detail) from error

    def _redirect(self, target: Target, reply: _Reply, asked: list[str], hosts: tuple[str, ...] | None) -> Target:
        """Where a redirect leads to, if one may go there."""

        def refused(reason: FetchReason, detail: str) -> FetchError:
            return FetchError(reason, detail, status=reply.status, headers=reply.headers, final_url=target.url)

        found = _location(reply.locations, target.url)
        if isinstance(found, Failure):
            raise refused(found.reason, found.detail)
        try:
            following = self._policy.target_of(found)
        except FetchError as error:
            raise refused(error.reason, f"redirected: {error.detail}") from error
        if target.scheme == "https" and following.scheme == "http":
            raise refused(FetchReason.REDIRECT, f"from https to http: {following.url}")
        if hosts is not None and not on_hosts(following.host, hosts):
            raise refused(FetchReason.OFF_SITE, following.url)
        if following.url in asked:
            raise refused(FetchReason.REDIRECT_LOOP, f"back to {following.url}")
        if len(asked) > MAX_REDIRECTS:
            raise refused(FetchReason.REDIRECT_LOOP, f"more than {MAX_REDIRECTS} redirects")
        return following


def _require_page(reply: _Reply, sent: Mapping[str, str], url: str) -> None:
    """Raise what stands in the way of taking a reply for the page."""
    failure = status_failure(reply.status, sent) or reply.body.failure
    if failure is None and not reply.body.content and reply.status not in WITHOUT_BODY:
        failure = Failure(FetchReason.EMPTY, f"status {reply.status} without a body")
    if failure is None:
        return
    asked_to_wait = next((value for name, value in reply.headers if name.lower() == "retry-after"), None)
    raise FetchError(
        failure.reason,
        failure.detail,
        status=reply.status,
        retry_after=retry_after_seconds(asked_to_wait, datetime.now(UTC)),
        headers=reply.headers,
        body=reply.body.content,
        final_url=url,
        request_headers=reply.sent,
    )


def _location(values: tuple[str, ...], base: str) -> str | Failure:
    """The address that a redirect names (RFC 9110, 10.2.2). Its bytes are taken for UTF-8, as browsers do."""
    values = tuple(dict.fromkeys(value.strip(" \t") for value in values))
    if len(values) != 1 or not values[0]:
        return Failure(FetchReason.REDIRECT, "several targets" if len(values) > 1 else "without a target")
    if IN_LOCATION.search(values[0]):
        return Failure(FetchReason.REDIRECT, "a backslash or control character in the target")
    try:
        return str(ada_url.URL(values[0].encode("latin-1").decode("utf-8"), base).href)
    except ValueError:  # UnicodeError too
        return Failure(FetchReason.REDIRECT, "a target that is no address")  # and may hold a password anywhere


def _same_origin(target: Target, following: Target) -> bool:
    """Whether own headers may be sent on: to the same host and port, or from http to https of the same host."""
    upgraded = (target.scheme, target.port, following.scheme, following.port) == ("http", 80, "https", 443)
    same = (target.scheme, target.port) == (following.scheme, following.port)
    return target.host == following.host and (same or upgraded)


def _own_names(headers: Mapping[str, str], known: Mapping[str, str]) -> dict[str, str]:
    """The caller's headers, those that replace one of the client's under the client's spelling."""
    spelling = {name.lower(): name for name in known}
    return {spelling.get(name.lower(), name): value for name, value in headers.items()}


def _headers_of(response: BaseHTTPResponse) -> Headers:
    return tuple((name, IN_HEADERS.sub(" ", value)) for name, value in response.headers.items())
