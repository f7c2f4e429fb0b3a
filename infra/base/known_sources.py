"""Names of sources, as users write them and as captures have them."""

from difflib import get_close_matches
from typing import Final

from infra.base.errors import UsageError
from parsers.fields.urls import host_of
from parsers.record.capture import Capture
from parsers.registry import broken, by_host, by_name, sources

UNKNOWN_SOURCE: Final = "_unknown"  # folder of captures of no known source; no source file may take this name


def require_source(name: str) -> None:
    """Refuse a name that no source has, or whose source can't be loaded (O10)."""
    if fault := broken().get(name):
        raise UsageError(f"source {name!r} cannot be loaded: {fault.error}", f"Repair {fault.place}; the others run.")
    if name not in sources():
        like = get_close_matches(name, sources(), n=1)
        meant = f". Did you mean {like[0]!r}?" if like else ""
        raise UsageError(f"there is no source {name!r}{meant}", "`newslake sources` lists them.")


def source_name_of(capture: Capture) -> str | None:
    """The source that a capture names, else that of its host; None where no source is known by it."""
    source = by_name(capture.source) or by_host(host_of(capture.url))
    return source.name if source else None
