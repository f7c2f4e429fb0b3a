"""Daily Maverick, https://www.dailymaverick.co.za. Layouts verified on saved pages from 2025-05 and 2026-01."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="dailymaverick",
    title="Daily Maverick",
    hosts=("dailymaverick.co.za",),
    language="en",
    timezone="Africa/Johannesburg",
    layouts=(
        Layout("2026-01", body=".article-contents", lead=".top-summary"),
        Layout("2025-05", body="#long-form .article-content", drop=".dm_add_wrapper", topics="[rel=tag]"),
    ),
    generic=True,
)
