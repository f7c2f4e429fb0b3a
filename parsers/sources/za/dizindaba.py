"""Dizindaba, https://dizindaba.co.za. Layout verified on saved pages from 2025-11."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="dizindaba",
    title="Dizindaba",
    hosts=("dizindaba.co.za",),
    language="zu",
    timezone="Africa/Johannesburg",
    layouts=(Layout("2025-11", body=".cm-entry-summary", drop=".addtoany_content"),),
    generic=True,
)
