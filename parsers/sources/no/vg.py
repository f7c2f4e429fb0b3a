"""VG, https://www.vg.no."""

from parsers.source.definition import Source

SOURCE = Source(
    name="vg",
    title="VG",
    hosts=("vg.no",),
    language="no",
    timezone="Europe/Oslo",
)
