"""A run, and a capture on its way through it."""

from dataclasses import dataclass

from infra.archive.raw_archive import ArchivedCapture
from infra.base.known_sources import UNKNOWN_SOURCE, source_name_of
from infra.base.settings import Settings
from infra.intake.captures import Wanted
from infra.lake.rejects import reject_id
from infra.store.object_store import ObjectStore
from infra.store.open_store import open_store
from infra.work.parse_pool import ParsePool
from parsers.record.article import partition_date
from parsers.record.capture import Capture
from parsers.record.outcome import Outcome, Parsed
from parsers.registry import by_name


@dataclass(frozen=True, slots=True)
class Run:
    """What every piece of a run is told: plain values, so that it can be sent to any process."""

    settings: Settings  # with the lake of this run
    run_id: str  # `20261122T001500Z-3fa9c1`: sorts by time
    accept: str = ""  # why a reparse may remove and worsen rows that the quality gate would keep; empty: it may not
    dask: str | None = None  # address of the Dask scheduler whose workers parse; empty: some of this run's own

    def open_store(self) -> ObjectStore:
        """The lake's store."""
        return open_store(self.settings.lake)

    def choice(self, wanted: Wanted) -> str:
        """All that decides which pages of its inputs land."""
        hosts = " ".join(sorted(set(wanted.hosts)))
        return f"{hosts} {wanted.start} {wanted.end} generic={self.settings.generic}"

    def open_pool(self) -> ParsePool:
        """A parse pool as the settings say."""
        if self.dask is None:
            return ParsePool.of(self.settings)
        from infra.work.dask_workers import DaskWorkers  # of an extra

        workers = DaskWorkers(self.dask, self.settings.workers)
        return ParsePool.of(self.settings, workers.count, workers)


@dataclass(frozen=True, slots=True)
class ParsedCapture:
    """A capture that lies in the archive, and what the parsers made of it."""

    archived: ArchivedCapture
    outcome: Outcome

    @property
    def article_id(self) -> str | None:
        """The article's; None if there is none."""
        return self.outcome.article.article_id if isinstance(self.outcome, Parsed) else None

    @property
    def partition(self) -> tuple[str, str] | None:
        """Source and publication day of the article; None if there is none."""
        if isinstance(self.outcome, Parsed):
            return self.outcome.article.source, partition_date(self.outcome.article.published_at)
        return None

    @property
    def day_got(self) -> tuple[str, str]:
        """Source that the capture is filed under, and the UTC day on which it was got."""
        capture = self.archived.capture
        return folder_of(capture, self.outcome), capture.captured_at.date().isoformat()

    @property
    def reject_id(self) -> str:
        """Of its rejection, if it has or had one."""
        capture = self.archived.capture
        return reject_id(self.day_got[0], capture.url, capture.captured_at, capture.digest)


def folder_of(capture: Capture, outcome: Outcome | None) -> str:
    """The source that a capture is filed under: the outcome's, else its own, else `_unknown`."""
    if outcome is None:
        return source_name_of(capture) or UNKNOWN_SOURCE
    name = outcome.article.source if isinstance(outcome, Parsed) else outcome.source or capture.source
    return name if name and by_name(name) else UNKNOWN_SOURCE
