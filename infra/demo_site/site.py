"""The demo site as a whole: several sites on one port, what they must give, and switches for what goes wrong."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from threading import Lock, Thread
from types import TracebackType
from typing import Final, Self

from infra.demo_site.archive import StoryArchive
from infra.demo_site.article_pages import Redesign
from infra.demo_site.documents import Document, SiteDocuments, moved
from infra.demo_site.faults import Fault
from infra.demo_site.local_pages import LOCAL_HEALTH, local_document
from infra.demo_site.mastheads import MASTHEADS
from infra.demo_site.server import Answering, Request, Server
from infra.demo_site.stories import Kind, Story

_POLL_SECONDS: Final = 0.02  # how soon the server notices that it is to end

# What parsers say of the pages that are no article, in the words of `parsers.record.outcome.RejectReason`.
_REJECTED: Final = {
    Kind.VIDEO: "not_article",
    Kind.LIVE: "not_article",
    Kind.TAG: "not_article",
    Kind.UNKNOWN_LAYOUT: "layout",
}


@dataclass(frozen=True, slots=True)
class ExpectedArticle:
    """An article that must land.

    Attributes:
        source: name of the source.
        url: its canonical address.
        title, authors, topics: as the record has them.
        published_at, modified_at: in UTC; the second is the first where the article was never changed.
        access: `free` or `paid`.
    """

    source: str
    url: str
    title: str
    authors: tuple[str, ...]
    topics: tuple[str, ...]
    published_at: datetime
    modified_at: datetime
    access: str


@dataclass(frozen=True, slots=True)
class ExpectedRejection:
    """A page that is linked like an article and must be rejected: `reason` is a word of `RejectReason`."""

    source: str
    url: str
    reason: str


class DemoSite:
    """A server that runs while this context manager is entered.

    Attributes:
        port: where it listens.

    Args:
        today: the last UTC day on which something was published.
        days: how many days there are, `today` among them.
        per_day: articles a UTC day and source.
        port: 0 takes a free one.
        bind: address to listen on.
        faults: as for `set_fault`.
        on_answer: told of each request once it is answered; from several threads.

    Raises:
        OSError: the port is taken.
        ValueError: more days or articles than there are numbers for.
    """

    def __init__(
        self,
        today: date,
        *,
        days: int = 31,
        per_day: int = 6,
        port: int = 0,
        bind: str = "127.0.0.1",
        faults: Mapping[str, Fault] | None = None,
        on_answer: Callable[[Request], None] = lambda _: None,
    ) -> None:
        self._sites = {
            name: SiteDocuments(StoryArchive(masthead, today, days, per_day)) for name, masthead in MASTHEADS.items()
        }
        self._by_host = {site.masthead.host: site for site in self._sites.values()}
        self._aliases = {alias: site for site in self._sites.values() for alias in site.masthead.aliases}
        self._lock = Lock()
        self._faults: dict[str, _Planned] = {}
        for where, fault in (faults or {}).items():
            self.set_fault(where, fault)
        self._requests: list[Request] = []
        answering = Answering(self._document, self._next_fault, self._received, on_answer)
        self._server = Server((bind, port), answering)
        self.port: int = self._server.server_address[1]
        self._thread = Thread(target=self._server.serve_forever, args=(_POLL_SECONDS,), name=f"demo-site-{self.port}")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.end()
        self._thread.join()

    @property
    def url(self) -> str:
        """Where a person looks at it; every site is below it, under the name of its host."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def hosts(self) -> tuple[str, ...]:
        """All hosts that are played, those that only redirect too."""
        return (*self._by_host, *self._aliases)

    @property
    def origins(self) -> str:
        """The value of `NEWSLAKE_ORIGINS` that leads to this server."""
        return ",".join(f"{host}={self.url}" for host in self.hosts)

    @property
    def requests(self) -> tuple[Request, ...]:
        """All requests since the start or the last `forget_requests`, in the order in which they came."""
        return tuple(self._requests)

    def forget_requests(self) -> None:
        """Begin a new list of requests."""
        self._requests = []

    def set_fault(self, where: str, fault: Fault) -> None:
        """Play a fault from now on.

        Args:
            where: beginning of host and path (`tass.com/society/`, `tass.com`), or of a path on any host
                (`/robots.txt`; `/` is everything). Of several the longest holds.
            fault: what to play; once its `times` are used up, the usual answers come back.
        """
        with self._lock:
            self._faults[where] = _Planned(fault, fault.times)

    def clear_faults(self) -> None:
        """Play no fault any more."""
        with self._lock:
            self._faults.clear()

    def change_layout(self, source: str, since: date, redesign: Redesign = Redesign.BODY) -> None:
        """Give the articles of a source that were published on a UTC day or later another layout."""
        self._sites[source].redesign = (since, redesign)

    def expected(self, source: str, day: date) -> list[ExpectedArticle]:
        """The articles of a source that must land for a UTC day, oldest first, as long as no fault is played."""
        return [_expected(story) for story in self._sites[source].archive.on(day) if story.kind.lands]

    def expected_rejections(self, source: str, day: date) -> list[ExpectedRejection]:
        """The pages of a UTC day that discovery takes for articles and parsing must reject."""
        return [
            ExpectedRejection(source, story.url, _REJECTED[story.kind])
            for story in self._sites[source].archive.on(day)
            if story.kind in _REJECTED
        ]

    def disallowed(self, source: str, day: date) -> list[str]:
        """The addresses of a UTC day that are linked, and that the robots file disallows."""
        return [story.url for story in self._sites[source].archive.on(day) if story.kind is Kind.SPONSORED]

    def _document(self, host: str, target: str) -> Document:
        if host in self._by_host:
            return self._by_host[host].document(target)
        if host in self._aliases:
            return moved(self._aliases[host].masthead.base + target)
        return local_document(target, self._by_host, self.origins)

    def _next_fault(self, host: str, target: str) -> Fault | None:
        if host not in self._by_host and host not in self._aliases:
            return None  # pages for people
        with self._lock:
            places = [place for place in self._faults if (host + target).startswith(place) or target.startswith(place)]
            return self._faults[max(places, key=len)].next() if places else None

    def _received(self, request: Request) -> None:
        if request.path != LOCAL_HEALTH:
            self._requests.append(request)


@dataclass(slots=True)
class _Planned:
    """A fault and how often it is still to be played; None: always."""

    fault: Fault
    left: int | None

    def next(self) -> Fault | None:
        if self.left is None:
            return self.fault
        self.left -= 1
        return self.fault if self.left >= 0 else None


def _expected(story: Story) -> ExpectedArticle:
    return ExpectedArticle(
        source=story.masthead.source,
        url=story.url,
        title=story.headline,
        authors=story.authors,
        topics=story.topics,
        published_at=story.published_at.astimezone(UTC),
        modified_at=story.changed_at.astimezone(UTC),
        access="paid" if story.kind is Kind.PAID else "free",
    )
