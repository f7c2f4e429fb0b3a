"""la Repubblica, https://www.repubblica.it."""

from parsers.source.definition import Source

SOURCE = Source(
    name="repubblica",
    title="la Repubblica",
    hosts=("repubblica.it",),
    language="it",
    timezone="Europe/Rome",
)
