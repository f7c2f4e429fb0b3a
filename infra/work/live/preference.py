"""Where a run takes pages from first: `--prefer archive|network` and `--only archive`."""

from enum import StrEnum


class Preference(StrEnum):
    """Who is asked first for pages that the lake's raw archive does not hold.

    The raw archive itself always comes first: what it holds is landed from there and never fetched again. With
    `--only archive` nothing is asked of the source, whatever is preferred: neither its feeds nor its pages; they come
    from the raw archive and the CDX index alone.
    """

    ARCHIVE = "archive"  # the CDX index, where one is configured; then the source for what is left
    NETWORK = "network"  # the source; then the CDX index for what the source could not give
