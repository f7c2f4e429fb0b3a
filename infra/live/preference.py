"""Where a run takes pages from first: `--prefer archive|network` and `--only archive`."""

from enum import StrEnum

from infra.errors import UsageError


class Preference(StrEnum):
    """Who is asked first for pages that the lake's raw archive does not hold.

    The raw archive itself always comes first: what it holds is landed from there and never fetched again. With
    `--only archive` nothing is asked of the source, whatever is preferred: neither its feeds nor its pages; they come
    from the raw archive and the CDX index alone.
    """

    ARCHIVE = "archive"  # the CDX index, where one is configured; then the source for what is left
    NETWORK = "network"  # the source; then the CDX index for what the source could not give


def parse_preference(text: str, name: str) -> Preference:
    """Read a preference as a user writes it.

    Args:
        text: `archive` or `network`.
        name: what it is called; named in the message.

    Raises:
        UsageError: it is neither.
    """
    try:
        return Preference(text)
    except ValueError as error:
        raise UsageError(f"{name} {text[:80]!r} is not known", f"Write {' or '.join(Preference)}.") from error
