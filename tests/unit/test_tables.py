"""Tables on a narrow terminal."""

from io import StringIO

from rich.console import Console

from flows.reports.tables import table_of

COUNTS = ("listed", "fetched", "parsed", "landed", "final", "refused", "pending")


def test_days_and_counts_stay_whole_on_80_columns() -> None:
    out = StringIO()
    Console(file=out, width=80).print(
        table_of([{"source": "globalresearch", "day": "2026-11-25", "state": "partial", **dict.fromkeys(COUNTS, 1000)}])
    )
    heading, row, *_ = out.getvalue().splitlines()
    assert "2026-11-25 partial" in row
    assert all(count in heading for count in COUNTS)
