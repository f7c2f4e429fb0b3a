"""What is to be expected of a day of a source, declared in the source file."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Checks:
    """Numbers that a day of a source must reach. `newslake suggest-checks SOURCE` proposes them from what is landed.

    Attributes:
        min_per_day: articles that every day has at least; None: judged by the source's own history alone.
        fill: field of the record -> share of articles, 0 to 1, that must have it.
        max_reject_share: share of captures, 0 to 1, that may be rejected; None: judged by history alone.
        max_age_days: days after which the newest landed day counts as stale; None: never.
    """

    min_per_day: int | None = None
    fill: Mapping[str, float] = field(default_factory=dict)
    max_reject_share: float | None = None
    max_age_days: int | None = None
