"""Mexico News Daily, https://mexiconewsdaily.com. Layout verified on saved pages from 2025-04."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="mexiconewsdaily",
    title="Mexico News Daily",
    hosts=("mexiconewsdaily.com",),
    language="en",
    timezone="America/Mexico_City",
    layouts=(Layout("2025-04", body=".tdb_single_content"),),
    generic=True,
)
