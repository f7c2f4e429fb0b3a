"""A few examples for each reason of failure, so that a person sees at once what kind of page it is about."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Self

MAX_SAMPLES: Final = 3  # of one reason: enough to see whether pages fail alike; the quarantine holds them all


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
