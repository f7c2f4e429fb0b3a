"""What commands, forms and flows take: closed lists of words, and bounds."""

from enum import StrEnum
from typing import Final

# Of about 100 MB each, these are more than one machine holds: a larger number is a slip.
MAX_PROCESSES: Final = 512


class Only(StrEnum):
    """What a run is restricted to."""

    ARCHIVE = "archive"  # no request to the source: pages come from the raw archive and the CDX index


class Reprocess(StrEnum):
    """Which days of the range a backfill takes up."""

    MISSING = "missing"  # never covered as a whole, or not to the end although the source can still be asked
    OUTDATED = "outdated"  # with rows of an older parser
    FAILED = "failed"  # partial, damaged, suspect or with open rejections; and the missing ones
    ALL = "all"


class Layer(StrEnum):
    """What can expire."""

    RAW = "raw"
    REJECTS = "rejects"
    ARTICLES = "articles"


class Runner(StrEnum):
    """Whose processes parse."""

    LOCAL = "local"  # this machine's
    DASK = "dask"  # those of a Dask cluster's workers
