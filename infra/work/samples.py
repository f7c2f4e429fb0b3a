"""A few examples for each reason of failure, so that a person sees at once what kind of page it is about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

MAX_SAMPLES: Final = 3  # of one reason: enough to see whether pages fail alike; the quarantine holds them all


@dataclass(frozen=True, slots=True)
class Sample:
    """One page that gave no article.

    Attributes:
        source: name of the source, or `_unknown`.
        url: its address, None where it has none.
        detail: what exactly was wrong, for a person. May hold anything that a page says.
    """

    source: str
    url: str | None
    detail: str


@dataclass(frozen=True, slots=True)
class Samples:
    """The first few of each reason. They add up, like the counts of a run's report: `sum(all, Samples())`.

    Attributes:
        by_reason: samples by reason, at most `MAX_SAMPLES` of each.
    """

    by_reason: Mapping[str, tuple[Sample, ...]] = field(default_factory=dict)

    @classmethod
    def one(cls, reason: str, sample: Sample) -> Self:
        """A single sample."""
        return cls({reason: (sample,)})

    def __add__(self, other: Self) -> Self:
        """Both together; of a reason that is full, the first ones stay."""
        joined = dict(self.by_reason)
        for reason, samples in other.by_reason.items():
            # Each page once: days next to one another name the same pages.
            joined[reason] = tuple(dict.fromkeys((*joined.get(reason, ()), *samples)))[:MAX_SAMPLES]
        return type(self)(joined)

    def as_json(self) -> dict[str, Any]:
        """Plain values in stable order, for `--json`."""
        return {
            reason: [{"source": each.source, "url": each.url, "detail": each.detail} for each in samples]
            for reason, samples in sorted(self.by_reason.items())
        }
