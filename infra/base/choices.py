"""Closed lists of words that commands, forms and flows take."""

from enum import StrEnum


class Preference(StrEnum):
    """Whom to ask first for pages that the raw archive lacks. What the archive holds is never fetched again."""

    ARCHIVE = "archive"  # the CDX index, if one is configured; then the source for what is left
    NETWORK = "network"  # the source; then the CDX index for what the source could not give


class Only(StrEnum):
    """What a run is restricted to."""

    ARCHIVE = "archive"  # no request to the source: pages come from the raw archive and the CDX index


class Reprocess(StrEnum):
    """Which days of the range a backfill takes up."""

    MISSING = "missing"  # never covered as a whole, or not to the end although the source can still be asked
    OUTDATED = "outdated"  # with rows of an older parser
    FAILED = "failed"  # partial, damaged, suspect or with open rejections; and the missing ones
    ALL = "all"


class Direction(StrEnum):
    """At which end a backfill starts."""

    NEWEST = "newest"
    OLDEST = "oldest"


class Layer(StrEnum):
    """What can expire."""

    RAW = "raw"
    REJECTS = "rejects"
    ARTICLES = "articles"
