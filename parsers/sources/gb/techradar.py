"""TechRadar, https://www.techradar.com."""

from parsers.source.definition import Source

SOURCE = Source(
    name="techradar",
    title="TechRadar",
    hosts=("techradar.com",),
    language="en",
    timezone="Europe/London",
)
