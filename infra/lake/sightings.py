"""When the page of a rejection was got first and last on its day: columns that follow from the other rows of the table.

They are made from what names the captures alone, and captures are never taken out of the quarantine one by one. So they
are the same in whatever order, how often and in what groups rejections are landed, closed and opened again.
"""

from collections.abc import Iterator
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

SIGHTINGS: Final = ("first_seen_at", "last_seen_at")


def with_sightings(rejects: Any) -> Any:
    """The rows of a rejects partition, each with the first and last capture time of its page."""
    for name, times in zip(SIGHTINGS, _sightings(rejects), strict=True):
        rejects = rejects.set_column(rejects.schema.get_field_index(name), rejects.schema.field(name), times)
    return rejects


def wrong_sightings(rejects: Any) -> Iterator[str]:
    """Columns that do not say what follows from the rows; null, from before there were these columns, is not wrong."""
    for name, times in zip(SIGHTINGS, _sightings(rejects), strict=True):
        if not pc.all(pc.equal(rejects[name], times), min_count=0).as_py():
            yield name


def _sightings(rejects: Any) -> tuple[Any, Any]:
    """First and last time by row. Captures are of one page if their address is the same, without one their bytes."""
    pages = pc.coalesce(rejects["url"], rejects["capture_digest"])
    table = pa.table({"page": pages, "at": rejects["captured_at"]})
    ends = table.group_by("page").aggregate([("at", "min"), ("at", "max")])
    places = pc.index_in(pages, value_set=ends["page"].combine_chunks())
    return ends["at_min"].take(places), ends["at_max"].take(places)
