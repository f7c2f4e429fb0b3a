"""Rzeczpospolita, https://www.rp.pl. Layout verified on saved pages from 2025-02 and 2026-04."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="rzeczpospolita",
    title="Rzeczpospolita",
    hosts=("rp.pl",),
    language="pl",
    timezone="Europe/Warsaw",
    layouts=(
        Layout(
            "2025-02",
            body=".articleBody",
            lead=".article--lead, .blog--subtitle",
            drop=".content--excerpt, .intext--video, .block--media--infographic",
            topics="[data-mrf-section='Article / Tags'] a",
        ),
    ),
    generic=True,
)
