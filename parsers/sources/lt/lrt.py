"""LRT, https://www.lrt.lt."""

from parsers.source.definition import Source

SOURCE = Source(
    name="lrt",
    title="LRT",
    hosts=("lrt.lt",),
    language="lt",
    timezone="Europe/Vilnius",
)
