"""Украинская правда, https://www.pravda.com.ua."""

from parsers.source.definition import Source

SOURCE = Source(
    name="pravda",
    title="Украинская правда",
    hosts=("pravda.com.ua",),
    language="ru",
    timezone="Europe/Kyiv",
)
