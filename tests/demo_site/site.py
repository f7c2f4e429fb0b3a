"""The shipped demo site for tests: notes requests, knows what must land, plays faults."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from threading import Event

from typing_extensions import override

from flows.demo.server import DemoHandler, Document, Story
from flows.demo.server import DemoSite as ShippedSite
from tests.demo_site.faults import Fault

# What parsers say of the pages that are not articles, in the words of `RejectReason`.
_REJECTED = {"video": "not_article", "live": "not_article", "tag": "not_article", "unknown_layout": "layout"}


@dataclass(slots=True)
class Request:
    """A request that came in: `at` by the monotonic clock, `status` None until it is answered."""

    host: str
    path: str
    at: float
    user_agent: str
    status: int | None = None


@dataclass(frozen=True, slots=True)
class ExpectedArticle:
    """An article that must land, as its record has it."""

    url: str
    title: str
    authors: tuple[str, ...]
    topics: tuple[str, ...]
    published_at: datetime
    modified_at: datetime
    access: str


@dataclass(frozen=True, slots=True)
class ExpectedRejection:
    """A page that is linked like an article and must be rejected for this reason."""

    url: str
    reason: str


class Exchange(DemoHandler):
    """One request, as a fault sees it."""

    server: "DemoSite"
    noted: Request

    @override
    def do_GET(self) -> None:
        self.noted = Request(self.host, self.path, time.monotonic(), self.headers.get("User-Agent", ""))
        self.server.note(self.noted)
        fault = self.server.fault_at(self.host, self.path)
        with suppress(ConnectionError):  # the client left
            if fault:
                fault(self)
            else:
                self.send(self.usual())
        self.server.on_answer(self.noted)

    @override
    def send_response(self, code: int, message: str | None = None) -> None:
        self.noted.status = code
        super().send_response(code, message)

    def usual(self) -> Document:
        return self.server.document(self.host, self.path)

    def send_raw(self, head: dict[str, str], body: bytes) -> None:
        self.send_response(200)
        for name, value in head.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def send_more(self, body: bytes) -> None:
        self.wfile.write(body)

    def wait(self, seconds: float) -> None:
        self.server.ending.wait(seconds)


class DemoSite(ShippedSite):
    """Serves while this context manager is entered; `on_answer` is told of each request, from several threads."""

    handler = Exchange

    def __init__(
        self, today: date, *, days: int = 31, per_day: int = 6, on_answer: Callable[[Request], None] = lambda _: None
    ) -> None:
        super().__init__(today, days=days, per_day=per_day)
        self.on_answer = on_answer
        self.ending = Event()
        self._requests: list[Request] = []
        self._faults: dict[str, Fault] = {}  # by place

    @override
    def __exit__(self, *_: object) -> None:
        self.ending.set()
        super().__exit__()

    @property
    def requests(self) -> tuple[Request, ...]:
        return tuple(self._requests)

    def forget_requests(self) -> None:
        self._requests = []

    def note(self, request: Request) -> None:
        self._requests.append(request)

    def set_fault(self, where: str, fault: Fault) -> None:
        """Play a fault where host and path begin with `where` (`tass.com/society/`); of several the longest holds."""
        self._faults[where] = fault

    def clear_faults(self) -> None:
        self._faults.clear()

    def fault_at(self, host: str, target: str) -> Fault | None:
        place = max((each for each in self._faults if (host + target).startswith(each)), key=len, default="")
        return self._faults.get(place)

    def expected(self, source: str, day: date) -> list[ExpectedArticle]:
        """The articles of a UTC day that must land, oldest first, as long as no fault is played."""
        return [_expected(each) for each in self._stories(source, day) if each.told["kind"] in ("article", "paid")]

    def expected_rejections(self, source: str, day: date) -> list[ExpectedRejection]:
        """The pages of a UTC day that discovery takes for articles and parsing must reject."""
        kinds = ((each.url, _REJECTED.get(each.told["kind"])) for each in self._stories(source, day))
        return [ExpectedRejection(url, reason) for url, reason in kinds if reason]

    def disallowed(self, source: str, day: date) -> list[str]:
        """The addresses of a UTC day that are linked, and that the robots file disallows."""
        return [each.url for each in self._stories(source, day) if each.told["kind"] == "sponsored"]

    def _stories(self, source: str, day: date) -> list[Story]:
        (pages,) = (each for each in self.pages.values() if each.site["source"] == source)
        return [each for each in pages.stories if each.day == day]


def _expected(story: Story) -> ExpectedArticle:
    told = story.told
    return ExpectedArticle(
        url=story.url,
        title=told["headline"],
        authors=tuple(told["authors"]),
        topics=tuple(told["topics"]),
        published_at=story.published_at.astimezone(UTC),
        modified_at=story.changed_at.astimezone(UTC),
        access="paid" if told["kind"] == "paid" else "free",
    )
