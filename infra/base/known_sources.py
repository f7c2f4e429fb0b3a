"""Names of sources as users write them."""

from typing import Final

from infra.base.errors import UsageError
from parsers.registry import broken, sources

UNKNOWN_SOURCE: Final = "_unknown"  # folder of captures of no known source; no source file may take this name


def require_source(name: str) -> None:
    """Refuse a name that no source has, or whose source can't be loaded (O10)."""
    if fault := broken().get(name):
        raise UsageError(f"source {name!r} cannot be loaded: {fault.error}", f"Repair {fault.place}; the others run.")
    if name not in sources():
        raise UsageError(f"there is no source {name!r}", "`newslake sources` lists them.")
