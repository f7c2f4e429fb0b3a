"""20 Minuten, https://www.20min.ch."""

from parsers.source.definition import Source

SOURCE = Source(
    name="zwanzigminuten",
    title="20 Minuten",
    hosts=("20min.ch",),
    language="de",
    timezone="Europe/Zurich",
)
