"""A run, a capture on its way through it, and what the run did: counts that add up, from a batch to a run."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Final, Self

from infra.archive.raw_archive import ArchivedCapture
from infra.base.known_sources import UNKNOWN_SOURCE, source_name_of
from infra.base.settings import Settings
from infra.intake.captures import Wanted
from infra.intake.web.fetching import FetchReason
from infra.lake.rejects import reject_id
from infra.store.object_store import ObjectStore
from infra.store.open_store import open_store
from infra.work.parse_pool import ParsePool
from parsers.record.article import partition_date
from parsers.record.capture import Capture
from parsers.record.outcome import Outcome, Parsed, RejectReason
from parsers.registry import by_name
from parsers.source.checks import Finding, Severity


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
            return ParsePool(self.settings)
        from infra.work.dask_workers import DaskWorkers  # of an extra

        workers = DaskWorkers(self.dask, self.settings.workers)
        return ParsePool(self.settings, workers.count, workers)


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


MAX_SAMPLES: Final = 3  # of one reason: enough to see whether pages fail alike; the quarantine holds them all
# What is counted by source and day, and what JSON leaves out.
COUNTED: Final = {
    "articles": "articles",
    "withheld": "captures",
    "listed": "addresses",
    "pending": "addresses",
    "unreached": "days",
}
NOT_TOLD: Final = frozenset({"got", "kept_back", "unfit", "rows_exposed"})


@dataclass(frozen=True, slots=True)
class Sample:
    """One page that gave no article, and what was wrong with it; both texts may hold anything that a page says."""

    source: str
    url: str | None
    detail: str


@dataclass(frozen=True, slots=True)
class Samples:
    """The first few of each reason, at most `MAX_SAMPLES`. They add up, like the counts of a run's report."""

    by_reason: Mapping[str, tuple[Sample, ...]] = field(default_factory=dict)

    def __add__(self, other: Self) -> Self:
        """Both together; of a reason that is full, the first ones stay."""
        joined = dict(self.by_reason)
        for reason, samples in other.by_reason.items():
            # Each page once: days next to one another name the same pages.
            joined[reason] = tuple(dict.fromkeys((*joined.get(reason, ()), *samples)))[:MAX_SAMPLES]
        return type(self)(joined)

    def as_json(self) -> dict[str, Any]:
        """Plain values in stable order, for `--json`."""
        return {reason: [asdict(each) for each in samples] for reason, samples in sorted(self.by_reason.items())}


@dataclass(frozen=True, slots=True)
class RunReport:
    """Counts of one batch, one chunk or one run. Reports add up: `sum(reports, RunReport())`."""

    captures: int = 0  # pages seen, those that could not be read whole among them
    parsed: int = 0
    rejected: Counter[str] = field(default_factory=Counter)  # captures that gave no article, by reason
    known: int = 0  # captures that the archive held already, byte for byte
    skipped: Counter[str] = field(default_factory=Counter)  # records of archives that are no pages, by kind
    articles: Counter[tuple[str, str]] = field(
        default_factory=Counter
    )  # captures with one, by (source, publication day)
    got: Counter[tuple[str, str]] = field(default_factory=Counter)  # captures by (source, day on which they were got)
    partitions_written: int = 0  # of articles or rejects, counted once a landing
    partitions_unchanged: int = 0
    discovered: int = 0  # links that discovery found for the days asked for, those that were captured before among them
    # Links that discovery left out, by why; and those that the archive held already, as `captured`.
    dropped: Counter[str] = field(default_factory=Counter)
    # Addresses that gave no page, by why; asked again by the next run unless the reason is final.
    failed: Counter[str] = field(default_factory=Counter)
    requests: int = 0  # sent, for robots files, feeds and redirects too
    alarms: tuple[str, ...] = ()  # what a person should look at: a feed that can't be read, or that suddenly is empty
    # Captures that a reparse did not land, since rows would have gone or become worse, by (source, day).
    withheld: Counter[tuple[str, str]] = field(default_factory=Counter)
    findings: tuple[Finding, ...] = ()
    # Addresses in the accounts of the days that were worked on, by (source, day), as they are now.
    listed: Counter[tuple[str, str]] = field(default_factory=Counter)
    pending: Counter[tuple[str, str]] = field(default_factory=Counter)  # of those the ones that are asked again
    kept_back: Counter[tuple[str, str]] = field(default_factory=Counter)  # of those all that are not said to be gone
    pending_reasons: Counter[str] = field(default_factory=Counter)
    unreached: Counter[tuple[str, str]] = field(default_factory=Counter)  # days that nothing lists and nothing holds
    samples: Samples = field(default_factory=Samples)  # of what gave no article or no page, a few for each reason
    unfit: tuple[str, ...] = ()  # ids of articles that do not fit the schema
    rows_exposed: int = 0  # articles whose best row a reparse took away or made a lesser one; see `LandingReport`

    def __add__(self, other: Self) -> Self:
        """Both together."""
        return type(self)(**{each.name: getattr(self, each.name) + getattr(other, each.name) for each in fields(self)})

    @property
    def lost_share(self) -> float:
        """Captures that gave no article and addresses that gave no page, among all that was tried; 0 where none was.

        What a server said is gone, or was never there, is its word and no loss: feeds name such pages every day. Nor is
        what its robots file disallows.
        """
        failed = self.failed.total() - self.failed[FetchReason.ROBOTS] - self.failed[FetchReason.ROBOTS_UNREACHABLE]
        tried = self.captures + failed
        lost = self.rejected.total() - self.rejected[RejectReason.HTTP_STATUS] + failed
        return lost / tried if tried else 0.0

    def is_lacking(self, limit: float) -> bool:
        """Whether a person should know: days are suspect or unlisted, or more than a share of the pages is lacking."""
        kept_back = self.kept_back.total() / (self.listed.total() or 1)
        return bool(self.suspect_findings or self.unreached) or max(self.lost_share, kept_back) > limit

    @property
    def suspect_findings(self) -> tuple[Finding, ...]:
        """What makes days suspect."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.SUSPECT)

    def as_json(self) -> dict[str, Any]:
        """Plain values with stable order, for `--json`."""
        told = {each.name: getattr(self, each.name) for each in fields(self) if each.name not in NOT_TOLD}
        for name, value in told.items():
            if name in COUNTED:
                days = sorted((+value).items())
                told[name] = [{"source": source, "date": day, COUNTED[name]: count} for (source, day), count in days]
            elif isinstance(value, Counter):
                told[name] = dict(sorted(value.items()))
        findings = [asdict(finding) for finding in self.findings]
        return {**told, "alarms": list(self.alarms), "findings": findings, "samples": self.samples.as_json()}

    def summary(self) -> str:
        """One line for logs."""
        withheld = f"; {self.withheld.total()} withheld" if self.withheld else ""
        return (
            f"{self.captures} captures: {self.parsed} parsed, {self.rejected.total()} rejected; "
            f"{self.partitions_written} partitions written, {self.partitions_unchanged} unchanged{withheld}"
        )
