"""Requests to a demo site as a client sends them that has been told its origins, and its pages as captures."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from urllib.parse import urlsplit

import requests

from parsers.page.content import media_type_of
from parsers.record.capture import Capture, CapturedAtBasis
from tests.demo_site.site import DemoSite


class DemoClient:
    """Sends requests for logical addresses to the demo site; follows no redirect."""

    def __init__(self, site: DemoSite, session: requests.Session) -> None:
        self._site = site
        self._session = session

    def get(self, url: str, headers: Mapping[str, str] | None = None, *, method: str = "GET") -> requests.Response:
        parts = urlsplit(url)
        there = f"{self._site.url}{parts.path}" + (f"?{parts.query}" if parts.query else "")
        sent = {"Host": parts.netloc, **(headers or {})}
        return self._session.request(method, there, headers=sent, allow_redirects=False, timeout=20)

    def capture(self, url: str) -> Capture:
        answer = self.get(url)
        return Capture(
            answer.content,
            media_type_of(answer.content, says_html=True),
            datetime(2026, 11, 24, tzinfo=UTC),
            CapturedAtBasis.LIVE,
            url=url,
            http_status=answer.status_code,
            http_charset=answer.encoding,
        )


@contextmanager
def demo_client(site: DemoSite) -> Iterator[DemoClient]:
    with requests.Session() as session:
        session.trust_env = False
        yield DemoClient(site, session)
