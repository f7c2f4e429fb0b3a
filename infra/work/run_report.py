"""What a run did: counts that add up, from one batch to a chunk to a run."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Final, Self

from infra.intake.web.fetching import FetchReason
from parsers.record.outcome import RejectReason
from parsers.source.checks import Finding, Severity

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
